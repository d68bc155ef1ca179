internal import Determinism

/// Which seeds are for choosing configurations, and which only for verifying them.
public enum SelectionSeeds {
  /// The seeds of a verification; no trial of a race may use them.
  public static let verification = [43, 44, 45]

  /// The smallest seed of a trial; all below are reserved.
  public static let first = 1_000

  /// Returns the seed of a trial, from the race's seed and the trial's number.
  ///
  /// - Returns: A number from 1,000 up to 2³¹ − 1.
  public static func seed(race: Int, trial: Int) -> Int {
    var generator = SplitMix64(race: race, purpose: .seed, trial: trial)
    return first + generator.index(below: Int(Int32.max) - first + 1)
  }

  /// Throws `invalid` when a trial may not use the seed.
  public static func check(_ seed: Int) throws {
    guard seed >= first else {
      let reason =
        verification.contains(seed)
        ? "seed \(seed) is reserved for verification"
        : "seed \(seed) is below \(first), the first seed for selection"
      throw RaceError(
        .invalid, reason, hint: "leave the seed out, or name one of \(first) or more")
    }
  }
}
