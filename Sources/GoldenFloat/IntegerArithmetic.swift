/// The definition of the operations: exact integers, then one rounding.
///
/// Operands and results are codes. `Workspace` holds any product of two significands; a quotient or
/// root that does not end, and what an alignment shifts out, leave a sticky bit.
@usableFromInline
enum IntegerArithmetic<Format: GoldenFloatFormat> {
  @usableFromInline typealias Wide = Format.Workspace
  @usableFromInline typealias Term = (negative: Bool, significand: Wide, exponent: Int)

  @inlinable static var layout: FloatLayout { GoldenFloatingPoint<Format>.layout }

  @inlinable
  static func isNegative(_ code: UInt64) -> Bool { code & layout.signMask != 0 }

  @inlinable
  static func magnitude(_ code: UInt64) -> UInt64 { code & layout.magnitudeMask }

  /// A finite code as a number with a wide significand.
  @inlinable
  static func unpack(_ code: UInt64) -> Term {
    let (significand, exponent) = layout.unpack(magnitude(code))
    return (isNegative(code), Wide(truncatingIfNeeded: significand), exponent)
  }

  @inlinable
  static func sum(_ a: UInt64, _ b: UInt64, _ rule: Rounding) -> UInt64 {
    let infinity = layout.infinity
    let (x, y) = (magnitude(a), magnitude(b))
    if x >= infinity || y >= infinity {
      if x > infinity || y > infinity { return layout.quietNaN }
      if x == y { return a == b ? a : layout.quietNaN }
      return x == infinity ? a : b
    }
    if x == 0 || y == 0 {
      if x | y != 0 { return x == 0 ? b : a }
      return a == b ? a : zero(rule)
    }
    return sum(unpack(a), unpack(b), rule)
  }

  /// The zero that an exact cancellation gives.
  @inlinable
  static func zero(_ rule: Rounding) -> UInt64 {
    rule == .down ? layout.signMask : 0
  }

  /// The rounded sum of two terms, neither zero, with significands of at most half of `Wide`.
  @inlinable
  static func sum(_ a: Term, _ b: Term, _ rule: Rounding) -> UInt64 {
    var (big, small) = (normalised(a), normalised(b))
    if (small.exponent, small.significand) > (big.exponent, big.significand) {
      swap(&big, &small)
    }
    let distance = big.exponent &- small.exponent
    var aligned = Wide(1)
    if distance < Wide.bitWidth {
      let shift = Wide(truncatingIfNeeded: distance)
      aligned = small.significand &>> shift
      if aligned &<< shift != small.significand { aligned |= 1 }
    }
    if big.negative == small.negative {
      return layout.encode(
        negative: big.negative, significand: big.significand &+ aligned, exponent: big.exponent,
        rounding: rule)
    }
    let difference = big.significand &- aligned
    if difference == 0 { return zero(rule) }
    return layout.encode(
      negative: big.negative, significand: difference, exponent: big.exponent, rounding: rule)
  }

  /// The same number with the leading bit of the significand third from the top.
  @inlinable
  static func normalised(_ term: Term) -> Term {
    let shift = term.significand.leadingZeroBitCount &- 2
    return (
      term.negative, term.significand &<< Wide(truncatingIfNeeded: shift), term.exponent &- shift
    )
  }

  @inlinable
  static func product(_ a: UInt64, _ b: UInt64, _ rule: Rounding) -> UInt64 {
    let infinity = layout.infinity
    let (x, y) = (magnitude(a), magnitude(b))
    let sign = (a ^ b) & layout.signMask
    if x >= infinity || y >= infinity {
      if x > infinity || y > infinity || x == 0 || y == 0 { return layout.quietNaN }
      return sign | infinity
    }
    let (p, q) = (unpack(x), unpack(y))
    return layout.encode(
      negative: sign != 0, significand: p.significand &* q.significand,
      exponent: p.exponent &+ q.exponent, rounding: rule)
  }

  @inlinable
  static func quotient(_ a: UInt64, _ b: UInt64, _ rule: Rounding) -> UInt64 {
    let infinity = layout.infinity
    let (x, y) = (magnitude(a), magnitude(b))
    let sign = (a ^ b) & layout.signMask
    if x > infinity || y > infinity || (x == infinity && y == infinity) || (x == 0 && y == 0) {
      return layout.quietNaN
    }
    if x == infinity || y == 0 { return sign | infinity }
    if y == infinity || x == 0 { return sign }
    let (p, q) = (unpack(x), unpack(y))
    let shift = p.significand.leadingZeroBitCount
    let (quotient, remainder) = (p.significand &<< Wide(truncatingIfNeeded: shift))
      .quotientAndRemainder(dividingBy: q.significand)
    return layout.encode(
      negative: sign != 0, significand: quotient | (remainder == 0 ? 0 : 1),
      exponent: p.exponent &- shift &- q.exponent, rounding: rule)
  }

  @inlinable
  static func squareRoot(_ a: UInt64, _ rule: Rounding) -> UInt64 {
    let x = magnitude(a)
    if x > layout.infinity { return layout.quietNaN }
    if x == 0 || a == layout.infinity { return a }
    if isNegative(a) { return layout.quietNaN }
    var p = unpack(x)
    var shift = p.significand.leadingZeroBitCount &- 1
    if (p.exponent &- shift) & 1 != 0 { shift &-= 1 }
    p.significand &<<= Wide(truncatingIfNeeded: shift)
    var (root, rest) = (Wide(0), p.significand)
    var bit = Wide(1) &<< Wide(truncatingIfNeeded: Wide.bitWidth &- 2)
    while bit != 0 {
      let trial = root | bit
      root &>>= 1
      if rest >= trial {
        rest &-= trial
        root |= bit
      }
      bit &>>= 2
    }
    return layout.encode(
      negative: false, significand: root | (rest == 0 ? 0 : 1),
      exponent: (p.exponent &- shift) &>> 1, rounding: rule)
  }

  /// `a · b + c`, rounded once.
  @inlinable
  static func sumOfProduct(
    _ a: UInt64, _ b: UInt64, _ c: UInt64, _ rule: Rounding
  ) -> UInt64 {
    let infinity = layout.infinity
    let (x, y, z) = (magnitude(a), magnitude(b), magnitude(c))
    let sign = (a ^ b) & layout.signMask
    if x > infinity || y > infinity || z > infinity { return layout.quietNaN }
    if x == infinity || y == infinity {
      if x == 0 || y == 0 || (z == infinity && sign != c & layout.signMask) {
        return layout.quietNaN
      }
      return sign | infinity
    }
    if z == infinity { return c }
    if x == 0 || y == 0 {
      if z != 0 { return c }
      return sign == c ? sign : zero(rule)
    }
    if z == 0 { return product(a, b, rule) }
    let (p, q) = (unpack(x), unpack(y))
    return sum(
      (sign != 0, p.significand &* q.significand, p.exponent &+ q.exponent), unpack(c), rule)
  }
}
