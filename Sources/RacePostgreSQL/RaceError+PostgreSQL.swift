import PostgreSQLClient
import Race

extension RaceError {
  /// Turns a failure of the database into one that says what to do.
  init(_ error: PostgreSQLError, at place: String) {
    switch error.kind {
    case .settings:
      self.init(
        .invalid, "\(place) cannot be read: \(error.message)",
        hint: "write special characters of a password as %XX")
    case .authentication where error.sqlState == "3D000":
      self.init(
        .configuration, "\(place): \(error.message)",
        hint: "create it with 'createdb', or name another database")
    case .authentication:
      self.init(
        .permission, "\(place) refuses: \(error.message)",
        hint: "check the user, the password and the server's pg_hba.conf")
    case .security where RaceError.lacksTLS(error.message):
      self.init(
        .configuration, "\(place) and the address do not agree on TLS: \(error.message)",
        hint: "set sslmode in the address as the server has it: require or verify-full with TLS, "
          + "disable without")
    case .security:
      self.init(
        .permission, "\(place) cannot prove who it is: \(error.message)",
        hint: "check the host's name, and give its authority's certificate with sslrootcert=FILE")
    case .connection, .timeout:
      self.init(
        .unavailable, "\(place) cannot be reached: \(error.message)",
        hint: "check the address, and that the server runs; nothing recorded is lost", cause: error)
    case .server:
      self.init(server: error, at: place)
    }
  }

  private static func lacksTLS(_ text: String) -> Bool {
    ["does not support SSL", "no encryption", "sslmode"].contains(where: text.contains)
  }

  private init(server error: PostgreSQLError, at place: String) {
    let text = error.description
    switch error.sqlState ?? "" {
    case "25006":
      self.init(
        .permission, "\(place) may only be read: \(text)",
        hint: "name the primary server, or see default_transaction_read_only", cause: error)
    case "42501":
      self.init(
        .permission, "\(place) refuses: \(text)",
        hint: "grant the user USAGE and CREATE on its schema, or own the database", cause: error)
    case "53100", "53200":
      self.init(
        .cannotWrite, "no room in \(place): \(text)", hint: "free some space there", cause: error)
    case "22021":
      self.init(.invalid, text, hint: "leave the zero byte out", cause: error)
    case let state where error.isTransient:
      self.init(
        .busy, "\(place) is busy: \(text)", hint: "try again (\(state))", cause: error)
    case let state where state.hasPrefix("23"):
      self.init(
        .corrupt, "\(place) refuses an impossible row: \(text)",
        hint: "this is a fault of the program\(error.constraint.map { " (\($0))" } ?? "")",
        cause: error)
    default:
      self.init(
        .corrupt, "\(place): \(text)",
        hint: "this is a fault of the program or of the database", cause: error)
    }
  }
}
