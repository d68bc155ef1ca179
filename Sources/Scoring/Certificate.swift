internal import Determinism
internal import Foundation

/// A score that anyone with the model can check: a split of a corpus as the model's code of it.
///
/// The file is the magic `IGLACERT`, the version, the length of the header and of the payload, the
/// SHA-256 of header and payload together, then header (JSON) and payload. Numbers are little-endian,
/// of 4, 4 and 8 bytes.
public struct Certificate: Sendable, Hashable {
  /// What has to be at hand to decode; nothing in it helps to predict the split.
  public struct Header: Sendable, Hashable, Codable {
    /// Name of the corpus.
    public var corpus: String
    /// SHA-256 of the whole corpus.
    public var corpusSHA256: String
    /// `validation` or `test`.
    public var split: String
    /// Bytes of the split: how many symbols the code has, times 8.
    public var splitBytes: Int
    /// `closed` or `open`.
    public var track: String
    /// `static` or `adaptive`.
    public var column: String
    /// What predicted: `network`, whose digest is ``ModelDigest``.
    public var predictor: String
    /// A hash of all that its predictions depend on besides the text and this header.
    public var modelSHA256: String
    /// The kernel variant: others round otherwise, and decode something else.
    public var kernels: String
    /// How the weights learnt on the way; nil for a static score.
    public var adaptation: DynamicEvaluation?

    public init(
      corpus: String, corpusSHA256: String, split: String, splitBytes: Int, track: String,
      predictor: String = "network", modelSHA256: String, kernels: String,
      adaptation: DynamicEvaluation?
    ) {
      self.corpus = corpus
      self.corpusSHA256 = corpusSHA256
      self.split = split
      self.splitBytes = splitBytes
      self.track = track
      column = adaptation == nil ? "static" : "adaptive"
      self.predictor = predictor
      self.modelSHA256 = modelSHA256
      self.kernels = kernels
      self.adaptation = adaptation
    }

    private enum CodingKeys: String, CodingKey {
      case corpus, split, track, column, predictor, kernels, adaptation
      case corpusSHA256 = "corpus_sha256"
      case splitBytes = "split_bytes"
      case modelSHA256 = "model_sha256"
    }
  }

  /// Of the file's format and of what predictor and coder do; a change of either changes decoding.
  public static let version: UInt32 = 1
  private static let magic = Array("IGLACERT".utf8)
  /// Bytes before the header.
  private static let preamble = 56
  /// No header is near that long.
  private static let longestHeader = 1 << 16

  public let header: Header
  public let payload: [UInt8]
  /// Bytes of the file that are not payload.
  public let overhead: Int

  public init(header: Header, payload: [UInt8]) throws {
    self.header = header
    self.payload = payload
    overhead = Self.preamble + (try Self.encoded(header)).count
  }

  /// 8 · payload bytes / split bytes.
  public var bitsPerByte: Double { 8 * Double(payload.count) / Double(header.splitBytes) }

  /// The file.
  public func file() throws -> [UInt8] {
    let header = try Self.encoded(header)
    return Self.magic + Self.bytes(Self.version, 4) + Self.bytes(UInt32(header.count), 4)
      + Self.bytes(UInt64(payload.count), 8) + Self.checksum(header, payload) + header + payload
  }

  /// Reads a file.
  ///
  /// - Throws: ``CertificateError`` of code `notACertificate`, `version` or `damaged`.
  public init(file: [UInt8]) throws(CertificateError) {
    guard file.starts(with: Self.magic) else {
      throw CertificateError(
        .notACertificate, "the file does not begin as a certificate does",
        hint: "name a file that 'tri eval --certify' wrote")
    }
    func damaged(_ what: String) -> CertificateError {
      CertificateError(.damaged, "the certificate is \(what)", hint: "fetch or make it again")
    }
    guard file.count >= Self.preamble else { throw damaged("cut: \(file.count) bytes are left") }
    let version = Self.number(file[8..<12])
    guard version == UInt64(Self.version) else {
      throw CertificateError(
        .version, "the certificate has version \(version), expected \(Self.version)",
        hint: "check it with the program that made it")
    }
    let (headerBytes, payloadBytes) = (Self.number(file[12..<16]), Self.number(file[16..<24]))
    guard headerBytes <= Self.longestHeader, payloadBytes <= UInt64(file.count),
      UInt64(file.count) == UInt64(Self.preamble) + headerBytes + payloadBytes
    else {
      throw damaged(
        "cut or longer than it says: \(file.count) bytes, not \(Self.preamble) + \(headerBytes) + "
          + "\(payloadBytes)")
    }
    let end = Self.preamble + Int(headerBytes)
    let (text, payload) = (Array(file[Self.preamble..<end]), Array(file[end...]))
    guard Self.checksum(text, payload) == Array(file[24..<Self.preamble]) else {
      throw damaged("altered: its checksum is another")
    }
    guard let header = try? JSONDecoder().decode(Header.self, from: Data(text)) else {
      throw damaged("without a header that can be read")
    }
    guard header.splitBytes > 0, (header.adaptation != nil) == (header.column == "adaptive") else {
      throw damaged("with a header that contradicts itself")
    }
    if let problem = header.adaptation?.problem { throw damaged("with \(problem)") }
    self.header = header
    self.payload = payload
    overhead = end
  }

  /// Members in alphabetical order.
  private static func encoded(_ header: Header) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return [UInt8](try encoder.encode(header))
  }

  private static func checksum(_ header: [UInt8], _ payload: [UInt8]) -> [UInt8] {
    let digits = Array(Digest.sha256(header + payload).utf8)
    return stride(from: 0, to: digits.count, by: 2).map {
      UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16) ?? 0
    }
  }

  private static func bytes(_ number: some FixedWidthInteger, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
