import Foundation
import Glibc
public import PostgreSQLClient
public import Race
import Synchronization

/// A race in a PostgreSQL database, shared by any number of processes on any number of machines.
///
/// Each operation is one transaction of two round trips: the first takes the race's lock and fetches
/// what ``RaceMachine`` is going to ask for, the second writes what it decided and commits. Nothing of
/// the connection's state is relied on between transactions, so that a pooler in transaction mode may
/// be in between. The server's clock decides.
///
/// An operation that meets a failure which passes (a lost connection, a restart, a deadlock) is tried
/// again, with growing pauses, for `patience` seconds. Where a commit's answer was lost, the race's
/// hash chains tell whether it was kept, so that nothing is recorded twice.
///
/// A call blocks its thread; ``asynchronously(_:)`` does not.
public final class PostgreSQLRaceStore: TransactionalRaceStore {
  /// Whose time decides.
  public enum Clock: Sendable {
    /// The server's, asked once the race's lock is held.
    case server
    /// The caller's: for races in virtual time.
    case caller
  }

  /// The server and the database, for messages.
  public let place: String
  private let lock = NSLock()
  private let link: Link
  private let patience: Double
  private let cutOff: Connection.CutOff?
  private let seed: UInt64
  private let thread = WorkThread()
  /// Read also while an operation waits.
  private let retryCount = Atomic<Int>(0)

  /// The parameter of an address that names a race, where a database holds several.
  public static let raceParameter = "igla_race"

  /// Opens the store, and creates its tables if need be.
  ///
  /// - Parameters:
  ///   - address: `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full`, as libpq reads
  ///     it; of the parameter `igla_race=NAME`, commands see races of that name alone.
  ///   - create: Whether tables may be made.
  ///   - clock: Whose time decides.
  ///   - patience: Seconds for which an operation is tried again; at first 0, so that a wrong address
  ///     is refused at once, unless `isPatientAtFirst`.
  ///   - isPatientAtFirst: Whether the opening too is tried again.
  ///   - seed: Decides the pauses between tries; `nil` is the process's number.
  ///   - cutOff: By when an operation that began at a moment has to be over because this process is to
  ///     end; `nil` while it is not.
  /// - Throws: `unavailable`, `permission` or `configuration` where the server cannot be used as the
  ///   address says, `notFound` where there are no tables and `create` is false, `corrupt` where they
  ///   are another program's, `schemaNewer`.
  public init(
    address: String, create: Bool = true, clock: Clock = .server, patience: Double = 120,
    isPatientAtFirst: Bool = false, seed: UInt64? = nil,
    cutOff: (@Sendable (ContinuousClock.Instant) -> ContinuousClock.Instant?)? = nil
  ) throws {
    let settings: ConnectionSettings
    do {
      settings = try ConnectionSettings(address, own: [Self.raceParameter])
    } catch {
      throw RaceError(error, at: "the address of the store")
    }
    place = settings.place
    let link = Link(
      settings, clock: clock, raceName: settings.own[Self.raceParameter], cutOff: cutOff)
    self.link = link
    self.patience = patience
    self.cutOff = cutOff
    self.seed = seed ?? UInt64(getpid())
    try trying(for: isPatientAtFirst ? patience : 0) { link in
      try Migrations.run(link, create: create)
    }
  }

  /// What was sent so far.
  public var traffic: Traffic { lock.withLock { link.traffic } }

  /// Round trips that were needed because a lookup was not expected.
  public var detours: Int { lock.withLock { link.detours } }

  /// Operations that were tried again.
  public var retries: Int { retryCount.load(ordering: .relaxed) }

  /// The number of the server's process that serves this store, where the server is on this machine.
  ///
  /// Through a pooler it may be another at each transaction.
  public func serverProcess() throws -> Int? {
    guard isLocal else { return nil }
    return try trying(for: patience) { link in
      try link.run([Statements.make("server_process")]).last?.byColumn.first?.int("process")
    }
  }

  /// Whether the address says that the server is on this machine.
  private var isLocal: Bool { lock.withLock { link.settings.isLocal } }

  /// Runs `body` on a thread of the store's own; the caller is suspended, not blocked.
  public func asynchronously<Value: Sendable>(
    _ body: @escaping @Sendable (PostgreSQLRaceStore) throws -> Value
  ) async throws -> Value {
    try await thread.run { try body(self) }
  }

  /// Seconds that a statement gets, the wait for a lock included.
  public static var statementSeconds: Double { Link.statementSeconds }

  /// Asks the server how many seconds it grants a statement of this store; 0 is no limit.
  public func statementLimit() throws -> Double {
    try trying(for: patience) { link in
      let tables = try link.run(
        [
          Statement("BEGIN"), link.limits,
          Statement(
            "SELECT extract(epoch FROM current_setting('statement_timeout')::interval)::int AS seconds"
          ),
        ])
      try link.rollback()
      guard let row = tables.last?.byColumn.first else { throw RaceError.noRace }
      return Double(try row.int("seconds"))
    }
  }

  // MARK: Transactions

