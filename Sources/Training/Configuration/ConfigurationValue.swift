/// A configuration value before it is known which key it belongs to.
public enum ConfigurationValue: Sendable, Hashable {
  case integer(Int)
  case real(Double)
  case text(String)
  case flag(Bool)
  case integers([Int])

  /// As a configuration file would spell it.
  public var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .text(let value): value
    case .flag(let value): value ? "true" : "false"
    case .integers(let values): "[" + values.map(String.init).joined(separator: ", ") + "]"
    }
  }

  /// Reads text from a flag or an environment variable as the kind of `example`.
  ///
  /// - Returns: nil when the text is not of that kind.
  public init?(_ text: String, like example: ConfigurationValue) {
    let trimmed = text.trimmingPrefix(while: \.isWhitespace)
    switch example {
    case .integer:
      guard let value = Int(trimmed) else { return nil }
      self = .integer(value)
    case .real:
      guard let value = Double(trimmed) else { return nil }
      self = .real(value)
    case .text:
      self = .text(text)
    case .flag:
      switch trimmed {
      case "true", "yes", "on", "1": self = .flag(true)
      case "false", "no", "off", "0": self = .flag(false)
      default: return nil
      }
    case .integers:
      let inner = trimmed.filter { !"[] ".contains($0) }
      var values: [Int] = []
      for piece in inner.split(separator: ",") {
        guard let value = Int(piece) else { return nil }
        values.append(value)
      }
      self = .integers(values)
    }
  }
}
