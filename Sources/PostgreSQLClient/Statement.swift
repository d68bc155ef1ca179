/// A statement and its parameters, `$1`, `$2`, …, each as the server's text form; `nil` is NULL.
public struct Statement: Sendable {
  public var sql: String
  public var parameters: [String?]

  public init(_ sql: String, _ parameters: [String?] = []) {
    self.sql = sql
    self.parameters = parameters
  }
}

extension Statement {
  /// Returns the text form of an array: `{"a","b",NULL}`.
  public static func array(_ elements: some Sequence<String?>) -> String {
    var text = "{"
    for element in elements {
      if text.utf8.count > 1 { text += "," }
      guard let element else {
        text += "NULL"
        continue
      }
      text += "\""
      for scalar in element.unicodeScalars {
        if scalar == "\"" || scalar == "\\" { text += "\\" }
        text.unicodeScalars.append(scalar)
      }
      text += "\""
    }
    return text + "}"
  }
}
