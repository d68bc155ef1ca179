internal import Determinism

/// Names and values that say how a trial trains.
///
/// The race does not know what they mean.
public struct Configuration: Hashable, Sendable {
  public private(set) var values: [String: ParameterValue]

  public init(_ values: [String: ParameterValue] = [:]) {
    self.values = values.mapValues(\.normalized)
  }

  public subscript(name: String) -> ParameterValue? {
    get { values[name] }
    set { values[name] = newValue?.normalized }
  }

  public var names: [String] { values.keys.sorted() }

  public var json: JSONValue { .object(values.mapValues(\.json)) }

  /// The one JSON text of this configuration: sorted keys, no spaces.
  public var canonicalJSON: String { json.canonical }

  /// The first 16 hexadecimal digits of the SHA-256 of ``canonicalJSON``.
  public var fingerprint: String { String(Digest.sha256(canonicalJSON).prefix(16)) }

  /// Reads a JSON object of names and values.
  public init(parsing text: String) throws {
    guard case .object(let members) = try JSONValue(parsing: text) else {
      throw RaceError(.corrupt, "not a configuration: \(text.prefix(60))")
    }
    var values: [String: ParameterValue] = [:]
    for (name, json) in members {
      guard let value = ParameterValue(json) else {
        throw RaceError(.corrupt, "not a value of a configuration: \(name) = \(json.canonical)")
      }
      values[name] = value
    }
    self.init(values)
  }
}

extension Configuration: Codable {
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode([String: ParameterValue].self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }
}
