/// Constants, classification and neighbours.
extension GoldenFloatingPoint {
  @inlinable public static var radix: Int { 2 }
  @inlinable public static var infinity: Self { Self(code: layout.infinity) }

  /// The canonical NaN: positive, quiet, payload 0.
  @inlinable public static var nan: Self { Self(code: layout.quietNaN) }

  @inlinable public static var signalingNaN: Self {
    Self(code: layout.infinity | layout.quietBit &>> 1)
  }

  @inlinable public static var greatestFiniteMagnitude: Self { Self(code: layout.infinity &- 1) }
  @inlinable public static var leastNormalMagnitude: Self { Self(code: layout.leastNormal) }
  @inlinable public static var leastNonzeroMagnitude: Self { Self(code: 1) }

  /// π, rounded toward zero, as the standard library does.
  @inlinable public static var pi: Self {
    let digits: UInt64 = 0xC90F_DAA2_2168_C234
    return Self(
      code: layout.encode(
        negative: false, significand: digits, exponent: -62, rounding: .towardZero))
  }

  /// The distance from 1 to the next larger number.
  @inlinable public static var ulpOfOne: Self {
    Self(sign: .plus, exponent: -significandBitCount, significand: 1)
  }

  /// The distance to the next number of larger magnitude in the same binade; NaN if not finite.
  @inlinable public var ulp: Self {
    guard isFinite else { return .nan }
    let layout = Self.layout
    let (_, exponent) = layout.unpack(magnitudeCode)
    return Self(
      code: layout.encode(
        negative: false, significand: UInt64(1), exponent: exponent, rounding: .towardZero))
  }

  @inlinable public var isNormal: Bool {
    magnitudeCode >= Self.layout.leastNormal && isFinite
  }
  @inlinable public var isFinite: Bool { magnitudeCode < Self.layout.infinity }
  @inlinable public var isZero: Bool { magnitudeCode == 0 }
  @inlinable public var isSubnormal: Bool {
    magnitudeCode < Self.layout.leastNormal && magnitudeCode != 0
  }
  @inlinable public var isInfinite: Bool { magnitudeCode == Self.layout.infinity }
  @inlinable public var isNaN: Bool { magnitudeCode > Self.layout.infinity }
  @inlinable public var isSignalingNaN: Bool {
    isNaN && code & Self.layout.quietBit == 0
  }

  /// Every code is canonical: no two mean the same.
  @inlinable public var isCanonical: Bool { true }

  /// The least number greater than this one; a NaN and +∞ are their own.
  @inlinable public var nextUp: Self {
    if isNaN || self == .infinity { return self }
    if isZero { return .leastNonzeroMagnitude }
    return Self(code: isNegative ? code &- 1 : code &+ 1)
  }

  @inlinable public var nextDown: Self { -((-self).nextUp) }
}
