public import Foundation

extension ConfigurationValue: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // Bool before numbers, integers before reals: the narrowest kind that the text has.
    if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .real(value)
    } else if let value = try? container.decode([Int].self) {
      self = .integers(value)
    } else {
      self = .text(try container.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .integer(let value): try container.encode(value)
    case .real(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .flag(let value): try container.encode(value)
    case .integers(let values): try container.encode(values)
    }
  }
}

extension TrainingConfiguration {
  /// All keys and values as JSON with sorted keys; equal configurations give equal bytes.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return try encoder.encode(
      Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.value) }))
  }

  /// Reads what ``json()`` wrote; keys that are not there keep their defaults.
  ///
  /// - Throws: ``TrainingError`` of code `configuration` for an unknown key or a wrong value.
  public init(json: Data) throws {
    self.init()
    let values: [String: ConfigurationValue]
    do {
      values = try JSONDecoder().decode([String: ConfigurationValue].self, from: json)
    } catch {
      throw TrainingError(
        .configuration, "the configuration is not a JSON object of values",
        hint: "write one member a key", cause: error)
    }
    for (name, value) in values.sorted(by: { $0.key < $1.key }) { try set(name, to: value) }
  }
}
