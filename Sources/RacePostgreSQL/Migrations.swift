import PostgreSQLClient
import Race

/// The schema of the store, as a list of numbered steps that is only ever added to.
enum Migrations {
  private static let all: [(name: String, sql: [UInt8])] = [
    ("0001-race", PackageResources.migration_0001_sql),
    ("0002-lookups", PackageResources.migration_0002_sql),
  ]

  private static let mark = "igla race store"

  /// Brings the schema up to date, or throws: `corrupt` for tables that are not ours, `schemaNewer`
  /// for those that a newer program wrote, `notFound` where there are none and `create` is false.
  ///
  /// One transaction holds all of it, under a lock of its own, so programs that start at once take
  /// turns.
  static func run(_ link: Link, create: Bool) throws {
    let found = try applied(link)
    if found.count == all.count { return }
    if found.isEmpty && !create {
      throw RaceError(
        .notFound, "there is no race in \(link.settings.place)",
        hint: "start one with 'tri race start', or name its store with --store")
    }
    _ = try link.run([Statement("BEGIN"), link.limits, Statements.make("lock_schema")])
    let done = try applied(link)
    var batch: [Statement] = []
    if done.isEmpty {
      batch += [Statements.make("create_migrations"), Statements.make("mark_migrations")]
    }
    for (i, migration) in all.enumerated().dropFirst(done.count) {
      batch += statements(of: String(decoding: migration.sql, as: UTF8.self))
      batch.append(
        Statements.make("insert_migration", ["number": i + 1, "name": migration.name]))
    }
    _ = try link.run(batch + [Statement("COMMIT")])
  }

  /// Splits a step at its empty lines; a piece of comments alone is none.
  private static func statements(of text: String) -> [Statement] {
    var pieces: [[Substring]] = [[]]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty { pieces.append([]) } else { pieces[pieces.count - 1].append(line) }
    }
    return pieces.filter { $0.contains { !$0.hasPrefix("--") } }
      .map { Statement($0.joined(separator: "\n")) }
  }

  /// Returns the names of the steps that the schema has.
  private static func applied(_ link: Link) throws -> [String] {
    let tables = try link.run(
      // In this order: tables that another program makes in between have its mark.
      [Statements.make("schema_relations"), Statements.make("schema_place")]
    ).map(\.byColumn)
    guard let place = tables[1].first, let schema = try place.optionalString("schema") else {
      throw RaceError(
        .configuration, "\(link.settings.place) has no schema that this user may use",
        hint: "give the user a schema: CREATE SCHEMA AUTHORIZATION CURRENT_USER")
    }
    let relations = try tables[0].map { try $0.string("name") }
    if relations.isEmpty { return [] }
    let remedy =
      "name another database, or another schema by ALTER ROLE … SET search_path; this one was left "
      + "as it is"
    guard try place.string("mark") == mark else {
      throw RaceError(
        .corrupt,
        "the schema '\(schema)' of \(link.settings.place) has another program's '\(relations[0])'",
        hint: remedy)
    }
    let names = try link.run([Statements.make("schema_migrations")])[0].byColumn
      .map { try $0.string("name") }
    let known = all.map(\.name)
    if names.count > known.count, Array(names.prefix(known.count)) == known {
      throw RaceError(
        .schemaNewer,
        "\(link.settings.place) was written by a newer program: it has '\(names[known.count])', and "
          + "this program knows up to '\(known.last ?? "")'", hint: "use the newer program")
    }
    guard Array(known.prefix(names.count)) == names, !names.isEmpty else {
      throw RaceError(
        .corrupt,
        "\(link.settings.place) has unknown migrations: \(names.joined(separator: ", "))",
        hint: "use the program that wrote it")
    }
    return names
  }
}
