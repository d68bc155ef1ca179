import PostgreSQLClient
import Race

/// The one connection of a store, opened when it is needed, and what belongs to it.
///
/// Not safe by itself: it is used under its store's lock alone.
final class Link: @unchecked Sendable {
  let settings: ConnectionSettings
  let clock: PostgreSQLRaceStore.Clock
  /// The race's name that the address asks for.
  let raceName: String?
  var memory = Memory()
  private let cutOff: Connection.CutOff?
  private var connection: Connection?
  private var closedTraffic = Traffic()
  var detours = 0

  /// How long connecting may take.
  static let connectSeconds = 10.0
  /// How long a statement may take, the wait for a lock included (L-R7: 30 s).
  static let statementSeconds = 30.0
  /// How long a transaction may stand still before the server ends it: a frozen worker must not keep
  /// the race's lock.
  static let idleSeconds = 5.0

  init(
    _ settings: ConnectionSettings, clock: PostgreSQLRaceStore.Clock, raceName: String?,
    cutOff: Connection.CutOff?
  ) {
    self.cutOff = cutOff
    self.settings = settings
    self.clock = clock
    self.raceName = raceName
  }

  var traffic: Traffic {
    var sum = closedTraffic
    if let open = connection?.traffic {
      sum.roundTrips += open.roundTrips
      sum.statements += open.statements
      sum.connections += open.connections
    }
    return sum
  }

  /// Ends the connection; the next use opens another.
  func hangUp() {
    closedTraffic = traffic
    connection?.close()
    connection = nil
  }

  private func connected() throws -> Connection {
    if let connection, connection.isUsable { return connection }
    hangUp()
    let fresh = try Connection(
      settings, until: .now + .seconds(Link.connectSeconds), cutOff: cutOff)
    connection = fresh
    return fresh
  }

  /// Sends statements in one round trip.
  func run(_ batch: [Statement]) throws -> [ResultTable] {
    // Each statement has its own limit on the server; this one is for a server that is silent.
    let deadline = ContinuousClock.now + .seconds(Link.statementSeconds + 5)
    return try connected().run(batch, until: deadline)
  }

  /// Sends the last statements of a transaction, with its `COMMIT`.
  ///
  /// - Throws: ``UnknownOutcome`` where it is not known whether they were kept.
  func commit(_ batch: [Statement]) throws {
    do {
      // A connection that broke before this ended the transaction.
      guard let connection, connection.isUsable else {
        throw PostgreSQLError(.connection, "the connection broke within a transaction")
      }
      _ = try run(batch)
    } catch let error as PostgreSQLError {
      // A statement before the commit leaves the transaction open, and undone.
      if error.kind == .server, connection?.isInTransaction == true { throw error }
      throw UnknownOutcome(cause: error)
    }
  }

  /// Undoes an open transaction, if there is one.
  func rollback() throws {
    guard let connection, connection.isUsable, connection.isInTransaction else { return }
    _ = try run([Statement("ROLLBACK")])
  }

  // MARK: The beginning of a transaction

  /// The statements that begin a transaction on the race; one that `locks` it waits for its turn.
  func opening(isWriting: Bool, locks: Bool = true, now: Instant) -> [Statement] {
    let time: Int64? = clock == .caller ? now.microseconds : nil
    return [
      Statement(isWriting ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
      limits,
      Statements.make("enter", ["name": raceName, "now": time, "locks": isWriting && locks]),
      Statements.make(
        "settings", ["known_race": memory.race, "known_version": knownVersion]),
      Statements.make("last_session"),
    ]
  }

  private var knownVersion: Int { memory.settings == nil ? 0 : memory.version }

  /// Limits of time that hold for one transaction, so that any pooler may be between.
  var limits: Statement {
    Statements.make(
      "limits",
      [
        "statement_milliseconds": String(Int(Link.statementSeconds * 1_000)),
        "idle_milliseconds": String(Int(Link.idleSeconds * 1_000)),
      ])
  }

  /// Reads the answers to ``opening(isWriting:now:)``; `nil` where there is no race.
  func entered(_ tables: [[Row]]) throws -> (race: RaceRecord, now: Instant)? {
    guard let row = tables[2].first, let settingsRow = tables[3].first else { return nil }
    let settings = try memory.settings(of: try row.int("race_id"), settingsRow)
    let session = try tables[4].first.map(Session.init(row:))
    let race = try RaceRecord(
      row: row, settings: settings, settingsRow: settingsRow, session: session)
    return (race, try row.instant("now"))
  }
}

/// The answer to a commit was lost.
struct UnknownOutcome: Error {
  let cause: PostgreSQLError
}
