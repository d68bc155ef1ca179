package import Invariants

/// What the victory gate found, with every figure that went into it.
public struct VictoryVerdict: Hashable, Sendable, Codable {
  public enum Outcome: String, Sendable, Codable {
    case passed
    case failed
    /// All scores are equal and under the target: a t-test says nothing. Not a pass; a block
    /// bootstrap over the bytes of test has to judge, and be named as such.
    case noSeedVariation = "no_seed_variation"

    /// The outcome as the proven rule names it.
    package var proven: VictoryRule.Outcome {
      switch self {
      case .passed: .passed
      case .noSeedVariation: .noSeedVariation
      case .failed: .failed
      }
    }
  }

  public var outcome: Outcome
  public var scores: [Double]
  public var target: Double
  /// Which candidate of the race it is, from 1.
  public var candidate: Int
  public var mean: Double
  /// Sample variance, divided by n − 1.
  public var variance: Double
  /// The level the candidate was tested at: 1 / (100·k·(k+1)).
  public var alpha: Double
  public var eachBelowTarget: Bool
  /// `nil` when the variance is 0, as are the next two.
  public var t: Double?
  public var criticalT: Double?
  /// Not corrected for the number of candidates; compare it with ``alpha``.
  public var pValue: Double?
  /// Whether it would have passed at 0.01, as the only candidate ever.
  public var uncorrectedPass = false

  init(
    outcome: Outcome, scores: [Double], target: Double, candidate: Int, mean: Double,
    variance: Double, alpha: Double, eachBelowTarget: Bool
  ) {
    self.outcome = outcome
    self.scores = scores
    self.target = target
    self.candidate = candidate
    self.mean = mean
    self.variance = variance
    self.alpha = alpha
    self.eachBelowTarget = eachBelowTarget
  }

  public var passed: Bool { outcome == .passed }

  private enum CodingKeys: String, CodingKey {
    case outcome, scores, target, candidate, mean, variance, alpha, t
    case eachBelowTarget = "each_below_target"
    case criticalT = "critical_t"
    case pValue = "p_value"
    case uncorrectedPass = "uncorrected_pass"
  }
}
