import Glibc

/// Student's t distribution with a whole number of degrees of freedom.
public enum StudentT {
  /// Returns P(T > t).
  ///
  ///     P(T > t) = ½ · I_x(df/2, ½), x = df / (df + t²), for t ≥ 0
  ///
  /// - Precondition: `degreesOfFreedom ≥ 1`, and `t` is not NaN.
  public static func upperTail(_ t: Double, degreesOfFreedom df: Int) -> Double {
    precondition(df >= 1, "[StudentT] df is \(df), expected ≥ 1")
    precondition(!t.isNaN, "[StudentT] t is NaN")
    if t < 0 { return 1 - upperTail(-t, degreesOfFreedom: df) }
    if t.isInfinite { return 0 }
    let n = Double(df)
    if df == 1 { return 0.5 - atan(t) / .pi }
    if df == 2 {
      // 1 − F(t) = 1 / (2 + t² + t·√(2 + t²)), without cancellation.
      return 1 / (2 + t * t + t * (2 + t * t).squareRoot())
    }
    let square = t * t
    return 0.5 * IncompleteBeta.regularized(x: n / (n + square), y: square / (n + square), df: df)
  }

  /// Returns the t with P(T > t) = `alpha`, by bisection to the last bit.
  ///
  /// - Precondition: `0 < alpha < 1`.
  public static func upperQuantile(_ alpha: Double, degreesOfFreedom df: Int) -> Double {
    precondition(alpha > 0 && alpha < 1, "[StudentT] alpha is \(alpha), expected in (0, 1)")
    if alpha > 0.5 { return -upperQuantile(1 - alpha, degreesOfFreedom: df) }
    var low = 0.0
    var high = 1.0
    while upperTail(high, degreesOfFreedom: df) > alpha { high *= 2 }
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return middle }
      if upperTail(middle, degreesOfFreedom: df) > alpha { low = middle } else { high = middle }
    }
  }
}
