internal import Invariants

/// The test that a candidate has to pass to be called a winner.
///
/// The scores of n reserved seeds must each be under the target μ0, and a one-sided one-sample
/// t-test must reject "the mean is μ0 or more". The k-th candidate ever verified is tested at
///
///     α = 1/M, M = 100·k·(k+1)
///
/// and since Σ 1/(k(k+1)) = 1, the chance that any of all candidates passes wrongly is at most
/// 0.01. At n = 3 the test is exact without a quantile:
///
///     mean < μ0  and  6·(M−1)·(μ0−mean)² > (M−2)²·s²
///
/// with s² the sample variance (n−1), and decided in whole numbers, without rounding. The p-value speaks of seeds, not of other texts. Identical
/// scores pass no t-test: that is its own verdict, which asks for a block bootstrap over the
/// bytes of test, made elsewhere.
public enum VictoryGate {
  /// Judges the scores of one candidate.
  ///
  /// Throws `invalid` for fewer than three scores, a score that is not a positive finite number,
  /// a target above 16, or a candidate number below 1.
  public static func judge(
    scores: [Double], target: Double, candidate k: Int
  ) throws -> VictoryVerdict {
    guard scores.count >= ProvenConstants.victorySeeds else {
      throw RaceError(
        .invalid, "the gate needs the scores of 3 seeds or more, not \(scores.count)",
        hint: "verify with seeds 43, 44, 45")
    }
    guard (1...1_000_000).contains(k) else {
      throw RaceError(.invalid, "candidate number \(k)", hint: "candidates count from 1")
    }
    guard scores.allSatisfy({ $0.isFinite && $0 > 0 }), target.isFinite, target > 0 else {
      throw RaceError(
        .invalid, "a score or the target is not a positive finite number",
        hint: "verify the candidate again")
    }
    guard target <= 16 else {
      throw RaceError(
        .invalid, "the target is \(target) bits per byte",
        hint: "a byte has 8 bits: choose a target below that")
    }
    let statistics = SampleStatistics(scores)
    guard let mean = statistics.mean, let variance = statistics.variance else {
      preconditionFailure("[VictoryGate] \(scores.count) scores have no spread")
    }
    let family = ProvenConstants.victoryFamily * k * (k + 1)
    let below = scores.allSatisfy { $0 < target }
    var verdict = VictoryVerdict(
      outcome: .failed, scores: scores, target: target, candidate: k, mean: mean,
      variance: variance, alpha: 1 / Double(family), eachBelowTarget: below)
    guard variance > 0 else {
      verdict.outcome = below ? .noSeedVariation : .failed
      return verdict
    }
    let t = (target - mean) / (variance / Double(scores.count)).squareRoot()
    let df = scores.count - 1
    verdict.t = t
    verdict.pValue = StudentT.upperTail(t, degreesOfFreedom: df)
    verdict.criticalT = StudentT.upperQuantile(1 / Double(family), degreesOfFreedom: df)
    verdict.uncorrectedPass = below && rejects(verdict, family: ProvenConstants.victoryFamily)
    if below && rejects(verdict, family: family) { verdict.outcome = .passed }
    return verdict
  }

  /// Whether the t-test rejects at level 1/family, for scores that are all below the target.
  private static func rejects(_ verdict: VictoryVerdict, family: Int) -> Bool {
    verdict.scores.count == ProvenConstants.victorySeeds
      ? ExactTTest.rejects(verdict.scores, target: verdict.target, family: family)
      : (verdict.pValue ?? 1) < 1 / Double(family)
  }
}
