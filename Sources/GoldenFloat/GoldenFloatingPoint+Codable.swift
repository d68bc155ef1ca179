/// Encoded as its ``description``, a string: exact for every code, NaNs and infinities among them.
///
/// A number would not do: JSON has no NaN and no infinity, and readers that take all its numbers
/// for `Double` would change a GF64.
extension GoldenFloatingPoint: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do {
      self = try Self(parsing: text)
    } catch {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "[GoldenFloatingPoint.init(from:)] '\(text)': \(error)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
