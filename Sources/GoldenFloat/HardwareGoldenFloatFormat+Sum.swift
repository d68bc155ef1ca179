/// Sums, on numbers whose exponent field is that of the format.
///
/// A code's fields, moved to their places in a `Float`, mean the number times a power of two, and a
/// subnormal a subnormal. A sum is as good on that scale; the steps that change the bias fall away.
extension HardwareGoldenFloatFormat {
  @inlinable @inline(__always)
  public static func sum(_ a: BitPattern, _ b: BitPattern) -> BitPattern {
    let layout = GoldenFloatingPoint<Self>.layout
    let mask = UInt64(layout.magnitudeMask)
    guard UInt64(a) & mask < layout.infinity, UInt64(b) & mask < layout.infinity else {
      return sumOfUnusual(a, b)
    }
    return code(nearestScaled: scaled(a) + scaled(b))
  }

  /// The sum where an operand is an infinity or a NaN; apart, so that the others stay short.
  @inlinable @inline(never)
  static func sumOfUnusual(_ a: BitPattern, _ b: BitPattern) -> BitPattern {
    code(nearest: float(of: a) + float(of: b))
  }

  @inlinable @inline(__always)
  public static func difference(_ a: BitPattern, _ b: BitPattern) -> BitPattern {
    sum(a, b ^ BitPattern(truncatingIfNeeded: GoldenFloatingPoint<Self>.layout.signMask))
  }

  /// The fields of a finite code, moved to their places in a `Float`.
  @inlinable
  static func scaled(_ code: BitPattern) -> Float {
    let layout = GoldenFloatingPoint<Self>.layout
    let raised =
      Int32(truncatingIfNeeded: code)
      &<< Int32(truncatingIfNeeded: 31 &- layout.exponentBits &- layout.fractionBits)
    let gap = 8 &- layout.exponentBits
    // The shift copies the sign into the gap between sign and exponent.
    let moved = UInt32(bitPattern: raised &>> Int32(truncatingIfNeeded: gap))
    return Float(
      bitPattern: moved & (UInt32.max &>> UInt32(truncatingIfNeeded: gap &+ 1) | 0x8000_0000))
  }

  /// The code nearest to a finite number of that scale.
  @inlinable
  static func code(nearestScaled value: Float) -> BitPattern {
    let layout = GoldenFloatingPoint<Self>.layout
    let shift = UInt32(truncatingIfNeeded: 23 &- layout.fractionBits)
    let signShift = UInt32(truncatingIfNeeded: 31 &- layout.exponentBits &- layout.fractionBits)
    let bits = value.bitPattern
    let sign = (bits &>> signShift) & UInt32(truncatingIfNeeded: layout.signMask)
    let rounded = bits &+ ((1 &<< (shift &- 1)) &- 1) &+ ((bits &>> shift) & 1)
    let infinity = UInt32(truncatingIfNeeded: layout.infinity)
    guard rounded &<< 1 <= infinity &<< (shift &+ 1) else {
      return BitPattern(truncatingIfNeeded: sign | infinity)
    }
    // The sign that the shift brings down lies above the code, and is cut with what is above it.
    return BitPattern(truncatingIfNeeded: sign | rounded &>> shift)
  }
}
