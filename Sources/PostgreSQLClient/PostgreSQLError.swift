/// A failure of the server, of the way to it, or of what was asked.
///
/// No text in it holds a password or a connection string.
public struct PostgreSQLError: Error, Sendable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// The connection string cannot be read. Fix it.
    case settings
    /// The server cannot be reached, or the connection broke. Retry.
    case connection
    /// TLS was asked for and cannot be had, or the certificate is wrong. Fix either side.
    case security
    /// The server does not know this user, password or database. Fix the connection string.
    case authentication
    /// The deadline passed. Retry, or give more time.
    case timeout
    /// The server refused a statement; ``sqlState`` says why.
    case server
  }

  public let kind: Kind
  /// The five characters of the server's error code, see PostgreSQL's appendix A.
  public let sqlState: String?
  public let message: String
  /// The constraint that a statement would have broken.
  public let constraint: String?

  public init(
    _ kind: Kind, _ message: String, sqlState: String? = nil, constraint: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.sqlState = sqlState
    self.constraint = constraint
  }

  public var description: String { sqlState.map { "\(message) (\($0))" } ?? message }

  /// Whether the same operation may succeed when it is tried again.
  ///
  /// - Source: PostgreSQL 15, appendix A: 08 connection, 40001 serialization, 40P01 deadlock, 53300
  ///   too many connections, 55P03 lock not available, 57P01–57P03 shutting down or starting, 25P03
  ///   idle in transaction too long, 26000 and 42P05 a prepared statement that is not there, or is
  ///   there already, see ``Connection``. 08P01 is PgBouncer's word for a server that it lost.
  public var isTransient: Bool {
    switch kind {
    case .connection, .timeout: return true
    case .settings, .security, .authentication: return false
    case .server:
      guard let sqlState else { return false }
      return sqlState.hasPrefix("08") || Self.transient.contains(sqlState)
    }
  }

  private static let transient: Set<String> = [
    "25P03", "26000", "40001", "40P01", "42P05", "53300", "55P03", "57014", "57P01", "57P02",
    "57P03",
  ]
}
