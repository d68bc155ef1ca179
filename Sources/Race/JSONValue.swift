/// A JSON value with one canonical text: sorted keys, no spaces, shortest numbers.
///
/// A whole number within ±2⁵³ is an ``int(_:)`` however it was made, so that a value keeps its
/// text, and therefore its hash, when it is written and read again. NaN and ∞ become `null`.
public enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Returns the value of a number, in its canonical case.
  public static func number(_ value: Double) -> JSONValue {
    guard value.isFinite else { return .null }
    let exact = value.rounded(.towardZero) == value && abs(value) <= 9_007_199_254_740_992
    return exact ? .int(Int(value)) : .double(value)
  }

  /// Returns `null` or the number.
  public static func number(_ value: Double?) -> JSONValue { value.map { number($0) } ?? .null }

  /// Returns `null` or the integer.
  public static func integer(_ value: Int?) -> JSONValue { value.map { .int($0) } ?? .null }

  /// Returns `null` or the text.
  public static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

  public subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// The one text of this value.
  public var canonical: String {
    var out = ""
    write(to: &out)
    return out
  }

  private func write(to out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .int(let value): out += String(value)
    case .double(let value):
      switch JSONValue.number(value) {
      case .double: out += value.description
      case let other: other.write(to: &out)
      }
    case .string(let value): JSONValue.write(value, to: &out)
    case .array(let values):
      out += "["
      for (i, value) in values.enumerated() {
        if i > 0 { out += "," }
        value.write(to: &out)
      }
      out += "]"
    case .object(let members):
      out += "{"
      for (i, key) in members.keys.sorted(by: JSONValue.precedes).enumerated() {
        if i > 0 { out += "," }
        JSONValue.write(key, to: &out)
        out += ":"
        (members[key] ?? .null).write(to: &out)
      }
      out += "}"
    }
  }

  private static func precedes(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
  }

  private static func write(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
