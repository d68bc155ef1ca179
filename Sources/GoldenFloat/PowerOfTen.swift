/// A power of ten to 128 bits, with a bound on what is missing.
///
/// The power lies in `[mantissa, mantissa + error] · 2^exponent`. Up to 10⁵⁵ it is exact.
struct PowerOfTen {
  private(set) var mantissa: UInt128
  private(set) var exponent: Int
  private(set) var error: UInt128 = 0

  /// 10 to the power of `power ≥ 0`, by squaring.
  init(_ power: Int) {
    var places = 0
    while power >> places > 55 { places += 1 }
    mantissa = 1
    for _ in 0..<(power >> places) { mantissa *= 5 }
    exponent = 0
    normalise()
    while places > 0 {
      places -= 1
      square()
      if (power >> places) & 1 != 0 { multiplyByFive() }
    }
    exponent += power
  }

  private mutating func normalise() {
    let shift = mantissa.leadingZeroBitCount
    mantissa <<= UInt128(shift)
    error <<= UInt128(shift)
    exponent -= shift
  }

  private mutating func square() {
    let (high, low) = mantissa.multipliedFullWidth(by: mantissa)
    let shift = UInt128(high.leadingZeroBitCount)
    mantissa = shift == 0 ? high : high << shift | low >> (128 - shift)
    // (m + d)² − m² ≤ 2⁻¹²⁸ · (2m + d)d < 2d + 1 units, doubled by a shift; one for what is cut.
    error = (error == 0 ? 0 : (2 * error + 1) << shift) + (low << shift == 0 ? 0 : 1)
    exponent = 2 * exponent + 128 - Int(shift)
  }

  private mutating func multiplyByFive() {
    let (high, low) = mantissa.multipliedFullWidth(by: UInt128(5))
    let shift = UInt128(128 - high.leadingZeroBitCount)
    let cut = low & ((1 << shift) - 1)
    mantissa = high << (128 - shift) | low >> shift
    error = (error == 0 ? 0 : (5 * error) >> shift + 1) + (cut == 0 ? 0 : 1)
    exponent += Int(shift)
  }

  /// Compares `x · 10^power` with `y · 2^exponent`, exactly.
  ///
  /// Gives −1, 0 or 1 as the first is less, equal or greater. Neither `x` nor `y` may be zero.
  static func compare(_ x: UInt64, power: Int, with y: UInt64, exponent: Int) -> Int {
    let ten = PowerOfTen(power)
    let low = compare(x, ten.mantissa, ten.exponent, y, exponent)
    if ten.error == 0 { return low }
    let (upper, overflow) = ten.mantissa.addingReportingOverflow(ten.error)
    if !overflow, low == compare(x, upper, ten.exponent, y, exponent) { return low }
    var (left, right) = (BigNatural(x), BigNatural(y))
    left.multiply(byPowerOfFive: power)
    if power > exponent {
      left.shiftLeft(by: power - exponent)
    } else {
      right.shiftLeft(by: exponent - power)
    }
    return left.compared(with: right)
  }

  /// Compares `x · mantissa · 2^own` with `y · 2^exponent`.
  private static func compare(
    _ x: UInt64, _ mantissa: UInt128, _ own: Int, _ y: UInt64, _ exponent: Int
  ) -> Int {
    var (high, low) = mantissa.multipliedFullWidth(by: UInt128(x))
    // The mantissa has its top bit set, so the product's upper half is zero only where x is 1.
    let shift = high == 0 ? 128 : high.leadingZeroBitCount
    if shift == 128 {
      (high, low) = (low, 0)
    } else if shift > 0 {
      high = high << UInt128(shift) | low >> UInt128(128 - shift)
      low <<= UInt128(shift)
    }
    let top = own + 256 - shift
    let otherTop = exponent + 64 - y.leadingZeroBitCount
    if top != otherTop { return top < otherTop ? -1 : 1 }
    let other = UInt128(y) << UInt128(64 + y.leadingZeroBitCount)
    if high != other { return high < other ? -1 : 1 }
    return low == 0 ? 0 : 1
  }
}
