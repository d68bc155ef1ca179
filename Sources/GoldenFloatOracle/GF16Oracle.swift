/// What GF16's operations must give, by exact integer arithmetic and nothing else.
///
/// Judges the library ``GoldenFloat``, whose code it shares none of: a finite code is an integer
/// significand times a power of two, results are formed exactly (or with a bit that says that
/// something is left), and are rounded once by comparing the rest with one half. Codes are those of
/// 1:6:9 with bias 31; every NaN is 0x7F00.
public enum GF16Oracle {
  public static let infinity: UInt16 = 0x7E00, nan: UInt16 = 0x7F00

  /// How a result is made a code; stochastic rounding is not the oracle's business.
  public enum Rounding: String, CaseIterable, Sendable, Encodable {
    case nearestEven = "nearest-even"
    case nearestAway = "nearest-away"
    case towardZero = "toward-zero"
    case up
    case down
  }

  /// A code's value: `±significand · 2^exponent`, or not finite.
  struct Value {
    var isNegative: Bool
    var significand: UInt64
    var exponent: Int
    var isFinite: Bool
    var isNaN: Bool

    init(_ code: UInt16) {
      let field = Int(code >> 9) & 63
      let fraction = UInt64(code & 511)
      isNegative = code & 0x8000 != 0
      isFinite = field != 63
      isNaN = field == 63 && fraction != 0
      significand = field == 0 ? fraction : fraction + 512
      exponent = max(field, 1) - 40
    }

    var isInfinite: Bool { !isFinite && !isNaN }
    var isZero: Bool { isFinite && significand == 0 }
  }

  /// The code of `±(magnitude + rest) · 2^exponent`, where `0 < rest < 1` if `hasRest`, else 0.
  static func round(
    isNegative: Bool, _ magnitude: UInt128, exponent: Int, hasRest: Bool = false,
    _ rounding: Rounding
  ) -> UInt16 {
    let sign: UInt16 = isNegative ? 0x8000 : 0
    if magnitude == 0 && !hasRest { return sign }
    // The place of the last bit: ten bits are kept, but none below 2^-39.
    let length = UInt128.bitWidth - magnitude.leadingZeroBitCount
    let place = max(length + exponent - 10, -39)
    let shift = place - exponent
    var kept: UInt128
    var isAboveZero = hasRest
    var half = -1
    if shift <= 0 {
      precondition(!hasRest, "[GF16Oracle] a rest of unknown size beside the last bit that is kept")
      kept = magnitude << UInt128(-shift)
    } else if shift > length {
      kept = 0
      isAboveZero = true
    } else {
      kept = magnitude >> UInt128(shift)
      let low = magnitude - kept << UInt128(shift)
      let middle = UInt128(1) << UInt128(shift - 1)
      half = low < middle ? -1 : low > middle || hasRest ? 1 : 0
      isAboveZero = low != 0 || hasRest
    }
    let increments: Bool
    switch rounding {
    case .nearestEven: increments = half > 0 || half == 0 && kept & 1 == 1
    case .nearestAway: increments = half >= 0
    case .towardZero: increments = false
    case .up: increments = isAboveZero && !isNegative
    case .down: increments = isAboveZero && isNegative
    }
    if increments { kept += 1 }
    // 1024 in this place is 512 in the next one, whose field is one more: the sum carries over.
    let code = place == -39 ? kept : (UInt128(place + 39) << 9) + kept
    if code < 0x7E00 { return sign | UInt16(code) }
    switch rounding {
    case .nearestEven, .nearestAway: return sign | infinity
    case .towardZero: return sign | 0x7DFF
    case .up: return isNegative ? 0xFDFF : infinity
    case .down: return isNegative ? 0xFE00 : 0x7DFF
    }
  }

  /// The sign of a sum that is exactly zero, of parts that are not both negative zeros.
  private static func signOfZero(_ rounding: Rounding) -> UInt16 { rounding == .down ? 0x8000 : 0 }

  public static func sum(
    _ a: UInt16, _ b: UInt16, _ rounding: Rounding = .nearestEven
  ) -> UInt16 {
    sumOfProduct(a, 0x3E00, b, rounding)
  }

  public static func difference(
    _ a: UInt16, _ b: UInt16, _ rounding: Rounding = .nearestEven
  ) -> UInt16 {
    sum(a, b ^ 0x8000, rounding)
  }

  public static func product(
    _ a: UInt16, _ b: UInt16, _ rounding: Rounding = .nearestEven
  ) -> UInt16 {
    let (x, y) = (Value(a), Value(b))
    let sign = (a ^ b) & 0x8000
    if x.isNaN || y.isNaN { return nan }
    if x.isInfinite || y.isInfinite { return x.isZero || y.isZero ? nan : sign | infinity }
    return round(
      isNegative: sign != 0, UInt128(x.significand * y.significand),
      exponent: x.exponent + y.exponent, rounding)
  }

