internal import Crypto
internal import Determinism
internal import Foundation

/// Reads and writes the safetensors format: a JSON header, then the tensors' bytes, little-endian.
///
/// One metadata entry, `igla.sha256`, is the SHA-256 of every other metadata entry, the tensors'
/// names, types and shapes, and all their bytes, so that any change of content is found.
enum TensorFile {
  static let checksumKey = "igla.sha256"

  /// A tensor's name, type, shape and memory.
  struct Tensor {
    let name: String
    /// `F32` or `I32`.
    let type: String
    let shape: [Int]
    let bytes: UnsafeRawBufferPointer

    init(_ name: String, _ shape: [Int], floats: UnsafePointer<Float>) {
      self.name = name
      self.type = "F32"
      self.shape = shape
      bytes = UnsafeRawBufferPointer(start: floats, count: shape.reduce(4, *))
    }

    init(_ name: String, _ shape: [Int], integers: UnsafePointer<Int32>) {
      self.name = name
      self.type = "I32"
      self.shape = shape
      bytes = UnsafeRawBufferPointer(start: integers, count: shape.reduce(4, *))
    }
  }

  /// A tensor as the header describes it.
  fileprivate struct Entry: Codable {
    var dtype: String
    var shape: [Int]
    var data_offsets: [Int]
  }

  /// A file's verified content.
  struct Content {
    let metadata: [String: String]
    fileprivate let entries: [String: Entry]
    fileprivate let data: Data
    fileprivate let dataStart: Int

    /// Copies a tensor's floats to `out`.
    ///
    /// - Throws: ``TrainingError`` when the tensor is absent or has another type or shape.
    func copy(_ name: String, _ shape: [Int], to out: UnsafeMutablePointer<Float>) throws {
      try copy(name, "F32", shape, to: UnsafeMutableRawPointer(out))
    }

    /// Copies a tensor's integers to `out`, as for floats.
    func copy(_ name: String, _ shape: [Int], to out: UnsafeMutablePointer<Int32>) throws {
      try copy(name, "I32", shape, to: UnsafeMutableRawPointer(out))
    }

    private func copy(
      _ name: String, _ type: String, _ shape: [Int], to out: UnsafeMutableRawPointer
    ) throws {
      guard let entry = entries[name], entry.dtype == type, entry.shape == shape else {
        throw TrainingError(
          .foreignCheckpoint, "the checkpoint has no tensor '\(name)' of shape \(shape)",
          hint: "use a checkpoint of the same model configuration")
      }
      data.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        out.copyMemory(
          from: base + dataStart + entry.data_offsets[0], byteCount: shape.reduce(4, *))
      }
    }
  }

  /// Writes a file so that `path` holds either its old content or all of the new.
  ///
  /// The content before stays as `path` with `.previous` appended.
  /// - Throws: ``TrainingError`` of code `cannotWrite`; nothing half-written is left.
  static func write(_ tensors: [Tensor], metadata: [String: String], to path: String) throws {
    var entries: [String: Entry] = [:]
    var offset = 0
    for tensor in tensors {
      entries[tensor.name] = Entry(
        dtype: tensor.type, shape: tensor.shape,
        data_offsets: [offset, offset + tensor.bytes.count])
      offset += tensor.bytes.count
    }
    var hash = try SHA256(describing: metadata, entries)
    for tensor in tensors { hash.update(bufferPointer: tensor.bytes) }
    var metadata = metadata
    metadata[checksumKey] = Digest.hexadecimal(hash.finalize())
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    var header = try encoder.encode(Header(metadata: metadata, entries: entries))
    // The format asks for tensors aligned to 8 bytes; spaces are legal JSON.
    header.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8))
    var length = UInt64(header.count).littleEndian
    let prefix = withUnsafeBytes(of: &length) { Data($0) }
    try AtomicFile.write(to: path, keepingPrevious: true) { put in
      try (prefix + header).withUnsafeBytes { try put($0) }
      for tensor in tensors { try put(tensor.bytes) }
    }
  }

  /// Reads and verifies a file.
  ///
  /// - Throws: ``TrainingError`` of code `missing` or `corruptCheckpoint`.
  static func read(_ path: String) throws -> Content {
    guard FileManager.default.fileExists(atPath: path) else {
      throw TrainingError(
        .missing, "there is no checkpoint at \(path)", hint: "check the path of --checkpoint")
    }
    func corrupt(_ reason: String) -> TrainingError {
      TrainingError(
        .corruptCheckpoint, "\(path) is not an intact checkpoint: \(reason)",
        hint: "use another checkpoint, for example \(path).previous")
    }
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    } catch {
      throw TrainingError(
        .missing, "cannot read \(path)", hint: "check that it is a readable file", cause: error)
    }
    guard data.count >= 8 else { throw corrupt("it has \(data.count) bytes") }
    let length = data.prefix(8).enumerated().reduce(UInt64(0)) {
      $0 | UInt64($1.element) << UInt64(8 * $1.offset)
    }
    guard length <= 100_000_000, Int(length) <= data.count - 8 else {
      throw corrupt("its header is longer than the file")
    }
    let start = 8 + Int(length)
    guard let header = try? JSONDecoder().decode(Header.self, from: data[8..<start]) else {
      throw corrupt("its header is not a safetensors header")
    }
    let (metadata, entries) = (header.metadata, header.entries)
    guard let checksum = metadata[checksumKey] else { throw corrupt("it has no checksum") }
    var end = 0
    for (name, entry) in entries.sorted(by: {
      $0.value.data_offsets.first ?? 0 < $1.value.data_offsets.first ?? 0
    }) {
      var size = 4
      for extent in entry.shape {
        let (product, overflow) = size.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow, product <= data.count else {
          throw corrupt("tensor '\(name)' is larger than the file")
        }
        size = product
      }
      guard ["F32", "I32"].contains(entry.dtype), entry.data_offsets == [end, end + size]
      else { throw corrupt("tensor '\(name)' does not fit its place") }
      end += size
    }
    guard start + end == data.count else {
      throw corrupt("it has \(data.count) bytes, expected \(start + end)")
    }
    var unsealed = metadata
    unsealed[checksumKey] = nil
    var hash = try SHA256(describing: unsealed, entries)
    hash.update(data: data[start...])
    guard Digest.hexadecimal(hash.finalize()) == checksum else {
      throw corrupt("its checksum differs")
    }
    return Content(metadata: unsealed, entries: entries, data: data, dataStart: start)
  }

  /// The JSON header: `__metadata__` beside one member a tensor.
  private struct Header: Codable {
    let metadata: [String: String]
    let entries: [String: Entry]

    private struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(metadata: [String: String], entries: [String: Entry]) {
      self.metadata = metadata
      self.entries = entries
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      var metadata: [String: String] = [:]
      var entries: [String: Entry] = [:]
      for key in container.allKeys {
        if key.stringValue == "__metadata__" {
          metadata = try container.decode([String: String].self, forKey: key)
        } else {
          entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
        }
      }
      self.init(metadata: metadata, entries: entries)
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(metadata, forKey: Key(stringValue: "__metadata__"))
      for (name, entry) in entries {
        try container.encode(entry, forKey: Key(stringValue: name))
      }
    }
  }
}

extension SHA256 {
  /// Starts a hash with everything that a header says, in sorted order.
  fileprivate init(
    describing metadata: [String: String], _ entries: [String: some Encodable]
  ) throws {
    self.init()
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    update(data: try encoder.encode(metadata))
    update(data: try encoder.encode(entries))
  }
}
