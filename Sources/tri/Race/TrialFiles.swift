import Foundation
import Race
import Training

/// Where a race keeps its files: beside its store, in a folder that no other race has, not even a
/// later one in a store of the same name.
enum RaceFiles {
  static func folder(store: String, race: RaceRecord) -> String {
    let name = ((store as NSString).lastPathComponent as NSString).deletingPathExtension
    return "\(StoreOption.folder(store))/\(name)-files/race-\(race.id)-\(race.created.microseconds)"
  }

  /// The checkpoint of a verification's seed.
  static func verification(store: String, race: RaceRecord, candidate: Int, seed: Int) -> String {
    folder(store: store, race: race) + "/verify/candidate-\(candidate)/seed-\(seed).safetensors"
  }
}

/// Where the trials of a race keep their checkpoints: one file a saved step.
///
/// A file's content follows from the trial and the step alone, so a worker that lost its lease can
/// do no harm by writing one late.
struct TrialFiles {
  let folder: String

  init(store: String, race: RaceRecord, trial: Int) {
    folder = RaceFiles.folder(store: store, race: race) + "/trial-\(trial)"
  }

  /// The file of a step.
  func path(step: Int) -> String { "\(folder)/step-\(step).safetensors" }

  /// Steps that have a file, latest first.
  var steps: [Int] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.compactMap { name in
      guard name.hasPrefix("step-"), name.hasSuffix(".safetensors") else { return nil }
      return Int(name.dropFirst(5).dropLast(12))
    }.sorted(by: >)
  }

  /// Deletes all files but the `count` latest up to `step`.
  func keepLatest(_ count: Int, upTo step: Int) {
    for old in steps.filter({ $0 <= step }).dropFirst(count) {
      try? FileManager.default.removeItem(atPath: path(step: old))
    }
  }
}