  public static func quotient(
    _ a: UInt16, _ b: UInt16, _ rounding: Rounding = .nearestEven
  ) -> UInt16 {
    let (x, y) = (Value(a), Value(b))
    let sign = (a ^ b) & 0x8000
    if x.isNaN || y.isNaN { return nan }
    if x.isInfinite { return y.isInfinite ? nan : sign | infinity }
    if y.isInfinite { return sign }
    if y.isZero { return x.isZero ? nan : sign | infinity }
    // Fifty more bits leave at least forty in the quotient: more than are kept.
    let (quotient, rest) = (x.significand << 50).quotientAndRemainder(dividingBy: y.significand)
    return round(
      isNegative: sign != 0, UInt128(quotient), exponent: x.exponent - y.exponent - 50,
      hasRest: rest != 0, rounding)
  }

  public static func squareRoot(
    _ a: UInt16, _ rounding: Rounding = .nearestEven
  ) -> UInt16 {
    let x = Value(a)
    if x.isNaN { return nan }
    if x.isZero { return a }
    if x.isNegative { return nan }
    if x.isInfinite { return a }
    // An even exponent, and forty more bits: the integer root has at least twenty.
    let isOdd = x.exponent & 1 != 0
    let radicand = x.significand << (isOdd ? 41 : 40)
    var root: UInt64 = 0
    for bit in (0..<27).reversed() {
      let candidate = root | 1 << bit
      if candidate * candidate <= radicand { root = candidate }
    }
    return round(
      isNegative: false, UInt128(root),
      exponent: (x.exponent - (isOdd ? 1 : 0)) / 2 - 20, hasRest: root * root != radicand, rounding)
  }

  public static func sumOfProduct(
    _ a: UInt16, _ b: UInt16, _ c: UInt16, _ rounding: Rounding = .nearestEven
  ) -> UInt16 {
    let (x, y, z) = (Value(a), Value(b), Value(c))
    if x.isNaN || y.isNaN || z.isNaN { return nan }
    let isNegative = x.isNegative != y.isNegative
    if x.isInfinite || y.isInfinite {
      if x.isZero || y.isZero || z.isInfinite && z.isNegative != isNegative { return nan }
      return (isNegative ? 0x8000 : 0) | infinity
    }
    if z.isInfinite { return c }
    // The product has at most twenty bits, the addend ten.
    let product = UInt128(x.significand * y.significand)
    return add(
      (isNegative, product, x.exponent + y.exponent),
      (z.isNegative, UInt128(z.significand), z.exponent), rounding)
  }

  private typealias Part = (isNegative: Bool, magnitude: UInt128, exponent: Int)

  private static func add(_ a: Part, _ b: Part, _ rounding: Rounding) -> UInt16 {
    if a.magnitude == 0 && b.magnitude == 0 {
      if a.isNegative == b.isNegative { return a.isNegative ? 0x8000 : 0 }
      return signOfZero(rounding)
    }
    if a.magnitude == 0 {
      return round(isNegative: b.isNegative, b.magnitude, exponent: b.exponent, rounding)
    }
    if b.magnitude == 0 {
      return round(isNegative: a.isNegative, a.magnitude, exponent: a.exponent, rounding)
    }
    // The one that reaches higher, shifted to leave sixty bits below its twenty.
    func top(_ part: Part) -> Int {
      part.exponent + UInt128.bitWidth - part.magnitude.leadingZeroBitCount
    }
    let (high, low) = top(a) >= top(b) ? (a, b) : (b, a)
    let base = min(high.exponent, max(low.exponent, high.exponent - 60))
    var sum = high.magnitude << UInt128(high.exponent - base)
    var isNegative = high.isNegative
    var hasRest = false
    let other: UInt128
    if low.exponent >= base {
      other = low.magnitude << UInt128(low.exponent - base)
    } else {
      let shift = base - low.exponent
      other = shift >= 128 ? 0 : low.magnitude >> UInt128(shift)
      hasRest = shift >= 128 || other << UInt128(shift) != low.magnitude
    }
    if high.isNegative == low.isNegative {
      sum += other
    } else if sum >= other {
      sum -= other
      // What is taken away is a little more than `other`.
      if hasRest { sum -= 1 }
    } else {
      sum = other - sum
      isNegative = low.isNegative
    }
    if sum == 0 && !hasRest { return signOfZero(rounding) }
    return round(isNegative: isNegative, sum, exponent: base, hasRest: hasRest, rounding)
  }

  /// The code of a `Float`, given by its bits.
  public static func code(float bits: UInt32, _ rounding: Rounding = .nearestEven) -> UInt16 {
    let field = Int(bits >> 23) & 255
    let fraction = bits & 0x7F_FFFF
    let sign: UInt16 = bits >> 31 != 0 ? 0x8000 : 0
    if field == 255 { return fraction != 0 ? nan : sign | infinity }
    return round(
      isNegative: sign != 0, UInt128(field == 0 ? fraction : fraction | 0x80_0000),
      exponent: max(field, 1) - 150, rounding)
  }
}
