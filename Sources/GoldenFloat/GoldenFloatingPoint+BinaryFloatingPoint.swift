extension GoldenFloatingPoint: BinaryFloatingPoint {
  public typealias RawSignificand = Format.BitPattern
  public typealias RawExponent = UInt
  public typealias Exponent = Int

  @inlinable public static var exponentBitCount: Int { Format.exponentBitCount }
  @inlinable public static var significandBitCount: Int { Format.significandBitCount }

  @inlinable
  public init(
    sign: FloatingPointSign, exponentBitPattern: UInt, significandBitPattern: RawSignificand
  ) {
    let layout = Self.layout
    let field = UInt64(truncatingIfNeeded: exponentBitPattern) & layout.maxExponentField
    let fraction = UInt64(truncatingIfNeeded: significandBitPattern) & layout.fractionMask
    self.init(
      code: (sign == .minus ? layout.signMask : 0) | field &<< UInt64(layout.fractionBits)
        | fraction)
  }

  @inlinable public var sign: FloatingPointSign { isNegative ? .minus : .plus }

  @inlinable public var exponentBitPattern: UInt {
    UInt(truncatingIfNeeded: magnitudeCode &>> UInt64(Self.layout.fractionBits))
  }

  @inlinable public var significandBitPattern: RawSignificand {
    RawSignificand(truncatingIfNeeded: code & Self.layout.fractionMask)
  }

  /// The binary exponent; `Int.min` for a zero, `Int.max` for an infinity or a NaN.
  @inlinable public var exponent: Int {
    if !isFinite { return .max }
    if isZero { return .min }
    let (significand, exponent) = Self.layout.unpack(magnitudeCode)
    return exponent &+ 63 &- significand.leadingZeroBitCount
  }

  /// In [1, 2) for a finite number other than zero; zero, infinity and NaN give their magnitude.
  @inlinable public var significand: Self {
    if isNaN { return self }
    if !isFinite || isZero { return magnitude }
    let layout = Self.layout
    let (significand, _) = layout.unpack(magnitudeCode)
    let shift = significand.leadingZeroBitCount &- (63 &- layout.fractionBits)
    let fraction = (significand &<< UInt64(truncatingIfNeeded: shift)) & layout.fractionMask
    return Self(
      code: UInt64(truncatingIfNeeded: layout.bias) &<< UInt64(layout.fractionBits) | fraction)
  }

  /// The power of two with this exponent and sign; NaN for an infinity or a NaN.
  @inlinable public var binade: Self {
    if !isFinite { return .nan }
    if isZero { return self }
    let layout = Self.layout
    let sign = code & layout.signMask
    if isSubnormal {
      return Self(code: sign | 1 &<< UInt64(63 &- magnitudeCode.leadingZeroBitCount))
    }
    return Self(code: sign | magnitudeCode & layout.infinity)
  }

  /// The bits of the significand after the leading one that are needed; −1 for zero and non-finite.
  @inlinable public var significandWidth: Int {
    if !isFinite || isZero { return -1 }
    let (significand, _) = Self.layout.unpack(magnitudeCode)
    return 63 &- significand.leadingZeroBitCount &- significand.trailingZeroBitCount
  }

  /// `±significand · 2^exponent`, rounded once to nearest even; minus flips the significand's sign.
  @inlinable
  public init(sign: FloatingPointSign, exponent: Int, significand: Self) {
    let flipped = sign == .minus ? -significand : significand
    guard significand.isFinite, !significand.isZero else {
      self = significand.isNaN ? .nan : flipped
      return
    }
    let layout = Self.layout
    let (digits, least) = layout.unpack(significand.magnitudeCode)
    // Past these bounds the result is an infinity or a zero anyway.
    let bounded = Swift.min(Swift.max(exponent, -(1 &<< 40)), 1 &<< 40)
    self.init(
      code: layout.encode(
        negative: flipped.isNegative, significand: digits, exponent: least + bounded,
        rounding: .toNearestOrEven))
  }

  @inlinable
  public init(signOf sign: Self, magnitudeOf magnitude: Self) {
    self.init(code: sign.code & Self.layout.signMask | magnitude.magnitudeCode)
  }

  /// A NaN of a payload; `payload` must leave room for the quiet bit and a mark beside it.
  ///
  /// - Precondition: `payload < 2^(significandBitCount − 2)`.
  @inlinable
  public init(nan payload: RawSignificand, signaling: Bool) {
    let layout = Self.layout
    let bits = UInt64(truncatingIfNeeded: payload)
    precondition(
      bits < layout.quietBit &>> 1,
      "[GoldenFloatingPoint.init(nan:signaling:)] payload is \(bits), expected < \(layout.quietBit &>> 1)"
    )
    self.init(
      code: layout.infinity | (signaling ? layout.quietBit &>> 1 : layout.quietBit) | bits)
  }
}
