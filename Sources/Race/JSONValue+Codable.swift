import FoundationEssentials

extension JSONValue: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .double(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  /// Reads a JSON text; throws `corrupt` with the start of the text when it is none.
  public init(parsing text: String) throws {
    var parser = JSONParser(text)
    do {
      self = try parser.parse()
    } catch {
      throw RaceError(
        .corrupt, "not a JSON value, at byte \(error.offset): \(text.prefix(60))", cause: error)
    }
  }

  /// Returns any encodable value as JSON.
  public init(encoding value: some Encodable) throws {
    let data = try JSONEncoder().encode(value)
    self = try JSONDecoder().decode(JSONValue.self, from: data)
  }

  /// Returns the value of that type which this JSON describes.
  public func decoded<T: Decodable>(as type: T.Type) throws -> T {
    do {
      return try JSONDecoder().decode(type, from: Data(canonical.utf8))
    } catch {
      throw RaceError(.corrupt, "not a \(type): \(canonical.prefix(60))", cause: error)
    }
  }
}
