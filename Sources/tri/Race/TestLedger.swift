import Foundation
import Race

/// Records openings of the sealed test range that no race asked for.
///
/// Where the store holds a race, its ledger takes the entry. Otherwise a hash-chained file beside
/// the store's place does, `ledger.jsonl`, one entry a line.
enum TestLedger {
  /// A line of the file.
  private struct Line: Codable, ChainLink {
    let ordinal: Int
    let detail: JSONValue
    let time: Int64
    let previous: String
    let hash: String

    var content: JSONValue {
      .object(["ordinal": .int(ordinal), "detail": detail, "time": .int(Int(time))])
    }
  }

  /// Writes an opening down before it happens.
  ///
  /// - Returns: Where it is recorded, for the user.
  /// - Throws: ``Failure`` or `RaceError` when it cannot be recorded; test must then stay sealed.
  static func record(
    purpose: String, detail: [String: JSONValue], store option: String?
  ) throws
    -> String
  {
    let place = try StoreOption.resolve(option)
    if let store = try place.openExisting(), try store.activeRace() != nil {
      try store.openTest(purpose: purpose, detail: .object(detail), at: .now)
      return "the ledger of \(place.name)"
    }
    let file = StoreOption.folder(place.path) + "/ledger.jsonl"
    try append(.object(detail.merging(["purpose": .string(purpose)]) { $1 }), to: file)
    return file
  }

  private static func append(_ detail: JSONValue, to path: String) throws {
    func refuse(_ problem: String) -> Failure {
      Failure(
        73, "cannot record the opening of test in \(path): \(problem)", hint: "make it writable")
    }
    let folder = (path as NSString).deletingLastPathComponent
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw refuse("no folder")
    }
    let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw refuse(String(cString: strerror(errno))) }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    // Two evaluations at once must not chain to the same entry.
    guard flock(descriptor, LOCK_EX) == 0 else { throw refuse(String(cString: strerror(errno))) }
    var data = try file.readToEnd() ?? Data()
    if let last = data.last, last != 0x0A {
      Console.warn("\(path) ends inside an entry, which is dropped: test was not opened for it")
      data = data.lastIndex(of: 0x0A).map { data.prefix(through: $0) } ?? Data()
      try file.truncate(atOffset: UInt64(data.count))
    }
    let whole = UInt64(data.count)
    let lines = try lines(of: data, path)
    let (ordinal, previous) = (lines.count + 1, lines.last?.hash ?? HashChain.origin)
    let time = Instant.now.microseconds
    let content = JSONValue.object([
      "ordinal": .int(ordinal), "detail": detail, "time": .int(Int(time)),
    ])
    let line = Line(
      ordinal: ordinal, detail: detail, time: time, previous: previous,
      hash: HashChain.hash(previous: previous, content: content))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      try file.write(contentsOf: try encoder.encode(line) + Data([0x0A]))
      try file.synchronize()
    } catch {
      try? file.truncate(atOffset: whole)
      throw refuse("the disk does not take it")
    }
  }

  private static func lines(of data: Data, _ path: String) throws -> [Line] {
    let decoder = JSONDecoder()
    let lines = try data.split(separator: 0x0A).map { text in
      guard let line = try? decoder.decode(Line.self, from: text) else {
        throw Failure(
          65, "\(path) has a line that is no ledger entry", hint: "move the file away and say why")
      }
      return line
    }
    if let broken = HashChain.firstBreak(in: lines) {
      throw Failure(65, "\(path): \(broken)", hint: "move the file away and say why")
    }
    return lines
  }
}
