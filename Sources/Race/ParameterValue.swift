/// One value of a configuration: a number, a text, a truth value, or a list of integers.
public enum ParameterValue: Hashable, Sendable {
  case int(Int)
  case double(Double)
  case string(String)
  case bool(Bool)
  case ints([Int])

  /// The same value with whole numbers as ``int(_:)``, which is how JSON reads them back.
  public var normalized: ParameterValue {
    if case .double(let value) = self, case .int(let whole) = JSONValue.number(value) {
      return .int(whole)
    }
    return self
  }

  /// Makes the value of a JSON value, or `nil` for `null`, an object, or a list of anything else.
  public init?(_ json: JSONValue) {
    switch json {
    case .int(let value): self = .int(value)
    case .double(let value): self = .double(value)
    case .string(let value): self = .string(value)
    case .bool(let value): self = .bool(value)
    case .array(let values):
      let integers = values.compactMap { if case .int(let value) = $0 { value } else { nil } }
      guard integers.count == values.count else { return nil }
      self = .ints(integers)
    case .null, .object: return nil
    }
  }

  public var json: JSONValue {
    switch self {
    case .int(let value): .int(value)
    case .double(let value): .number(value)
    case .string(let value): .string(value)
    case .bool(let value): .bool(value)
    case .ints(let values): .array(values.map { .int($0) })
    }
  }

  /// The value as a number, where it is one.
  public var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// The value as an integer, where it is one.
  public var integer: Int? {
    if case .int(let value) = normalized { value } else { nil }
  }

  /// The value as text, where it is one.
  public var text: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The value as a truth value, where it is one.
  public var flag: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The value as a list of integers, where it is one.
  public var list: [Int]? {
    if case .ints(let values) = self { values } else { nil }
  }
}

extension ParameterValue: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else {
      self = .ints(try container.decode([Int].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch normalized {
    case .int(let value): try container.encode(value)
    case .double(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .bool(let value): try container.encode(value)
    case .ints(let values): try container.encode(values)
    }
  }
}

extension ParameterValue: CustomStringConvertible {
  public var description: String { json.canonical }
}
