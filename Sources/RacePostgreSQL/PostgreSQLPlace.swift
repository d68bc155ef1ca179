import PostgreSQLClient
import Race

/// What may be said of an address: no password, nor anything else that is secret.
public struct PostgreSQLPlace: Sendable {
  /// The server and the database.
  public let name: String
  /// A name for files of this place, of letters, digits, dots and dashes.
  public let fileName: String

  /// Reads an address; throws `invalid`, calling it `source`, for one that cannot be read.
  public init(address: String, source: String) throws {
    let settings: ConnectionSettings
    do {
      settings = try ConnectionSettings(address, own: [PostgreSQLRaceStore.raceParameter])
    } catch {
      throw RaceError(error, at: source)
    }
    name = settings.place
    let host = settings.host.map { $0.hasPrefix("/") ? "local" : $0 } ?? "local"
    let parts = [
      host, settings.port, settings.database ?? "",
      settings.own[PostgreSQLRaceStore.raceParameter] ?? "",
    ]
    fileName =
      parts.filter { !$0.isEmpty }.joined(separator: "-").map { letter in
        letter.isASCII && (letter.isLetter || letter.isNumber || letter == ".") ? letter : "-"
      }.reduce(into: "") { $0.append($1) } + ".db"
  }
}
