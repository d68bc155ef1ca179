/// A statement and its parameters, `$1`, `$2`, …, each as the server's text form; `nil` is NULL.
public struct Statement: Sendable {
  public var sql: String
  public var parameters: [String?]
  /// Under what the server may keep it, parsed and planned; `nil` for one that is rarely sent.
  ///
  /// Two statements of different text have different names.
  public var name: String?

  public init(_ sql: String, _ parameters: [String?] = [], name: String? = nil) {
    self.sql = sql
    self.parameters = parameters
    self.name = name
  }
}

extension Statement {
  /// Returns the text form of an array: `{"a","b",NULL}`.
  public static func array(_ elements: some Sequence<String?>) -> String {
    var bytes = Array("{".utf8)
    for element in elements {
      if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
      guard let element else {
        bytes += Array("NULL".utf8)
        continue
      }
      bytes.append(UInt8(ascii: "\""))
      for byte in element.utf8 {
        // In UTF-8 these two are never a part of another character.
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
          bytes.append(UInt8(ascii: "\\"))
        }
        bytes.append(byte)
      }
      bytes.append(UInt8(ascii: "\""))
    }
    bytes.append(UInt8(ascii: "}"))
    return String(decoding: bytes, as: UTF8.self)
  }
}
