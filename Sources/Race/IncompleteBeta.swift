import Glibc

/// The regularised incomplete beta function, as the t distribution needs it.
enum IncompleteBeta {
  /// Returns I_x(df/2, ½), given x and y = 1 − x, each without cancellation.
  ///
  /// - Source: the continued fraction of DLMF 8.17.22, evaluated by Lentz's method.
  static func regularized(x: Double, y: Double, df: Int) -> Double {
    if x <= 0 { return 0 }
    if y <= 0 { return 1 }
    let a = Double(df) / 2
    let front = exp(a * log(x) + 0.5 * log(y)) / beta(df: df)
    if x < (a + 1) / (a + 2.5) {
      return front * fraction(a: a, b: 0.5, x: x) / a
    }
    return 1 - front * fraction(a: 0.5, b: a, x: y) / 0.5
  }

  /// Returns B(df/2, ½), by the recurrence Γ(a + 3/2) / Γ(a + 1) = Γ(a + ½) / Γ(a) · (a + ½) / a.
  private static func beta(df: Int) -> Double {
    let rootPi = Double.pi.squareRoot()
    var a = df.isMultiple(of: 2) ? 1.0 : 0.5
    var ratio = df.isMultiple(of: 2) ? rootPi / 2 : 1 / rootPi
    while a < Double(df) / 2 {
      ratio *= (a + 0.5) / a
      a += 1
    }
    return rootPi / ratio
  }

  private static func fraction(a: Double, b: Double, x: Double) -> Double {
    let tiny = 1e-300
    func guarded(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / guarded(1 - (a + b) * x / (a + 1))
    var result = d
    for m in 1...10_000 {
      let k = Double(m)
      let even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k))
      d = 1 / guarded(1 + even * d)
      c = guarded(1 + even / c)
      result *= d * c
      let odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1))
      d = 1 / guarded(1 + odd * d)
      c = guarded(1 + odd / c)
      result *= d * c
      if abs(d * c - 1) < 1e-16 { break }
    }
    return result
  }
}
