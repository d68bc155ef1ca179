import ArgumentParser
import Foundation
import Invariants
import Race

/// What is different for a race with a plan.
extension RaceStartCommand {
  func showEnd(_ store: any RaceStore) throws {
    guard let race = try store.activeRace(), race.settings.experiment != nil else {
      return try Leaderboard.show(store, limit: 10)
    }
    try Console.result(ExperimentText(try store.table(), race).text)
  }

  /// The rungs; a plan has one, which stands for each trial's own steps.
  func ladder(_ file: SpaceFile) throws -> RungLadder {
    if let experiment = file.experiment {
      return try RungLadder(unit: experiment.cells.map(\.steps).max() ?? 1, count: 1)
    }
    return try RungLadder(
      unit: rungUnit ?? file.rungUnit ?? ProvenConstants.rungUnit,
      count: file.rungs ?? ProvenConstants.rungCount)
  }

  /// The name of a plan's file or profile.
  func planName(_ file: SpaceFile) -> String? {
    guard file.experiment != nil else { return nil }
    return profile
      ?? space.map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent }
  }

  /// Refuses flags that mean nothing to a plan.
  func checkFlags(of experiment: Experiment?) throws {
    guard experiment != nil else { return }
    let flags = [
      ("--rung-unit", rungUnit != nil), ("--cut-after", cutAfter != nil),
      ("--lessons on", lessons == "on"),
    ]
    if let (flag, _) = flags.first(where: \.1) {
      throw Failure.usage(
        "\(flag) means nothing to a planned race",
        hint: "leave it away: each trial is trained to its own steps, whatever its score")
    }
  }

  /// What a new race is going to do, in one line.
  func announcement(_ settings: RaceSettings) -> String {
    guard let plan = settings.experiment else {
      return "rungs of "
        + (0..<settings.ladder.count).map { String(settings.ladder.steps($0)) }
        .joined(separator: ", ") + " steps"
    }
    let trials = plan.cells.reduce(0) { $0 + $1.seeds.count }
    return "a plan (\(plan.kind.rawValue)) of \(trials) trials"
      + (plan.kind == .ablation ? " and those at equal processor time" : "")
      + (plan.scale == 1 ? "" : ", all steps scaled by \(plan.scale)")
  }
}
