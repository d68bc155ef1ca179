import GoldenFloat

/// The correctly rounded result of an operation, found by comparing instead of computing.
///
/// Every finite code stands for a whole number of least magnitudes. The oracle looks for the
/// greatest code whose number is not above the exact result and then asks on which side of the
/// middle to the next one the result lies. Each question is a comparison of exact integers, by
/// cross multiplication; nothing here is shared with the library. For formats with
/// `2 · (2^exponentBits + fractionBits) ≤ 150`.
struct Oracle {
  typealias Rule = FloatingPointRoundingRule
  /// Up to 256 bits.
  typealias Wide = (high: UInt128, low: UInt128)

  let exponentBits: Int
  let fractionBits: Int

  static let gf8 = Oracle(exponentBits: 3, fractionBits: 4)
  static let gf16 = Oracle(exponentBits: 6, fractionBits: 9)

  var sign: UInt64 { 1 << UInt64(exponentBits + fractionBits) }
  var infinity: UInt64 { ((1 << UInt64(exponentBits)) - 1) << UInt64(fractionBits) }
  var nan: UInt64 { infinity + (1 << UInt64(fractionBits - 1)) }
  /// The least magnitude is 2 to the power of minus this.
  var scale: Int { (1 << (exponentBits - 1)) - 2 + fractionBits }

  func magnitude(_ code: UInt64) -> UInt64 { code % sign }
  func isNegative(_ code: UInt64) -> Bool { code >= sign }

  /// The number of least magnitudes; for infinity, that of the next power of two.
  func units(_ code: UInt64) -> UInt128 {
    let (field, fraction) = magnitude(code).quotientAndRemainder(
      dividingBy: 1 << UInt64(fractionBits))
    if field == 0 { return UInt128(fraction) }
    return UInt128(fraction + 1 << UInt64(fractionBits)) << UInt128(field - 1)
  }

  /// Rounds a magnitude; `order` compares it, −1, 0 or 1, with a number of half least magnitudes.
  func nearest(negative: Bool, _ rule: Rule, order: (UInt128) -> Int) -> UInt64 {
    var (floor, beyond) = (UInt64(0), infinity + 1)
    while beyond - floor > 1 {
      let middle = (floor + beyond) / 2
      if order(2 * units(middle)) >= 0 { floor = middle } else { beyond = middle }
    }
    let signed = negative ? sign : 0
    let outward =
      switch rule {
      case .up: !negative
      case .down: negative
      case .awayFromZero: true
      default: false
      }
    if floor == infinity {
      let nearest = rule == .toNearestOrEven || rule == .toNearestOrAwayFromZero
      return signed + (nearest || outward ? infinity : infinity - 1)
    }
    if order(2 * units(floor)) == 0 { return signed + floor }
    let side = order(units(floor) + units(floor + 1))
    switch rule {
    case .toNearestOrEven:
      return signed + (side > 0 || (side == 0 && floor % 2 == 1) ? floor + 1 : floor)
    case .toNearestOrAwayFromZero: return signed + (side >= 0 ? floor + 1 : floor)
    default: return signed + (outward ? floor + 1 : floor)
    }
  }

  func sum(_ a: UInt64, _ b: UInt64, _ rule: Rule) -> UInt64 {
    sumOfProduct(a, one, b, rule)
  }

  /// The code of 1.
  var one: UInt64 { ((1 << UInt64(exponentBits - 1)) - 1) << UInt64(fractionBits) }

  func product(_ a: UInt64, _ b: UInt64, _ rule: Rule) -> UInt64 {
    let negative = isNegative(a) != isNegative(b)
    let (x, y) = (magnitude(a), magnitude(b))
    if x > infinity || y > infinity { return nan }
    if x == infinity || y == infinity {
      return x == 0 || y == 0 ? nan : infinity + (negative ? sign : 0)
    }
    let exact = units(x).multipliedFullWidth(by: units(y))
    return nearest(negative: negative, rule) {
      compare((exact.high, exact.low), (0, $0 << UInt128(scale - 1)))
    }
  }

