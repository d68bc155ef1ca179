/// Reads JSON texts (RFC 8259) of at most 64 levels.
struct JSONParser {
  private let bytes: [UInt8]
  private var at = 0
  private var depth = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  struct Failure: Error {
    var offset: Int
  }

  /// Returns the value of the whole text.
  mutating func parse() throws(Failure) -> JSONValue {
    let value = try value()
    skipSpace()
    guard at == bytes.count else { throw Failure(offset: at) }
    return value
  }

  private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 32 || byte == 10 || byte == 13 || byte == 9 { at += 1 }
  }

  private mutating func take(_ byte: UInt8) throws(Failure) {
    guard next == byte else { throw Failure(offset: at) }
    at += 1
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(Failure) -> JSONValue
  {
    for byte in text.description.utf8 { try take(byte) }
    return value
  }

  private mutating func value() throws(Failure) -> JSONValue {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 64 else { throw Failure(offset: at) }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func object() throws(Failure) -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    try take(UInt8(ascii: "{"))
    skipSpace()
    if next == UInt8(ascii: "}") {
      at += 1
      return members
    }
    while true {
      skipSpace()
      let key = try string()
      skipSpace()
      try take(UInt8(ascii: ":"))
      members[key] = try value()
      skipSpace()
      if next == UInt8(ascii: ",") {
        at += 1
        continue
      }
      try take(UInt8(ascii: "}"))
      return members
    }
  }

  private mutating func array() throws(Failure) -> [JSONValue] {
    var values: [JSONValue] = []
    try take(UInt8(ascii: "["))
    skipSpace()
    if next == UInt8(ascii: "]") {
      at += 1
      return values
    }
    while true {
      values.append(try value())
      skipSpace()
      if next == UInt8(ascii: ",") {
        at += 1
        continue
      }
      try take(UInt8(ascii: "]"))
      return values
    }
  }

  private mutating func number() throws(Failure) -> JSONValue {
    let start = at
    while let byte = next, (48...57).contains(byte) || "+-.eE".utf8.contains(byte) { at += 1 }
    let text = String(decoding: bytes[start..<at], as: UTF8.self)
    guard let first = text.utf8.first, first == 45 || (48...57).contains(first) else {
      throw Failure(offset: start)
    }
    if let whole = Int(text) { return .int(whole) }
    guard let value = Double(text), value.isFinite else { throw Failure(offset: start) }
    return .number(value)
  }

  private mutating func string() throws(Failure) -> String {
    try take(UInt8(ascii: "\""))
    var units: [UInt8] = []
    while let byte = next {
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: units, as: UTF8.self) else {
          throw Failure(offset: at)
        }
        return text
      case UInt8(ascii: "\\"): try escape(into: &units)
      case 0..<32: throw Failure(offset: at)
      default: units.append(byte)
      }
    }
    throw Failure(offset: at)
  }

  private mutating func escape(into units: inout [UInt8]) throws(Failure) {
    guard let byte = next else { throw Failure(offset: at) }
    at += 1
    switch byte {
    case UInt8(ascii: "n"): units.append(10)
    case UInt8(ascii: "r"): units.append(13)
    case UInt8(ascii: "t"): units.append(9)
    case UInt8(ascii: "b"): units.append(8)
    case UInt8(ascii: "f"): units.append(12)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(byte)
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xD800...0xDBFF).contains(code) {
        try take(UInt8(ascii: "\\"))
        try take(UInt8(ascii: "u"))
        let low = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(low) else { throw Failure(offset: at) }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw Failure(offset: at) }
      units += Array(String(Character(scalar)).utf8)
    default: throw Failure(offset: at)
    }
  }

  private mutating func hexadecimal() throws(Failure) -> UInt32 {
    guard at + 4 <= bytes.count,
      let code = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
    else { throw Failure(offset: at) }
    at += 4
    return code
  }
}
