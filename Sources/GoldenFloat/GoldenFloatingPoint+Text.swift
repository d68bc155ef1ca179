/// Text, both ways: what is written reads back as the same code.
extension GoldenFloatingPoint: LosslessStringConvertible, CustomDebugStringConvertible {
  /// Reads a decimal or hexadecimal number, `inf` or `nan`, rounding once to nearest even.
  ///
  /// Returns nil for any other text; ``init(parsing:rounding:)`` says why. A number too large
  /// becomes infinity, one too small a zero.
  public init?(_ description: String) {
    guard let value = try? Self(parsing: description) else { return nil }
    self = value
  }

  /// Reads a number as ``init(_:)`` does, rounding once by `rule`.
  ///
  ///     try GF16(parsing: "0.1")        // 0x3733
  ///     try GF16(parsing: "-0x1.8p3")   // −12
  ///     try GF16(parsing: "nan(0x5)")
  ///
  /// - Throws: What is wrong with the text, and where.
  public init(
    parsing text: some StringProtocol, rounding rule: FloatingPointRoundingRule = .toNearestOrEven
  ) throws(GoldenFloatParseError) {
    var reader = NumberText(text, layout: Self.layout, rounding: Rounding(rule))
    self.init(code: try reader.code())
  }

  /// The shortest decimal that reads back as this number, the nearest to it if there are several.
  ///
  /// Without an exponent from 10⁻⁴ to 2^precision. A NaN other than ``nan`` shows its sign and
  /// payload, `-nan(0x5)`; one that signals, other than ``signalingNaN``, its fraction field,
  /// `snan(0x1)`.
  public var description: String {
    let sign = isNegative ? "-" : ""
    if isNaN { return sign + nanText }
    if isInfinite { return sign + "inf" }
    if isZero { return sign + "0.0" }
    let decimal = ShortestDecimal(magnitude: magnitudeCode, layout: Self.layout)
    let digits = String(decimal.digits)
    // The number is 0.digits · 10^point.
    let point = digits.count + decimal.exponent
    if point > -4, exponent < Self.layout.precision || code & Self.layout.magnitudeMask == limit {
      return sign + Self.positional(digits, point)
    }
    return sign + Self.scientific(digits, point - 1)
  }

  public var debugDescription: String { description }

  /// The exact value in hexadecimal, as C's `%a` writes it: `0x1.8p+3`.
  public var hexadecimalDescription: String {
    guard isFinite, !isZero else {
      return isZero ? (isNegative ? "-0x0p+0" : "0x0p+0") : description
    }
    let (significand, _) = Self.layout.unpack(magnitudeCode)
    let fraction = significand << UInt64(significand.leadingZeroBitCount + 1)
    var digits = String(fraction, radix: 16)
    digits = String(repeating: "0", count: 16 - digits.count) + digits
    while digits.last == "0" { digits.removeLast() }
    let point = digits.isEmpty ? "" : "."
    return "\(isNegative ? "-" : "")0x1\(point)\(digits)p\(exponent < 0 ? "" : "+")\(exponent)"
  }

  /// The code of the largest number up to which every integer has its own: 2^precision.
  private var limit: UInt64 {
    Self.layout.encode(
      negative: false, significand: UInt64(1), exponent: Self.layout.precision,
      rounding: .towardZero)
  }

  private var nanText: String {
    let layout = Self.layout
    let fraction = code & layout.fractionMask
    if isSignalingNaN {
      return fraction == layout.quietBit >> 1 ? "snan" : "snan(0x\(String(fraction, radix: 16)))"
    }
    let payload = fraction & ~layout.quietBit
    return payload == 0 ? "nan" : "nan(0x\(String(payload, radix: 16)))"
  }

  private static func positional(_ digits: String, _ point: Int) -> String {
    if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
    if point >= digits.count {
      return digits + String(repeating: "0", count: point - digits.count) + ".0"
    }
    return "\(digits.prefix(point)).\(digits.dropFirst(point))"
  }

  private static func scientific(_ digits: String, _ exponent: Int) -> String {
    let fraction = digits.count > 1 ? ".\(digits.dropFirst())" : ""
    let size = abs(exponent)
    return
      "\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(size < 10 ? "0" : "")\(size)"
  }
}
