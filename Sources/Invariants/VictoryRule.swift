/// The decision on a candidate of three runs, as it is proved: written apart from the gate that decides, to
/// judge that.
///
/// For margins dᵢ = μ0 − xᵢ with sum D the gate's inequality is, times 6, one of whole numbers,
///
///     4·(M−1)·D² > (M−2)²·((d₁−d₂)² + (d₁−d₃)² + (d₂−d₃)²),   M = 100·k·(k+1),
///
/// counted in parts of 2⁻⁵⁶ bits per byte, of which every binary64 number from 1/16 to 16 is a multiple.
///
/// - Proof: Proofs/Igla/Victory.v, `judge`, whose meaning is `judge_passed` and its neighbours, INV-7.
public enum VictoryRule {
  /// A run of a candidate.
  public struct Run: Hashable, Sendable {
    public var seed: Int
    /// Training steps that were made.
    public var steps: Int
    /// Bits per byte; `nil` for no finite number.
    public var score: Double?

    public init(seed: Int, steps: Int, score: Double?) {
      self.seed = seed
      self.steps = steps
      self.score = score
    }
  }

  public enum Outcome: String, Sendable {
    case passed
    case noSeedVariation = "no-seed-variation"
    case failed
  }

  /// Judges three runs.
  ///
  /// - Returns: `nil` where there is nothing to judge: other than three runs, a seed twice, other than the
  ///   required steps, no finite positive score, a candidate's number outside 1...1,000,000, or a target
  ///   outside 0...16.
  public static func judge(
    _ runs: [Run], required: Int, target: Double, candidate k: Int
  ) -> Outcome? {
    let scores = runs.compactMap(\.score)
    guard runs.count == 3, scores.count == 3, Set(runs.map(\.seed)).count == 3,
      runs.allSatisfy({ $0.steps == required }), 1 <= k, k <= 1_000_000, target > 0, target <= 16,
      scores.allSatisfy({ $0.isFinite && $0 > 0 })
    else { return nil }
    let isBelow = scores.allSatisfy { $0 < target }
    if scores[0] == scores[1], scores[1] == scores[2] {
      return isBelow ? .noSeedVariation : .failed
    }
    return isBelow && rejects(scores.map { whole(target) - whole($0) }, k) ? .passed : .failed
  }

  private static func rejects(_ d: [Int64], _ k: Int) -> Bool {
    let family = UInt128(ProvenConstants.victoryFamily) * UInt128(k) * UInt128(k + 1)
    func square(_ a: Int64) -> UInt128 { UInt128(a.magnitude) * UInt128(a.magnitude) }
    let left = (4 * (family - 1)).multipliedFullWidth(by: square(d[0] + d[1] + d[2]))
    let spread = square(d[0] - d[1]) + square(d[0] - d[2]) + square(d[1] - d[2])
    let right = ((family - 2) * (family - 2)).multipliedFullWidth(by: spread)
    return (left.high, left.low) > (right.high, right.low)
  }

  private static func whole(_ score: Double) -> Int64 { Int64((score * 0x1p56).rounded()) }
}