  public func write<T>(
    _ expected: ExpectedLookups, _ body: (inout RaceMachine<PostgreSQLRecords>) throws -> T
  ) throws -> T {
    var isBold = expected.claims
    return try trying(for: patience) { link in
      guard
        let workspace = try Workspace.begin(link, expected, isWriting: true, isBold: isBold)
      else { throw RaceError.noRace }
      var machine = RaceMachine(records: PostgreSQLRecords(workspace))
      let value = try body(&machine)
      link.detours += workspace.detours
      if !workspace.hasChanges {
        try link.rollback()
        return value
      }
      do {
        try workspace.commit()
      } catch let error as PostgreSQLError where error.sqlState == "IG001" {
        // The proposal is in the race already: once more, and this time it is looked up.
        isBold = false
        throw Again(cause: error)
      } catch let error as UnknownOutcome {
        guard try wasKept(workspace.marks, link) else { throw error.cause }
      }
      return value
    }
  }

  public func read<T>(_ body: (PostgreSQLRecords) throws -> T) throws -> T {
    try trying(for: patience) { link in
      let expected = ExpectedLookups(at: Instant(microseconds: 0))
      guard
        let workspace = try Workspace.begin(link, expected, isWriting: false, isBold: false)
      else { throw RaceError.noRace }
      let value = try body(PostgreSQLRecords(workspace))
      try link.rollback()
      return value
    }
  }

  public func activeRace() throws -> RaceRecord? {
    do {
      return try read { $0.race() }
    } catch let error as RaceError where error.code == .notFound {
      return nil
    }
  }

  public func createRace(_ settings: RaceSettings, at now: Instant) throws -> Int {
    try settings.validate()
    return try trying(for: patience) { link in
      if let name = link.raceName, name != settings.name {
        throw RaceError(
          .invalid, "the address names the race '\(name)', and the race is '\(settings.name)'",
          hint: "use --name \(name), or another \(Self.raceParameter) in the address")
      }
      let tables = try link.run(
        [
          Statement("BEGIN"), link.limits, Statements.make("lock_creation"),
          Statements.make("active_race"),
        ])
      guard let row = tables.last?.byColumn.first else { throw RaceError.noRace }
      let id = try row.int("race_id") + 1
      let created = link.clock == .caller ? now : try row.instant("now")
      let race = RaceRecord(id: id, settings: settings, created: created)
      let begun = try link.run(
        [
          Statements.make(
            "insert_settings",
            [
              "race_id": id, "name": settings.name, "created": created.microseconds,
              "settings": try JSONValue(encoding: settings).canonical,
            ]), Statements.make("insert_race", race.counters),
        ] + link.opening(isWriting: true, now: now).dropFirst(2)
      ).map(\.byColumn)
      // The same rows as any operation sees, two statements further on.
      guard let entered = try link.entered(Array(begun)) else { throw RaceError.noRace }
      let workspace = Workspace(link, entered.race, now: entered.now)
      var machine = RaceMachine(records: PostgreSQLRecords(workspace))
      try machine.begin(at: entered.now)
      do {
        try workspace.commit()
      } catch let error as UnknownOutcome {
        guard try wasKept(workspace.marks, link) else { throw error.cause }
      }
      return id
    }
  }

  /// Whether a commit whose answer was lost was kept; asked under the race's lock, which that
  /// transaction holds until it is over.
  private func wasKept(_ marks: Marks, _ link: Link) throws -> Bool {
    guard marks.event != nil || marks.entry != nil else { return false }
    return try patiently(for: patience, link) {
      var batch = link.opening(isWriting: true, now: Instant(microseconds: 0))
      for (name, mark) in [("event_hash", marks.event), ("ledger_hash", marks.entry)] {
        guard let mark else { continue }
        batch.append(Statements.make(name, ["race_id": marks.race, "ordinal": mark.count]))
      }
      let found = try link.run(batch).dropFirst(5).map(\.byColumn)
      // What is seen here may not be on the disk yet.
      _ = try link.run([Statement("ROLLBACK"), Statements.make("keep")])
      let wanted = [marks.event, marks.entry].compactMap { $0?.hash }
      return try zip(found, wanted).allSatisfy { try $0.first?.string("hash") == $1 }
    }
  }

  // MARK: Trying again

  /// Asks for another try at once, whatever failed.
  private struct Again: Error {
    let cause: PostgreSQLError
  }

  /// Runs `body`, again where it fails in a way that passes, and turns failures into ones that say
  /// what to do.
  private func trying<T>(for seconds: Double, _ body: (Link) throws -> T) throws -> T {
    try lock.withLock {
      do {
        return try patiently(for: seconds, link) { try body(link) }
      } catch let error as PostgreSQLError {
        throw RaceError(error, at: place)
      }
    }
  }

  private func patiently<T>(
    for seconds: Double, _ link: Link, _ body: () throws -> T
  ) throws -> T {
    var backoff = Backoff(seed: seed &+ UInt64(retries))
    let start = ContinuousClock.now
    while true {
      do {
        return try body()
      } catch {
        // A failure may have left a transaction open, and with it the race's lock.
        do { try link.rollback() } catch { link.hangUp() }
        if error is Again { continue }
        guard let failure = error as? PostgreSQLError, failure.isTransient else { throw error }
        let pause = backoff.next()
        let limit = start + .seconds(seconds)
        guard ContinuousClock.now + pause < min(limit, cutOff?(start) ?? limit) else { throw error }
        retryCount.add(1, ordering: .relaxed)
        let (whole, parts) = pause.components
        usleep(UInt32(whole * 1_000_000 + parts / 1_000_000_000_000))
      }
    }
  }
}
