/// Rounds a decimal of any length once, to a binary format.
struct DecimalRounding {
  let layout: FloatLayout
  let negative: Bool
  let rule: Rounding

  /// The code, without its sign, of `digits · 10^exponent`; the first and last digit are not 0.
  ///
  /// 19 digits and 128 bits of the power bound the number; where both bounds round alike, so does
  /// the number. Otherwise it is computed exactly, which takes the square of the exponent's time.
  func magnitude(_ digits: [UInt8], exponent: Int) -> UInt64 {
    // Past these places the number is beyond every finite one, or below half the least one.
    let place = digits.count + exponent
    if place > (layout.maxExponent + 2) * 302 / 1_000 + 1 {
      return rounded(1, layout.maxExponent + 2)
    }
    if place < (layout.leastExponent - 3) * 302 / 1_000 - 1 {
      return rounded(1, layout.leastExponent - 3)
    }
    let used = digits.prefix(19)
    let lead = used.reduce(UInt64(0)) { $0 * 10 + UInt64($1) }
    let power = exponent + digits.count - used.count
    let isWhole = used.count == digits.count
    let low = bound(lead, power, upper: false)
    if low == bound(isWhole ? lead : lead + 1, power, upper: true) { return low }
    return exact(digits, exponent)
  }

  private func rounded(_ significand: UInt128, _ exponent: Int) -> UInt64 {
    layout.encode(
      negative: negative, significand: significand, exponent: exponent, rounding: rule)
      & layout.magnitudeMask
  }

  /// A bound of `lead · 10^power`, rounded; if the power is exact, the number itself.
  private func bound(_ lead: UInt64, _ power: Int, upper: Bool) -> UInt64 {
    let ten = PowerOfTen(abs(power))
    // The mantissa has its top bit set, so an overflow means the next power of two.
    let (sum, overflow) = ten.mantissa.addingReportingOverflow(ten.error)
    let least = ten.mantissa
    let most = overflow ? UInt128.max : sum
    if power >= 0 {
      let (high, low) = (upper ? most : least).multipliedFullWidth(by: UInt128(lead))
      return cut(high, low, ten.exponent)
    }
    let shift = lead.leadingZeroBitCount - 1
    let scaled = UInt128(lead) << UInt128(63 + shift)
    // At most 2¹²⁷ over at least 2¹²⁷: the quotient fits.
    let (quotient, remainder) = (upper ? least : most).dividingFullWidth(
      (scaled >> 1, scaled << 127))
    return rounded(quotient | (remainder == 0 ? 0 : 1), -190 - shift - ten.exponent)
  }

  /// Rounds `(high · 2¹²⁸ + low) · 2^exponent`.
  private func cut(_ high: UInt128, _ low: UInt128, _ exponent: Int) -> UInt64 {
    if high == 0 { return rounded(low, exponent) }
    let shift = UInt128(high.leadingZeroBitCount)
    let top = shift == 0 ? high : high << shift | low >> (128 - shift)
    return rounded(top | (low << shift == 0 ? 0 : 1), exponent + 128 - Int(shift))
  }

  private func exact(_ digits: [UInt8], _ exponent: Int) -> UInt64 {
    var number = BigNatural(digits: digits)
    if exponent >= 0 {
      number.multiply(byPowerOfFive: exponent)
      let (significand, scale) = number.leading
      return rounded(significand, scale + exponent)
    }
    var divisor = BigNatural(1)
    divisor.multiply(byPowerOfFive: -exponent)
    let (significand, scale) = number.quotient(dividingBy: divisor)
    return rounded(significand, scale + exponent)
  }
}
