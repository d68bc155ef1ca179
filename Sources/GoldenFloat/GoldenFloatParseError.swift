/// Why a text is not a number.
public struct GoldenFloatParseError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was wrong; the remedy is to mend the text.
  public enum Code: Sendable, Hashable {
    /// There is no text, or a sign alone.
    case empty
    /// There is no digit where one must be: before or after the point, or after `0x`.
    case missingDigits
    /// `e` or `p` is not followed by an integer.
    case malformedExponent
    /// A byte that no number has there; white space is such a byte.
    case unexpectedCharacter
    /// The payload of a NaN does not end, is no integer, or does not fit the format.
    case malformedPayload
  }

  public let code: Code

  /// The place in the text's UTF-8, counted from 0; its length if something is missing at the end.
  public let offset: Int

  public init(_ code: Code, offset: Int) {
    (self.code, self.offset) = (code, offset)
  }

  public var description: String {
    let what =
      switch code {
      case .empty: "there is no number"
      case .missingDigits: "a digit is missing"
      case .malformedExponent: "the exponent is not an integer"
      case .unexpectedCharacter: "unexpected character"
      case .malformedPayload: "the payload of the NaN is not an integer that fits"
      }
    return "\(what) at byte \(offset)"
  }
}
