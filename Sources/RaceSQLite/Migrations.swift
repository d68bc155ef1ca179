import GRDB
import Race

/// The schema of the store, as a list of numbered steps that is only ever added to.
enum Migrations {
  /// "IGLA" in ASCII: marks a file as ours.
  static let applicationID = 0x4947_4C41

  private static let all: [(name: String, sql: [UInt8])] = [
    ("0001-race", PackageResources.migration_0001_sql),
    ("0002-plans", PackageResources.migration_0002_sql),
    ("0003-ranks", PackageResources.migration_0003_sql),
  ]

  /// Brings the schema up to date, or throws: `corrupt` for a file that is not ours,
  /// `schemaNewer` for one that a newer program wrote.
  ///
  /// One immediate transaction holds all of it, so two processes that start at once take turns.
  static func run(_ db: Database, path: String) throws {
    if try applied(db, path: path).count == all.count { return }
    try db.inTransaction(.immediate) {
      let done = try applied(db, path: path)
      if done.isEmpty {
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        try db.execute(
          sql:
            "CREATE TABLE igla_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT")
      }
      for (i, migration) in all.enumerated().dropFirst(done.count) {
        try db.execute(sql: String(decoding: migration.sql, as: UTF8.self))
        try db.execute(
          sql: "INSERT INTO igla_migrations (number, name) VALUES (?, ?)",
          arguments: [i + 1, migration.name])
      }
      return .commit
    }
  }

  /// Throws when the file is not ours, or newer; changes nothing.
  static func check(_ db: Database, path: String) throws {
    _ = try applied(db, path: path)
  }

  /// Returns the names of the steps the file has.
  private static func applied(_ db: Database, path: String) throws -> [String] {
    let tables = try String.fetchAll(
      db, sql: "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY name")
    let mark = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    if mark == 0 && tables.isEmpty { return [] }
    guard mark == applicationID, tables.contains("igla_migrations") else {
      let found = tables.first.map { "it has a table '\($0)'" } ?? "it has another mark"
      throw RaceError(
        .corrupt, "\(path) belongs to another program: \(found)",
        hint: "name another file; this one was left as it is")
    }
    let names = try String.fetchAll(db, sql: "SELECT name FROM igla_migrations ORDER BY number")
    let known = all.map(\.name)
    if names.count > known.count, Array(names.prefix(known.count)) == known {
      throw RaceError(
        .schemaNewer,
        "\(path) was written by a newer program: it has '\(names[known.count])', and this program "
          + "knows up to '\(known.last ?? "")'", hint: "use the newer program")
    }
    guard Array(known.prefix(names.count)) == names else {
      throw RaceError(
        .corrupt, "\(path) has unknown migrations: \(names.joined(separator: ", "))",
        hint: "use the program that wrote it")
    }
    return names
  }
}
