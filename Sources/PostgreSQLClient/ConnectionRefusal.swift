/// Why a connection was not made, read from libpq's text.
enum ConnectionRefusal {
  static func error(_ text: String, _ settings: ConnectionSettings) -> PostgreSQLError {
    let state = sqlState(in: text)
    let message = settings.redacted(summary(of: text, state))
    return PostgreSQLError(kind(text, state), message, sqlState: state)
  }

  private static func kind(_ text: String, _ state: String?) -> PostgreSQLError.Kind {
    switch state {
    case "28000" where text.contains("no encryption"): return .security
    case "28000", "28P01", "3D000", "42501": return .authentication
    case .some: return .connection
    case nil: break
    }
    let signs = [
      "does not support SSL", "SSL error", "certificate", "SSL SYSCALL", "sslmode", "GSSAPI",
      "private key",
    ]
    if signs.contains(where: text.contains) { return .security }
    let refused = [
      "no password supplied", "authentication", "password", "channel binding",
      // What PgBouncer answers, which has no codes of its own.
      "no such user", "no such database", "does not exist",
    ]
    // A socket that is not there is an address, not a user.
    if text.contains("Is the server running") { return .connection }
    return refused.contains(where: text.contains) ? .authentication : .connection
  }

  /// The server's code in a verbose message: `FATAL:  28P01: password authentication failed`.
  private static func sqlState(in text: String) -> String? {
    for line in text.split(separator: "\n") {
      for part in line.split(separator: ":") {
        let word = part.drop { $0 == " " }
        guard word.count == 5,
          word.allSatisfy({ ("0"..."9").contains($0) || ("A"..."Z").contains($0) }),
          word.contains(where: \.isNumber), word != "FATAL", word != "ERROR"
        else { continue }
        return String(word)
      }
    }
    return nil
  }

  /// The line that says most, without the code and the place in the server's source.
  private static func summary(of text: String, _ state: String?) -> String {
    let lines = text.split(separator: "\n").map(String.init)
    let line =
      state.flatMap { state in lines.first { $0.contains(state) } } ?? lines.first
      ?? "no reason given"
    guard let state else { return line }
    return line.replacing(" \(state): ", with: " ")
  }
}
