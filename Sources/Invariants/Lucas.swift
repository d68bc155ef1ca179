/// The Lucas numbers 2, 1, 3, 4, 7, 11, …: φⁿ + (1 − φ)ⁿ, so that those of even index are φ²ⁿ + φ⁻²ⁿ.
///
/// - Proof: Proofs/Igla/Lucas.v, `lucas_closure` and `lucas_exact_iff`, INV-5.
public enum Lucas {
  /// Returns the n-th of them, from 0; `nil` where 128 bits do not hold it.
  ///
  /// - Precondition: `n ≥ 0`.
  public static func number(_ n: Int) -> UInt128? {
    precondition(n >= 0, "[Lucas.number] n is \(n), expected ≥ 0")
    if n == 0 { return 2 }
    var (before, here): (UInt128, UInt128) = (2, 1)
    for _ in 1..<n {
      let (sum, overflow) = before.addingReportingOverflow(here)
      if overflow { return nil }
      (before, here) = (here, sum)
    }
    return here
  }
}
