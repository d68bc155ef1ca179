import Foundation
import Race

/// The experience log (L-R3): one line a result in `experience/trios_YYYYMMDD.trinity`.
struct ExperienceLog {
  /// The result that a line is about.
  struct Entry: Hashable {
    var trial: Int
    var rung: Int
  }

  let folder: String

  /// The results that the files of a folder have lines of; none where there is no folder.
  static func entries(in folder: String) throws -> Set<Entry> {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      return []
    }
    var entries: Set<Entry> = []
    for name in names where name.hasPrefix("trios_") && name.hasSuffix(".trinity") {
      let path = "\(folder)/\(name)"
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw Failure(66, "cannot read \(path)", hint: "make it readable")
      }
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let trial = words.firstIndex(of: "trial"), words.count > trial + 3,
          words[trial + 2] == "rung", let id = Int(words[trial + 1]),
          let rung = Int(words[trial + 3])
        else { continue }
        entries.insert(Entry(trial: id, rung: rung))
      }
    }
    return entries
  }

  init(store: String) { folder = StoreOption.folder(store) + "/experience" }

  /// Appends a line; lines of several workers never mix.
  ///
  /// `before` is the validation score at the rung before, if any; `after` the one now, nil when
  /// the trial diverged.
  func append(
    trial: Int, rung: Int, worker: String, seed: Int, steps: Int, before: Double?, after: Double?,
    seconds: Double, decision: String, at now: Instant
  ) throws {
    func score(_ value: Double?) -> String { value.map { decimal($0, 4) } ?? "none" }
    let line =
      "[\(now.iso8601)] TASK: trial \(trial) rung \(rung) \(decision) by \(worker)"
      + " | seed=\(seed) | steps=\(steps) | val_bpb=\(score(before))->\(score(after))"
      + " | seconds=\(decimal(seconds, 1))\n"
    let day = now.iso8601.prefix(10).filter { $0 != "-" }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/trios_\(day).trinity"
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw Failure(73, "cannot write \(path)", hint: "make its folder writable")
    }
    defer { close(file) }
    // One write in append mode is one piece, also beside other processes.
    let bytes = Array(line.utf8)
    guard write(file, bytes, bytes.count) == bytes.count else {
      throw Failure(73, "cannot write \(path)", hint: "free some space on the disk")
    }
  }
}
