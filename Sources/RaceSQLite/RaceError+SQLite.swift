import GRDB
import Race

extension RaceError {
  /// Runs `body`, and turns a failure of the database into one that says what to do.
  static func mapping<T>(_ path: String, _ body: () throws -> T) throws -> T {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw RaceError(error, path: path)
    }
  }

  private init(_ error: DatabaseError, path: String) {
    let text = error.message ?? "error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(
        .busy, "\(path) is busy", hint: "another process writes to it; try again", cause: error)
    case .SQLITE_NOTADB:
      self.init(
        .corrupt, "\(path) is not an SQLite file", hint: "name another file, or move it away",
        cause: error)
    case .SQLITE_CORRUPT:
      self.init(
        .corrupt, "\(path) is damaged: \(text)",
        hint: "restore it from a copy, or move it away and start a new race", cause: error)
    case .SQLITE_CANTOPEN:
      self.init(
        .cannotWrite, "\(path) cannot be opened: \(text)",
        hint: "check that its folder exists and that you may write there", cause: error)
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
      self.init(
        .permission, "\(path) may not be written: \(text)", hint: "check its permissions",
        cause: error)
    case .SQLITE_FULL:
      self.init(.cannotWrite, "no room for \(path)", hint: "free some disk space", cause: error)
    case .SQLITE_IOERR:
      self.init(
        .cannotWrite, "\(path) cannot be read or written: \(text)", hint: "check the disk",
        cause: error)
    default:
      self.init(
        .corrupt, "\(path): \(text)", hint: "this is a fault of the program or of the file",
        cause: error)
    }
  }
}
