/// Arithmetic to nearest even.
extension GoldenFloatingPoint {
  @inlinable
  public static func + (a: Self, b: Self) -> Self {
    Self(bitPattern: Format.sum(a.bitPattern, b.bitPattern))
  }

  @inlinable
  public static func - (a: Self, b: Self) -> Self {
    Self(bitPattern: Format.difference(a.bitPattern, b.bitPattern))
  }

  @inlinable
  public static func * (a: Self, b: Self) -> Self {
    Self(bitPattern: Format.product(a.bitPattern, b.bitPattern))
  }

  @inlinable
  public static func / (a: Self, b: Self) -> Self {
    Self(bitPattern: Format.quotient(a.bitPattern, b.bitPattern))
  }

  @inlinable public static func += (a: inout Self, b: Self) { a = a + b }
  @inlinable public static func -= (a: inout Self, b: Self) { a = a - b }
  @inlinable public static func *= (a: inout Self, b: Self) { a = a * b }
  @inlinable public static func /= (a: inout Self, b: Self) { a = a / b }

  /// The number with the other sign, a NaN's payload kept.
  @inlinable
  public static prefix func - (a: Self) -> Self { Self(code: a.code ^ layout.signMask) }

  @inlinable public mutating func negate() { self = -self }

  @inlinable public var magnitude: Self { Self(code: magnitudeCode) }

  @inlinable
  public mutating func formSquareRoot() {
    self = Self(bitPattern: Format.squareRoot(bitPattern))
  }

  /// Adds `a · b`, with one rounding for both operations.
  @inlinable
  public mutating func addProduct(_ a: Self, _ b: Self) {
    self = Self(
      bitPattern: Format.sumOfProduct(a.bitPattern, b.bitPattern, bitPattern))
  }

  /// Rounds to an integral value; a zero keeps its sign, and one that arises takes the operand's.
  @inlinable
  public mutating func round(_ rule: FloatingPointRoundingRule) {
    guard isFinite, !isZero else {
      self = isNaN ? .nan : self
      return
    }
    let layout = Self.layout
    let (significand, exponent) = layout.unpack(magnitudeCode)
    guard exponent < 0 else { return }
    let shift = 0 &- exponent
    var (whole, half, rest) = (UInt64(0), false, true)
    if shift < 64 {
      let halfBit = 1 &<< UInt64(truncatingIfNeeded: shift &- 1)
      whole = significand &>> UInt64(truncatingIfNeeded: shift)
      half = significand & halfBit != 0
      rest = significand & (halfBit &- 1) != 0
    }
    let up = FloatLayout.roundsUp(
      negative: isNegative, odd: whole & 1 != 0, half: half, rest: rest, Rounding(rule))
    self = Self(
      code: layout.encode(
        negative: isNegative, significand: whole &+ (up ? 1 : 0), exponent: 0,
        rounding: .toNearestOrEven))
  }

  @inlinable
  public func distance(to other: Self) -> Self { other - self }

  @inlinable
  public func advanced(by amount: Self) -> Self { self + amount }
}
