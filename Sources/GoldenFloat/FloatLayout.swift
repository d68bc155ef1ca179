/// The field widths of a binary format, and the constants that follow from them.
///
/// The IEEE formats are layouts too, so one rounding function serves every conversion. Codes are
/// right-aligned in `UInt64`.
@frozen @usableFromInline
struct FloatLayout: Sendable {
  @usableFromInline let exponentBits: Int
  @usableFromInline let fractionBits: Int

  @inlinable
  init(exponentBits: Int, fractionBits: Int) {
    self.exponentBits = exponentBits
    self.fractionBits = fractionBits
  }

  @inlinable static var float16: Self { Self(exponentBits: 5, fractionBits: 10) }
  @inlinable static var bFloat16: Self { Self(exponentBits: 8, fractionBits: 7) }
  @inlinable static var float: Self { Self(exponentBits: 8, fractionBits: 23) }
  @inlinable static var double: Self { Self(exponentBits: 11, fractionBits: 52) }

  @inlinable var bias: Int { 1 &<< (exponentBits &- 1) &- 1 }
  @inlinable var minExponent: Int { 1 &- bias }
  @inlinable var maxExponent: Int { bias }
  /// The binary exponent of the smallest subnormal.
  @inlinable var leastExponent: Int { minExponent &- fractionBits }
  @inlinable var precision: Int { fractionBits &+ 1 }

  @inlinable var signMask: UInt64 { 1 &<< UInt64(exponentBits &+ fractionBits) }
  @inlinable var magnitudeMask: UInt64 { signMask &- 1 }
  @inlinable var codeMask: UInt64 { signMask | magnitudeMask }
  @inlinable var fractionMask: UInt64 { 1 &<< UInt64(fractionBits) &- 1 }
  @inlinable var maxExponentField: UInt64 { 1 &<< UInt64(exponentBits) &- 1 }
  @inlinable var infinity: UInt64 { maxExponentField &<< UInt64(fractionBits) }
  @inlinable var quietBit: UInt64 { 1 &<< UInt64(fractionBits &- 1) }
  @inlinable var quietNaN: UInt64 { infinity | quietBit }
  @inlinable var leastNormal: UInt64 { 1 &<< UInt64(fractionBits) }

  /// The finite magnitude `significand · 2^exponent` that `magnitude`, a code below infinity, has.
  @inlinable
  func unpack(_ magnitude: UInt64) -> (significand: UInt64, exponent: Int) {
    let field = magnitude &>> UInt64(fractionBits)
    let fraction = magnitude & fractionMask
    if field == 0 { return (fraction, leastExponent) }
    return (fraction | leastNormal, Int(truncatingIfNeeded: field) &- bias &- fractionBits)
  }
}
