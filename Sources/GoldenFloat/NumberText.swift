/// Reads a number from the bytes of its text.
///
///     number  = [sign] (decimal | hexadecimal | "inf" | "infinity" | ["s"] "nan" ["(" payload ")"])
///     decimal = digits ["." [digits]] | "." digits, then [("e" | "E") [sign] digits]
///     hexadecimal = "0x" likewise in hexadecimal digits, then [("p" | "P") [sign] digits]
///     payload = digits | "0x" hexadecimal digits
///
/// Letters may be of either case. White space is refused.
struct NumberText {
  typealias Failure = GoldenFloatParseError

  private let bytes: [UInt8]
  private let layout: FloatLayout
  private let rule: Rounding
  private var place = 0
  private var negative = false

  init(_ text: some StringProtocol, layout: FloatLayout, rounding rule: Rounding) {
    bytes = Array(text.utf8)
    self.layout = layout
    self.rule = rule
  }

  /// The code of the whole text.
  mutating func code() throws(Failure) -> UInt64 {
    negative = take("-")
    if !negative { _ = take("+") }
    if place == bytes.count { throw Failure(.empty, offset: place) }
    let magnitude = try magnitudeCode()
    if place < bytes.count { throw Failure(.unexpectedCharacter, offset: place) }
    return magnitude | (negative ? layout.signMask : 0)
  }

  private mutating func magnitudeCode() throws(Failure) -> UInt64 {
    if take("infinity") || take("inf") { return layout.infinity }
    if take("snan") {
      return layout.infinity | (try payload(from: 1) ?? layout.quietBit >> 1)
    }
    if take("nan") { return layout.quietNaN | (try payload(from: 0) ?? 0) }
    if take("0x") { return try hexadecimal() }
    return try decimal()
  }

  /// Steps over `word`, written in small letters, if it comes next.
  private mutating func take(_ word: StaticString) -> Bool {
    let size = word.utf8CodeUnitCount
    guard bytes.count - place >= size else { return false }
    let text = word.description.utf8
    for (byte, letter) in zip(bytes[place...], text) where lowered(byte) != letter { return false }
    place += size
    return true
  }

  private func lowered(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }

  /// Steps over one digit of `radix`.
  private mutating func digit(_ radix: UInt8) -> UInt8? {
    guard place < bytes.count else { return nil }
    let byte = lowered(bytes[place])
    let isLetter = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f")
    let value = isLetter ? byte - UInt8(ascii: "a") + 10 : byte &- UInt8(ascii: "0")
    guard value < radix, isLetter || value < 10 else { return nil }
    place += 1
    return value
  }

  /// What stands in brackets after the name of a NaN: from `least` to below the quiet bit.
  private mutating func payload(from least: UInt64) throws(Failure) -> UInt64? {
    guard take("(") else { return nil }
    let radix: UInt8 = take("0x") ? 16 : 10
    let start = place
    var value: UInt64 = 0
    while let next = digit(radix) {
      value = value * UInt64(radix) + UInt64(next)
      if value >= layout.quietBit { throw Failure(.malformedPayload, offset: place - 1) }
    }
    guard place > start, value >= least, take(")") else {
      throw Failure(.malformedPayload, offset: place)
    }
    return value
  }

  /// An exponent after its letter, held within ±10¹⁵, which is beyond every format.
  private mutating func exponent(_ letter: StaticString) throws(Failure) -> Int {
    guard take(letter) else { return 0 }
    let minus = take("-")
    if !minus { _ = take("+") }
    var (value, count) = (0, 0)
    while let next = digit(10) {
      value = min(value * 10 + Int(next), 1_000_000_000_000_000)
      count += 1
    }
    if count == 0 { throw Failure(.malformedExponent, offset: place) }
    return minus ? -value : value
  }

  private mutating func hexadecimal() throws(Failure) -> UInt64 {
    var (significand, exponent, count) = (UInt128(0), 0, 0)
    var pointSeen = false
    while true {
      if let next = digit(16) {
        count += 1
        if significand >> 120 == 0 {
          significand = significand << 4 | UInt128(next)
        } else {
          significand |= next == 0 ? 0 : 1
          exponent += 4
        }
        if pointSeen { exponent -= 4 }
      } else if !pointSeen, take(".") {
        pointSeen = true
      } else {
        break
      }
    }
    if count == 0 { throw Failure(.missingDigits, offset: place) }
    exponent += try self.exponent("p")
    return rounded(significand, exponent)
  }

  private mutating func decimal() throws(Failure) -> UInt64 {
    var (digits, exponent, pointSeen, count) = ([UInt8](), 0, false, 0)
    while true {
      if let next = digit(10) {
        count += 1
        if next != 0 || !digits.isEmpty { digits.append(next) }
        if pointSeen { exponent -= 1 }
      } else if !pointSeen, take(".") {
        pointSeen = true
      } else {
        break
      }
    }
    if count == 0 {
      let atOther = place < bytes.count && !pointSeen
      throw Failure(atOther ? .unexpectedCharacter : .missingDigits, offset: place)
    }
    exponent += try self.exponent("e")
    while digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    if digits.isEmpty { return 0 }
    return DecimalRounding(layout: layout, negative: negative, rule: rule)
      .magnitude(digits, exponent: exponent)
  }

  private func rounded(_ significand: UInt128, _ exponent: Int) -> UInt64 {
    layout.encode(
      negative: negative, significand: significand, exponent: exponent, rounding: rule)
      & layout.magnitudeMask
  }
}