  func quotient(_ a: UInt64, _ b: UInt64, _ rule: Rule) -> UInt64 {
    let negative = isNegative(a) != isNegative(b)
    let (x, y) = (magnitude(a), magnitude(b))
    if x > infinity || y > infinity { return nan }
    if x == y, x == 0 || x == infinity { return nan }
    if x == infinity || y == 0 { return infinity + (negative ? sign : 0) }
    if y == infinity { return negative ? sign : 0 }
    let (dividend, divisor) = (units(x) << UInt128(scale + 1), units(y))
    return nearest(negative: negative, rule) {
      let product = $0.multipliedFullWidth(by: divisor)
      return compare((0, dividend), (product.high, product.low))
    }
  }

  func squareRoot(_ a: UInt64, _ rule: Rule) -> UInt64 {
    let x = magnitude(a)
    if x > infinity || (isNegative(a) && x != 0) { return nan }
    if x == 0 || x == infinity { return a }
    let square = units(x) << UInt128(scale + 2)
    return nearest(negative: false, rule) {
      let product = $0.multipliedFullWidth(by: $0)
      return compare((0, square), (product.high, product.low))
    }
  }

  /// The code of `a · b + c`.
  func sumOfProduct(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ rule: Rule) -> UInt64 {
    let (x, y, z) = (magnitude(a), magnitude(b), magnitude(c))
    var negative = isNegative(a) != isNegative(b)
    if x > infinity || y > infinity || z > infinity { return nan }
    if x == infinity || y == infinity {
      if x == 0 || y == 0 || (z == infinity && isNegative(c) != negative) { return nan }
      return infinity + (negative ? sign : 0)
    }
    if z == infinity { return c }
    let term = units(x).multipliedFullWidth(by: units(y))
    let product: Wide = (term.high, term.low)
    let addend: Wide = (0, units(z) << UInt128(scale))
    var exact: Wide
    if negative == isNegative(c) {
      let (low, carry) = product.low.addingReportingOverflow(addend.low)
      exact = (product.high + (carry ? 1 : 0), low)
      if exact == (0, 0) { return negative ? sign : 0 }
    } else {
      let order = compare(product, addend)
      if order == 0 { return rule == .down ? sign : 0 }
      let (more, less) = order > 0 ? (product, addend) : (addend, product)
      let (low, borrow) = more.low.subtractingReportingOverflow(less.low)
      exact = (more.high - less.high - (borrow ? 1 : 0), low)
      if order < 0 { negative = isNegative(c) }
    }
    return nearest(negative: negative, rule) { compare(exact, (0, $0 << UInt128(scale - 1))) }
  }

  /// A finite `Double`, rounded; its magnitude must be a multiple of 2⁻¹⁰⁰ below 2⁴⁰.
  func rounded(_ value: Double, _ rule: Rule) -> UInt64 {
    let magnitude = abs(value)
    precondition(magnitude < 0x1p40 && (magnitude * 0x1p100).rounded() == magnitude * 0x1p100)
    if value == 0 { return value.sign == .minus ? sign : 0 }
    return nearest(negative: value.sign == .minus, rule) {
      // Both sides are multiples of 2⁻¹⁰⁰, and 2⁸⁰ · 2¹⁰⁰ is within the exponents of `Double`.
      let (whole, bits) = (magnitude.significandBitPattern + (1 << 52), magnitude.exponent - 52)
      let left = UInt128(whole).multipliedFullWidth(by: 1 << UInt128(max(0, bits + 100)))
      let cut = UInt128(whole) >> UInt128(max(0, -(bits + 100)))
      let exact: Wide = bits + 100 >= 0 ? (left.high, left.low) : (0, cut)
      let other = $0.multipliedFullWidth(by: 1 << UInt128(99 - scale))
      return compare(exact, (other.high, other.low))
    }
  }

  func compare(_ a: Wide, _ b: Wide) -> Int {
    if a.high != b.high { return a.high < b.high ? -1 : 1 }
    return a.low == b.low ? 0 : a.low < b.low ? -1 : 1
  }
}
