/// A number between its old format and its new one.
@frozen @usableFromInline
enum ExactValue: Sendable {
  case nan
  case infinity(negative: Bool)
  /// `±significand · 2^exponent`; the lowest bit may stand for lower ones, see `encode`.
  case finite(negative: Bool, significand: UInt128, exponent: Int)

  /// The value of any binary floating-point number.
  ///
  /// - Precondition: `Source.significandBitCount ≤ 126`.
  @inlinable
  init<Source: BinaryFloatingPoint>(_ value: Source) {
    let negative = value.sign == .minus
    guard value.isFinite else {
      self = value.isNaN ? .nan : .infinity(negative: negative)
      return
    }
    guard !value.isZero else {
      self = .finite(negative: negative, significand: 0, exponent: 0)
      return
    }
    let fractionBits = Source.significandBitCount
    precondition(
      fractionBits <= 126,
      "[GoldenFloatingPoint.init] the source has \(fractionBits) fraction bits, not ≤ 126")
    var significand = UInt128(truncatingIfNeeded: value.significandBitPattern)
    var exponent = value.exponent
    if value.exponentBitPattern == 0 {
      exponent = Source.leastNormalMagnitude.exponent
    } else {
      significand |= 1 << UInt128(fractionBits)
    }
    self = .finite(
      negative: negative, significand: significand, exponent: Int(exponent) - fractionBits)
  }

  /// The value of a code of `layout`.
  @inlinable
  init(code: UInt64, layout: FloatLayout) {
    let negative = code & layout.signMask != 0
    let magnitude = code & layout.magnitudeMask
    if magnitude >= layout.infinity {
      self = magnitude > layout.infinity ? .nan : .infinity(negative: negative)
    } else {
      let (significand, exponent) = layout.unpack(magnitude)
      self = .finite(
        negative: negative, significand: UInt128(truncatingIfNeeded: significand),
        exponent: exponent)
    }
  }

  /// The value of an integer; of one with more than 128 bits, its leading bits and a sticky bit.
  @inlinable
  init<Source: BinaryInteger>(integer value: Source) {
    let magnitude = value.magnitude
    let excess = Swift.max(0, Self.bitLength(magnitude) - 127)
    var significand = UInt128(truncatingIfNeeded: magnitude >> excess)
    if excess > 0, magnitude.trailingZeroBitCount < excess { significand |= 1 }
    self = .finite(negative: value < 0, significand: significand, exponent: excess)
  }

  @inlinable
  static func bitLength(_ magnitude: some BinaryInteger) -> Int {
    var length = 0
    var position = 0
    for word in magnitude.words {
      if word != 0 { length = position + UInt.bitWidth - word.leadingZeroBitCount }
      position += UInt.bitWidth
    }
    return length
  }
}
