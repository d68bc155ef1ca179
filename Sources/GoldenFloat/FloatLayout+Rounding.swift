extension FloatLayout {
  /// The code of `±significand · 2^exponent`, rounded once by `rule`.
  ///
  /// The one place where the library rounds. A caller whose exact value has more bits than `Wide`
  /// sets the lowest bit of `significand` for what it left out; `significand` must then have at
  /// least `fractionBits + 3` bits. A zero significand gives a zero of the sign. Beyond the largest
  /// finite value, `nearest` and outward rules give infinity, inward ones the largest finite value.
  @inlinable
  func encode<Wide: FixedWidthInteger & UnsignedInteger>(
    negative: Bool, significand: Wide, exponent: Int, rounding rule: Rounding
  ) -> UInt64 {
    let sign = negative ? signMask : 0
    guard significand != 0 else { return sign }
    let last = Wide.bitWidth &- 1 &- significand.leadingZeroBitCount
    let top = exponent &+ last
    guard top <= maxExponent else {
      return sign | (Self.overflows(negative: negative, rule) ? infinity : infinity &- 1)
    }
    let quantum = Swift.max(top, minExponent) &- fractionBits
    // The hidden bit of the significand adds the one that is missing in the exponent field.
    let base = UInt64(truncatingIfNeeded: quantum &- leastExponent) &<< UInt64(fractionBits)
    let shift = quantum &- exponent
    guard shift > 0 else {
      return sign | (base &+ UInt64(truncatingIfNeeded: significand << (0 &- shift)))
    }
    var kept = UInt64(0)
    var half = false
    var rest = true
    if shift <= last &+ 1 {
      kept = UInt64(truncatingIfNeeded: significand >> shift)
      let halfBit = Wide(1) &<< Wide(truncatingIfNeeded: shift &- 1)
      half = significand & halfBit != 0
      rest = significand & (halfBit &- 1) != 0
    }
    let up = Self.roundsUp(
      negative: negative, odd: kept & 1 != 0, half: half, rest: rest, rule)
    return sign | (base &+ kept &+ (up ? 1 : 0))
  }

  /// Whether the magnitude rounds away from zero, given the bit below the kept ones and the rest.
  @inlinable
  static func roundsUp(
    negative: Bool, odd: Bool, half: Bool, rest: Bool, _ rule: Rounding
  ) -> Bool {
    switch rule {
    case .toNearestOrEven: half && (rest || odd)
    case .toNearestOrAwayFromZero: half
    case .towardZero: false
    case .awayFromZero: half || rest
    case .up: !negative && (half || rest)
    case .down: negative && (half || rest)
    }
  }

  @inlinable
  static func overflows(negative: Bool, _ rule: Rounding) -> Bool {
    switch rule {
    case .towardZero: false
    case .up: !negative
    case .down: negative
    case .toNearestOrEven, .toNearestOrAwayFromZero, .awayFromZero: true
    }
  }

  /// The code of an exact value, rounded once by `rule`.
  @inlinable
  func encode(_ value: ExactValue, rounding rule: Rounding) -> UInt64 {
    switch value {
    case .nan: quietNaN
    case .infinity(let negative): infinity | (negative ? signMask : 0)
    case .finite(let negative, let significand, let exponent):
      encode(negative: negative, significand: significand, exponent: exponent, rounding: rule)
    }
  }

  /// The code of a value that the format holds exactly, or nil; a NaN is held by none.
  @inlinable
  func encode(exactly value: ExactValue) -> UInt64? {
    if case .nan = value { return nil }
    let inward = encode(value, rounding: .towardZero)
    return inward == encode(value, rounding: .awayFromZero) ? inward : nil
  }
}
