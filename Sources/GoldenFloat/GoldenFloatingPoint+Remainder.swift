/// Remainders, which are always exact.
extension GoldenFloatingPoint {
  /// The remainder of the division whose quotient is rounded to nearest even; |r| ≤ |other|/2.
  @inlinable
  public mutating func formRemainder(dividingBy other: Self) {
    guard isDivision(by: other) else { return }
    // Modulo twice the divisor, the remainder also tells whether the quotient is odd.
    let (divisor, scale) = aligned(divisor: other)
    let doubled = residue(of: divisor &<< 1, divisorScale: scale)
    var rest = doubled
    let odd = rest >= divisor
    if odd { rest &-= divisor }
    let twice = rest &<< 1
    let flips = twice > divisor || (twice == divisor && odd)
    set(flips ? divisor &- rest : rest, scale: scale, negative: isNegative != flips)
  }

  /// The remainder of the division whose quotient is rounded toward zero; it has the sign of `self`.
  @inlinable
  public mutating func formTruncatingRemainder(dividingBy other: Self) {
    guard isDivision(by: other) else { return }
    let (divisor, scale) = aligned(divisor: other)
    set(residue(of: divisor, divisorScale: scale), scale: scale, negative: isNegative)
  }

  @inlinable var parts: (significand: UInt64, exponent: Int) {
    Self.layout.unpack(magnitudeCode)
  }

  /// Whether there is anything to divide; if not, `self` has become the result.
  @inlinable
  mutating func isDivision(by other: Self) -> Bool {
    if isNaN || other.isNaN || isInfinite || other.isZero {
      self = .nan
      return false
    }
    return !isZero && !other.isInfinite
  }

  /// A divisor's magnitude as a multiple of `2^scale`, of which this magnitude is one as well.
  ///
  /// One more than 70 places above the dividend is cut to 70, where it is the larger still.
  @inlinable
  func aligned(divisor other: Self) -> (divisor: UInt128, scale: Int) {
    let (significand, exponent) = other.parts
    let scale = Swift.min(parts.exponent, exponent)
    let places = Swift.min(exponent &- scale, 70)
    return (UInt128(significand) &<< UInt128(truncatingIfNeeded: places), scale)
  }

  /// This magnitude modulo a divisor, both as multiples of `2^divisorScale`.
  @inlinable
  func residue(of divisor: UInt128, divisorScale: Int) -> UInt128 {
    let (significand, exponent) = parts
    var rest = UInt128(significand) % divisor
    guard exponent > divisorScale else { return rest }
    // The divisor has at most 54 bits here, so that products fit: powers of two by squaring.
    var power = UInt128(2) % divisor
    var count = exponent &- divisorScale
    while count > 0 {
      if count & 1 != 0 { rest = rest &* power % divisor }
      power = power &* power % divisor
      count &>>= 1
    }
    return rest
  }

  @inlinable
  mutating func set(_ magnitude: UInt128, scale: Int, negative: Bool) {
    self = Self(
      code: Self.layout.encode(
        negative: negative, significand: magnitude, exponent: scale, rounding: .toNearestOrEven))
  }
}
