import FoundationEssentials
import GRDB
import Glibc
public import Race

/// A race in an SQLite file, shared by any number of processes on one machine.
///
/// Write-ahead log with `synchronous = FULL`: a commit is on the disk before the operation
/// returns, so neither a killed process nor a power cut loses one. Writers take turns with
/// immediate transactions and wait up to `busySeconds` for each other.
public final class SQLiteRaceStore: TransactionalRaceStore {
  public let path: String
  private let queue: DatabaseQueue
  private let counter = StatementCounter()

  /// Statements run so far, those that begin and end transactions included.
  public var statements: Int { counter.count }

  /// Opens the store, and creates the file and its folder if need be.
  ///
  /// Throws `notFound` when the file is missing and `create` is false, `corrupt` for a file that
  /// is damaged or not ours, `schemaNewer`, `cannotWrite`, `permission` or `busy`.
  public init(path: String, create: Bool = true, busySeconds: Double = 30) throws {
    self.path = path
    try SQLiteRaceStore.prepare(path, create: create)
    var configuration = GRDB.Configuration()
    configuration.busyMode = .timeout(busySeconds)
    configuration.label = "igla.race"
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA synchronous = FULL")
    }
    queue = try RaceError.mapping(path) {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.writeWithoutTransaction { db in
        try SQLiteRaceStore.useWriteAheadLog(db, seconds: busySeconds, path: path)
        try Migrations.run(db, path: path)
      }
      return queue
    }
  }

  private static func prepare(_ path: String, create: Bool) throws {
    let files = FileManager.default
    var isDirectory = false
    if files.fileExists(atPath: path, isDirectory: &isDirectory) {
      guard !isDirectory else {
        throw RaceError(.invalid, "\(path) is a folder", hint: "name a file in it")
      }
      return
    }
    guard create else {
      throw RaceError(.notFound, "there is no race at \(path)", hint: "start one first")
    }
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
    let folder = String(path[..<slash])
    do {
      try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw RaceError(
        .cannotWrite, "the folder \(folder) cannot be made",
        hint: "name a folder that you may write to", cause: error)
    }
  }

  /// Switches to the write-ahead log, once for ever.
  ///
  /// SQLite does not wait when another process makes the same switch at the same moment, so this
  /// tries again until then. A file that is not ours is refused before it is changed.
  private static func useWriteAheadLog(_ db: Database, seconds: Double, path: String) throws {
    try Migrations.check(db, path: path)
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: .seconds(seconds))
    while true {
      do {
        _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        return
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY && clock.now < deadline
      {
        usleep(5_000)
      }
    }
  }

  public func write<T>(
    _ expected: ExpectedLookups, _ body: (inout RaceMachine<SQLiteRecords>) throws -> T
  ) throws -> T {
    try RaceError.mapping(path) {
      try queue.writeWithoutTransaction { db in
        try immediately(db) {
          guard let id = try activeID(db) else { throw RaceError.noRace }
          var machine = RaceMachine(records: SQLiteRecords(db, race: id, counter))
          return try body(&machine)
        }
      }
    }
  }

  public func read<T>(_ body: (SQLiteRecords) throws -> T) throws -> T {
    try RaceError.mapping(path) {
      try queue.read { db in
        guard let id = try activeID(db) else { throw RaceError.noRace }
        return try body(SQLiteRecords(db, race: id, counter))
      }
    }
  }

  public func createRace(_ settings: RaceSettings, at now: Instant) throws -> Int {
    try settings.validate()
    return try RaceError.mapping(path) {
      try queue.writeWithoutTransaction { db in
        try immediately(db) {
          let id = (try activeID(db) ?? 0) + 1
          let records = SQLiteRecords(db, race: id, counter)
          try records.insert(RaceRecord(id: id, settings: settings, created: now))
          var machine = RaceMachine(records: records)
          try machine.begin(at: now)
          return id
        }
      }
    }
  }

  public func activeRace() throws -> RaceRecord? {
    try RaceError.mapping(path) {
      try queue.read { db in
        try activeID(db).map { try SQLiteRecords(db, race: $0, counter).race() }
      }
    }
  }

  private func activeID(_ db: Database) throws -> Int? {
    counter.add()
    return try Int.fetchOne(db.cachedStatement(sql: Statements["active_race"]))
  }

  /// Runs `body` in a transaction that has the write lock from its start.
  private func immediately<T>(_ db: Database, _ body: () throws -> T) throws -> T {
    counter.add(2)
    try db.beginTransaction(.immediate)
    do {
      let result = try body()
      try db.commit()
      return result
    } catch {
      if db.isInsideTransaction { try db.rollback() }
      throw error
    }
  }
}
