internal import Determinism
internal import Foundation
public import Race

/// A race without training, for measuring a store: scores come from a seeded learning curve.
///
/// Settings, proposals, rungs, lessons and decisions are those of any race; only the steps between
/// two reports take no time.
public enum SyntheticRace {
  /// What such a race is called; a race of another name is never touched.
  public static let name = "igla-bench-store"

  /// Stands where a corpus has its name, so that no worker can train on such a race.
  public static let corpus = "bench-store-has-no-text"

  /// Whether a race is one of these.
  public static func isOne(_ race: RaceRecord) -> Bool {
    race.settings.name == name && race.settings.corpus == corpus
  }

  /// Makes the settings, with five parameters, of which two are real, so that proposals do not end.
  ///
  /// The first of the rungs is at 1,000 steps, each next one at three times as many; `seed` decides
  /// proposals and scores. Throws `configuration` for a number of rungs that no ladder has.
  public static func settings(seed: Int, rungs: Int, binaryHash: String) throws -> RaceSettings {
    let space = try SearchSpace([
      "lr": .real(min: 1e-4, max: 1e-1, log: true), "dropout": .real(min: 0, max: 0.3),
      "width": .choice([.int(64), .int(128), .int(256), .int(384)]),
      "layers": .integer(min: 1, max: 8),
      "optimizer": .choice([.string("muon"), .string("adamw"), .string("lion")]),
    ])
    var settings = RaceSettings(
      name: name, seed: seed, corpus: corpus, corpusSHA256: String(repeating: "0", count: 64),
      ladder: try RungLadder(count: rungs), space: space)
    settings.binaryHash = binaryHash
    try settings.validate()
    return settings
  }

  /// The score of a trial after some steps: falls with the steps to a floor that the configuration
  /// decides, with noise that the seed decides; NaN for one that diverged.
  ///
  /// About 2 % of trials diverge, at learning rates above 0.02, and some end above the safety cut.
  public static func score(_ configuration: Configuration, seed: Int, step: Int) -> Double {
    func number(_ name: String) -> Double { configuration[name]?.number ?? 0 }
    var trial = SplitMix64(seed: UInt64(bitPattern: Int64(seed)))
    let luck = trial.unit()
    if number("lr") > 0.02, luck < 0.09 { return .nan }
    let decades = log10(number("lr") / 0.004)
    let floor =
      1.7 + 0.25 * decades * decades + 0.4 * number("dropout") + 12 / max(1, number("width"))
      + 0.2 / max(1, number("layers"))
    var point = SplitMix64(seed: UInt64(bitPattern: Int64(seed &* 31 &+ step)))
    let noise = 0.02 * (point.unit() - 0.5)
    return floor + 0.9 * pow(Double(max(1, step)) / 1_000, -0.6) + 0.05 * luck + noise
  }
}
