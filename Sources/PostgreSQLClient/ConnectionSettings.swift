internal import CLibPQ

/// Where a server is and who asks, read from a `postgres://` address as libpq reads it.
///
/// The address may hold a password: it is in no description, and ``redacted(_:)`` takes it out of
/// texts that come from elsewhere.
public struct ConnectionSettings: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  /// What libpq is given, by keyword.
  let keywords: [String: String]
  /// Parameters whose names begin with the prefix that ``init(_:own:)`` was given.
  public let own: [String: String]

  /// Reads an address; `own` are names of its parameters that are the caller's, not libpq's.
  ///
  /// Throws `settings` for one that cannot be read.
  public init(_ address: String, own names: Set<String> = []) throws(PostgreSQLError) {
    let (rest, own) = Self.split(address, names)
    self.own = own
    keywords = try Self.parse(rest)
  }

  public var host: String? { keywords["host"] ?? keywords["hostaddr"] }
  public var port: String { keywords["port"] ?? "5432" }
  public var user: String? { keywords["user"] }
  public var database: String? { keywords["dbname"] ?? keywords["user"] }

  /// Whether the server is on this machine: a socket, or the loopback interface.
  public var isLocal: Bool {
    host.map { $0.hasPrefix("/") || ["localhost", "127.0.0.1", "::1"].contains($0) } ?? true
  }

  /// The server and the database, for messages.
  public var place: String {
    let server = host.map { $0.hasPrefix("/") ? "the socket in \($0)" : "\($0):\(port)" }
    return "\(server ?? "the local server")" + (database.map { "/\($0)" } ?? "")
  }

  public var description: String { place }
  public var debugDescription: String { place }

  /// Returns the text without what is secret: the password, also as it is written in an address.
  public func redacted(_ text: String) -> String {
    var text = text
    for name in ["password", "sslpassword"] {
      guard let secret = keywords[name], !secret.isEmpty else { continue }
      // Whoever writes an address may escape more than has to be.
      let forms = [secret, Self.percentEncoded(secret, plain: "-._~"), Self.percentEncoded(secret)]
      for form in forms { text = text.replacing(form, with: "***") }
    }
    return text
  }

  /// Takes the caller's own parameters out of the query of an address.
  private static func split(
    _ address: String, _ names: Set<String>
  ) -> (rest: String, own: [String: String]) {
    guard let mark = address.lastIndex(of: "?") else { return (address, [:]) }
    var own: [String: String] = [:]
    var kept: [Substring] = []
    for part in address[address.index(after: mark)...].split(separator: "&") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2, names.contains(String(pair[0])) {
        own[String(pair[0])] = percentDecoded(pair[1])
      } else {
        kept.append(part)
      }
    }
    let query = kept.isEmpty ? "" : "?" + kept.joined(separator: "&")
    return (String(address[..<mark]) + query, own)
  }

  private static func parse(_ address: String) throws(PostgreSQLError) -> [String: String] {
    // What libpq says of a bad address repeats parts of it: its text is not passed on.
    func refuse(_ what: String) -> PostgreSQLError { PostgreSQLError(.settings, what) }
    guard !address.utf8.contains(0) else { throw refuse("the address has a zero byte") }
    var problem: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(address, &problem) else {
      PQfreemem(problem)
      throw refuse(
        "it is not an address as in postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full"
      )
    }
    defer { PQconninfoFree(options) }
    var keywords: [String: String] = [:]
    var next = options
    while let keyword = next.pointee.keyword {
      if let value = next.pointee.val {
        keywords[String(cString: keyword)] = String(cString: value)
      }
      next += 1
    }
    return keywords
  }

  private static func percentDecoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Escapes all but letters, digits and `plain`.
  private static func percentEncoded(_ text: String, plain: String = "") -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    let plain = Set(plain.utf8)
    return String(
      decoding: text.utf8.flatMap { byte in
        plain.contains(byte) || (byte < 128 && Character(UnicodeScalar(byte)).isLetter)
          || (48...57).contains(byte)
          ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }, as: UTF8.self)
  }
}
