import Foundation
import Race

/// The experience log (L-R3): one line a result in `experience/trios_YYYYMMDD.trinity`.
struct ExperienceLog {
  let folder: String

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
