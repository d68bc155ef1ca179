/// A narrow format, whose operations run on the processor's `Float` and `Double`.
///
/// With precision p = `significandBitCount + 1`, an operation of `Float` (precision 24 ≥ 2p + 2)
/// rounded again to p bits is the correctly rounded operation of the format (the innocuous double
/// rounding), and nothing of the format or of its products leaves the range of normal `Float`s.
/// The fused multiply-add is not such an operation: it goes through `Double`, rounded to odd.
///
/// - Precondition: `exponentBitCount ≤ 6`, `significandBitCount ≤ 10`, and the processor rounds
///   to nearest even and keeps subnormals, as it does unless told otherwise.
/// - Source: Figueroa 1995, "When is double rounding innocuous?"; Boldo & Melquiond 2008,
///   "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to odd".
public protocol HardwareGoldenFloatFormat: GoldenFloatFormat {}

extension HardwareGoldenFloatFormat {
  @inlinable @inline(__always)
  public static func product(_ a: BitPattern, _ b: BitPattern) -> BitPattern {
    code(nearest: float(of: a) * float(of: b))
  }

  @inlinable @inline(__always)
  public static func quotient(_ a: BitPattern, _ b: BitPattern) -> BitPattern {
    code(nearest: float(of: a) / float(of: b))
  }

  @inlinable
  public static func squareRoot(_ a: BitPattern) -> BitPattern {
    code(nearest: float(of: a).squareRoot())
  }

  @inlinable
  public static func sumOfProduct(
    _ a: BitPattern, _ b: BitPattern, _ c: BitPattern
  ) -> BitPattern {
    let product = double(of: a) * double(of: b)
    let addend = double(of: c)
    let sum = product + addend
    let virtual = sum - product
    let error = (product - (sum - virtual)) + (addend - virtual)
    // An infinite or NaN sum has a NaN error, or none that matters: it is left as it is.
    guard error != 0, sum.isFinite, sum.bitPattern & 1 == 0 else { return code(nearest: sum) }
    let outwards = (error < 0) == (sum < 0)
    return code(
      nearest: Double(bitPattern: outwards ? sum.bitPattern &+ 1 : sum.bitPattern &- 1))
  }

  @inlinable @inline(__always)
  public static func float(of code: BitPattern) -> Float {
    let layout = GoldenFloatingPoint<Self>.layout
    let shift = UInt32(truncatingIfNeeded: 23 &- layout.fractionBits)
    let signShift = UInt32(truncatingIfNeeded: 31 &- layout.exponentBits &- layout.fractionBits)
    let magnitude =
      UInt32(truncatingIfNeeded: code) & UInt32(truncatingIfNeeded: layout.magnitudeMask)
    let sign = (UInt32(truncatingIfNeeded: code) &<< signShift) & 0x8000_0000
    let leastNormal = UInt32(truncatingIfNeeded: layout.leastNormal)
    let infinity = UInt32(truncatingIfNeeded: layout.infinity)
    if magnitude &- leastNormal < infinity &- leastNormal {
      let rebias = UInt32(truncatingIfNeeded: 127 &- layout.bias) &<< 23
      return Float(bitPattern: sign | ((magnitude &<< shift) &+ rebias))
    }
    return unusual(sign: sign, magnitude: magnitude)
  }

  /// A zero, a subnormal, an infinity or a NaN; apart, so that the others do not wait for it.
  @inlinable @inline(never)
  static func unusual(sign: UInt32, magnitude: UInt32) -> Float {
    let layout = GoldenFloatingPoint<Self>.layout
    let infinity = UInt32(truncatingIfNeeded: layout.infinity)
    if magnitude >= infinity {
      return magnitude > infinity ? .nan : Float(bitPattern: sign | Float.infinity.bitPattern)
    }
    let scale = Float(
      bitPattern: UInt32(truncatingIfNeeded: 127 &+ layout.leastExponent) &<< 23)
    return Float(bitPattern: sign | (Float(magnitude) * scale).bitPattern)
  }

  @inlinable
  public static func double(of code: BitPattern) -> Double {
    Double(float(of: code))
  }

