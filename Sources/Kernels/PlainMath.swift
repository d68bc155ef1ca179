/// Elementary functions made of + − × ÷ alone, so that every machine gets the same bits.
///
/// A C library's functions differ in last bits between libraries and their versions.
package enum PlainMath {
  /// ln 2, and as a sum of a number with 33 bits and the rest.
  private static let ln2 = (high: 0.693_147_180_369_123_816, low: 1.908_214_929_270_587_7e-10)
  /// π/2 likewise.
  private static let halfPi = (high: 1.570_796_326_734_125_614, low: 6.077_100_506_506_192_25e-11)

  /// Returns the natural logarithm of a positive normal number to a few ulps.
  package static func logarithm(_ x: Double) -> Double {
    precondition(x.isNormal && x > 0, "[logarithm] \(x), expected a positive normal number")
    // x = m · 2ⁿ with m from √½ to √2; ln m = 2·artanh((m − 1)/(m + 1)).
    var (m, n) = (x.significand, Double(x.exponent))
    if m > 1.414_213_562_373_095_1 { (m, n) = (m / 2, n + 1) }
    let z = (m - 1) / (m + 1)
    let square = z * z
    var series = 0.0
    var term = 23.0
    while term >= 1 {
      series = series * square + 1 / term
      term -= 2
    }
    return n * ln2.high + (n * ln2.low + 2 * z * series)
  }

  /// Returns e to the power of `x` to a few ulps, for `|x| < 700`.
  package static func exponential(_ x: Double) -> Double {
    precondition(abs(x) < 700, "[exponential] \(x), expected less than 700 either way")
    let n = (x / 0.693_147_180_559_945_309).rounded()
    let r = (x - n * ln2.high) - n * ln2.low
    var sum = 1.0
    var term = 15.0
    while term >= 1 {
      sum = 1 + r / term * sum
      term -= 1
    }
    return Double(sign: .plus, exponent: Int(n), significand: sum)
  }

  /// Returns `x` to the power of `y` for a positive normal `x`; relative error about `|y ln x|` ulps.
  package static func power(_ x: Double, _ y: Double) -> Double {
    let exponent = y * logarithm(x)
    if exponent < -699 { return 0 }
    return exponential(exponent)
  }

  /// Returns cosine and sine of an angle in radians to within 1e-15, for `|angle| ≤ 2²⁰`.
  package static func cosineAndSine(_ angle: Double) -> (cosine: Double, sine: Double) {
    precondition(abs(angle) <= 0x1p20, "[cosineAndSine] \(angle), expected at most 2^20 either way")
    // The products with the high part are exact: 33 bits and 20.
    let n = (angle / 1.570_796_326_794_896_619).rounded()
    let r = (angle - n * halfPi.high) - n * halfPi.low
    let square = r * r
    var (cosine, sine) = (1.0, 1.0)
    var term = 18.0
    while term >= 2 {
      cosine = 1 - square / (term * (term - 1)) * cosine
      sine = 1 - square / (term * (term + 1)) * sine
      term -= 2
    }
    sine *= r
    return switch Int(n) & 3 {
    case 0: (cosine, sine)
    case 1: (-sine, cosine)
    case 2: (-cosine, -sine)
    default: (sine, -cosine)
    }
  }
}
