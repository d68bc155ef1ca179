/// The one-sided t-test of three scores, decided in whole numbers.
///
/// The gate's inequality for three scores xᵢ with margins dᵢ = μ0 − xᵢ, sum D and mean D/3,
///
///     6·(M−1)·(D/3)² > (M−2)²·s²,   s² = (3·Σdᵢ² − D²)/6,
///
/// is, times 6, one of whole numbers where the margins are: 4·(M−1)·D² > (M−2)²·(3·Σdᵢ² − D²).
/// Margins are counted in 2⁻⁵⁶ bits per byte, of which every binary64 number from 1/16 to 16 is a
/// multiple; smaller ones are rounded to it.
///
/// Proof: `judge_passed` in `Proofs/Igla/Victory.v`, for the inequality over the rationals.
enum ExactTTest {
  /// Whether "the mean is the target or more" is rejected at level 1/family.
  ///
  /// - Precondition: Three scores in 0..<target, a target of at most 16, and a family in 3...2⁴⁸.
  static func rejects(_ scores: [Double], target: Double, family: Int) -> Bool {
    precondition(
      scores.count == 3 && scores.allSatisfy { (0..<target).contains($0) } && target <= 16
        && (3...1 << 48).contains(family),
      "[ExactTTest] scores \(scores), target \(target), family \(family)")
    let margins = scores.map { whole(target) - whole($0) }
    // Below 2⁶², so that squares and their sums are below 2¹²⁴.
    let sum = UInt128(margins.reduce(0, +))
    let squares = margins.reduce(0 as UInt128) { $0 + UInt128($1) * UInt128($1) }
    let spread = 3 * squares - sum * sum
    let m = UInt128(family)
    let left = (4 * (m - 1)).multipliedFullWidth(by: sum * sum)
    let right = ((m - 2) * (m - 2)).multipliedFullWidth(by: spread)
    return left.high != right.high ? left.high > right.high : left.low > right.low
  }

  /// A score in parts of 2⁻⁵⁶.
  private static func whole(_ score: Double) -> UInt64 {
    UInt64((score * 0x1p56).rounded(.toNearestOrEven))
  }
}
