/// Elementary functions, correctly rounded to nearest even for every number of the format.
///
/// They are the platform's `Double` functions, rounded again. That is the correctly rounded result
/// as long as the error of the former, a few units of 2⁻⁵³, does not reach the middle between two
/// neighbours; the tests hold every code of GF8 and GF16 to results that GNU MPFR gave. A domain
/// error is a NaN, a pole an infinity. GF32 and GF64 have no such functions: 65,536 cases can be
/// looked at one by one, 2³² of a function of `Double` whose error has no bound cannot.
extension GoldenFloatingPoint where Format: HardwareGoldenFloatFormat {
  /// 2ˣ, exact for an integer.
  @inlinable
  public static func exp2(_ x: Self) -> Self {
    // From 2⁻⁴⁰, the middle between 0 and the least GF16, no error at all would do.
    if x.isFinite, x.rounded(.towardZero) == x {
      return Self(sign: .plus, exponent: Int(Double(x)), significand: 1)
    }
    return Self(PlatformMath.exp2Of(Double(x)))
  }

  /// eˣ.
  @inlinable
  public static func exp(_ x: Self) -> Self { Self(PlatformMath.expOf(Double(x))) }

  /// eˣ − 1, without cancellation near 0.
  @inlinable
  public static func expm1(_ x: Self) -> Self { Self(PlatformMath.expMinusOneOf(Double(x))) }

  /// The natural logarithm; NaN below 0.
  @inlinable
  public static func log(_ x: Self) -> Self { Self(PlatformMath.logOf(Double(x))) }

  /// The logarithm to base 2; NaN below 0.
  @inlinable
  public static func log2(_ x: Self) -> Self { Self(PlatformMath.log2Of(Double(x))) }

  /// The logarithm to base 10; NaN below 0.
  @inlinable
  public static func log10(_ x: Self) -> Self { Self(PlatformMath.log10Of(Double(x))) }

  /// ln(1 + x), without cancellation near 0; NaN below −1.
  @inlinable
  public static func log1p(_ x: Self) -> Self { Self(PlatformMath.logOnePlusOf(Double(x))) }

  /// The sine of an angle in radians.
  @inlinable
  public static func sin(_ x: Self) -> Self { Self(PlatformMath.sinOf(Double(x))) }

  /// The cosine of an angle in radians.
  @inlinable
  public static func cos(_ x: Self) -> Self { Self(PlatformMath.cosOf(Double(x))) }

  /// The tangent of an angle in radians.
  @inlinable
  public static func tan(_ x: Self) -> Self { Self(PlatformMath.tanOf(Double(x))) }

  /// The arc sine in radians; NaN outside [−1, 1].
  @inlinable
  public static func asin(_ x: Self) -> Self { Self(PlatformMath.asinOf(Double(x))) }

  /// The arc cosine in radians; NaN outside [−1, 1].
  @inlinable
  public static func acos(_ x: Self) -> Self { Self(PlatformMath.acosOf(Double(x))) }

  /// The arc tangent in radians.
  @inlinable
  public static func atan(_ x: Self) -> Self { Self(PlatformMath.atanOf(Double(x))) }

  /// The hyperbolic sine.
  @inlinable
  public static func sinh(_ x: Self) -> Self { Self(PlatformMath.sinhOf(Double(x))) }

  /// The hyperbolic cosine.
  @inlinable
  public static func cosh(_ x: Self) -> Self { Self(PlatformMath.coshOf(Double(x))) }

  /// The hyperbolic tangent.
  @inlinable
  public static func tanh(_ x: Self) -> Self { Self(PlatformMath.tanhOf(Double(x))) }

  /// The inverse hyperbolic sine.
  @inlinable
  public static func asinh(_ x: Self) -> Self { Self(PlatformMath.asinhOf(Double(x))) }

  /// The inverse hyperbolic cosine; NaN below 1.
  @inlinable
  public static func acosh(_ x: Self) -> Self { Self(PlatformMath.acoshOf(Double(x))) }

  /// The inverse hyperbolic tangent; NaN outside [−1, 1].
  @inlinable
  public static func atanh(_ x: Self) -> Self { Self(PlatformMath.atanhOf(Double(x))) }

  /// The cube root, of the sign of x.
  @inlinable
  public static func cbrt(_ x: Self) -> Self { Self(PlatformMath.cbrtOf(Double(x))) }
}