  @inlinable @inline(__always)
  public static func code(nearest value: Float) -> BitPattern {
    let layout = GoldenFloatingPoint<Self>.layout
    let shift = UInt32(truncatingIfNeeded: 23 &- layout.fractionBits)
    let signShift = UInt32(truncatingIfNeeded: 31 &- layout.exponentBits &- layout.fractionBits)
    let magnitude = value.bitPattern & 0x7FFF_FFFF
    let sign = (value.bitPattern &>> signShift) & UInt32(truncatingIfNeeded: layout.signMask)
    let leastNormal = UInt32(truncatingIfNeeded: 127 &+ layout.minExponent) &<< 23
    let beyond = UInt32(truncatingIfNeeded: 128 &+ layout.maxExponent) &<< 23
    if magnitude &- leastNormal < beyond &- leastNormal {
      let rebased = magnitude &- UInt32(truncatingIfNeeded: 127 &- layout.bias) &<< 23
      let tieToEven = (1 &<< (shift &- 1)) &- 1 &+ ((rebased &>> shift) & 1)
      return BitPattern(truncatingIfNeeded: sign | (rebased &+ tieToEven) &>> shift)
    }
    return code(sign: sign, unusual: magnitude)
  }

  /// The code of the bits of a `Float` outside the format's normal range.
  @inlinable @inline(never)
  static func code(sign: UInt32, unusual magnitude: UInt32) -> BitPattern {
    let layout = GoldenFloatingPoint<Self>.layout
    if magnitude >= UInt32(truncatingIfNeeded: 128 &+ layout.maxExponent) &<< 23 {
      let nan = magnitude > Float.infinity.bitPattern
      return BitPattern(truncatingIfNeeded: nan ? layout.quietNaN : UInt64(sign) | layout.infinity)
    }
    // One unit of this number's last place is the least magnitude, so the addition rounds.
    let ruler = UInt32(truncatingIfNeeded: 127 &+ layout.leastExponent &+ 23) &<< 23
    let sum = Float(bitPattern: magnitude) + Float(bitPattern: ruler)
    return BitPattern(truncatingIfNeeded: sign | (sum.bitPattern &- ruler))
  }

  @inlinable
  public static func code(nearest value: Double) -> BitPattern {
    let layout = GoldenFloatingPoint<Self>.layout
    let shift = UInt64(truncatingIfNeeded: 52 &- layout.fractionBits)
    let signShift = UInt64(truncatingIfNeeded: 63 &- layout.exponentBits &- layout.fractionBits)
    let magnitude = value.bitPattern & 0x7FFF_FFFF_FFFF_FFFF
    let sign = (value.bitPattern &>> signShift) & layout.signMask
    let leastNormal = UInt64(truncatingIfNeeded: 1023 &+ layout.minExponent) &<< 52
    let beyond = UInt64(truncatingIfNeeded: 1024 &+ layout.maxExponent) &<< 52
    if magnitude &- leastNormal < beyond &- leastNormal {
      let rebased = magnitude &- UInt64(truncatingIfNeeded: 1023 &- layout.bias) &<< 52
      let tieToEven = (1 &<< (shift &- 1)) &- 1 &+ ((rebased &>> shift) & 1)
      return BitPattern(truncatingIfNeeded: sign | (rebased &+ tieToEven) &>> shift)
    }
    return code(sign: sign, unusual: magnitude)
  }

  /// The code of the bits of a `Double` outside the format's normal range.
  @inlinable @inline(never)
  static func code(sign: UInt64, unusual magnitude: UInt64) -> BitPattern {
    let layout = GoldenFloatingPoint<Self>.layout
    if magnitude >= UInt64(truncatingIfNeeded: 1024 &+ layout.maxExponent) &<< 52 {
      let nan = magnitude > Double.infinity.bitPattern
      return BitPattern(truncatingIfNeeded: nan ? layout.quietNaN : sign | layout.infinity)
    }
    let ruler = UInt64(truncatingIfNeeded: 1023 &+ layout.leastExponent &+ 52) &<< 52
    let sum = Double(bitPattern: magnitude) + Double(bitPattern: ruler)
    return BitPattern(truncatingIfNeeded: sign | (sum.bitPattern &- ruler))
  }
}
