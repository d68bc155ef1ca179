import Foundation
import GRDB
import Race
import RaceSQLite
import RaceStoreConformance
import Testing

@Suite struct StoreFileTests {
  let temporary: TemporaryStore

  init() throws { temporary = try TemporaryStore() }

  private func expect(_ code: RaceError.Code, _ word: String, _ body: () throws -> Void) {
    do {
      try body()
      Issue.record("nothing failed, expected \(code)")
    } catch let error as RaceError {
      #expect(error.code == code, "\(error)")
      #expect("\(error)".contains(word), "\(error)")
      #expect(error.hint != nil)
    } catch {
      Issue.record("not a RaceError: \(error)")
    }
  }

  private func execute(_ sql: String) throws {
    try DatabaseQueue(path: temporary.path).write { try $0.execute(sql: sql) }
  }

  @Test func aMissingFileIsNotMadeUnlessAsked() {
    expect(.notFound, "no race") { _ = try temporary.open(create: false) }
    #expect(!FileManager.default.fileExists(atPath: temporary.path))
  }

  @Test func aTextFileIsRefused() throws {
    try Data(String(repeating: "not a database\n", count: 100).utf8)
      .write(to: URL(filePath: temporary.path))
    expect(.corrupt, "not an SQLite file") { _ = try temporary.open() }
  }

  @Test func aFolderIsRefused() {
    expect(.invalid, "is a folder") { _ = try SQLiteRaceStore(path: temporary.folder) }
  }

  @Test func aForeignFileIsLeftAsItIs() throws {
    try execute("CREATE TABLE igla_race_trials (x)")
    let before = try Data(contentsOf: URL(filePath: temporary.path))
    expect(.corrupt, "'igla_race_trials'") { _ = try temporary.open() }
    #expect(try Data(contentsOf: URL(filePath: temporary.path)) == before)
  }

  @Test func aNewerSchemaIsRefusedByName() throws {
    _ = try temporary.open()
    try execute("INSERT INTO igla_migrations VALUES (4, '0004-clusters')")
    expect(.schemaNewer, "0004-clusters") { _ = try temporary.open() }
  }

  /// What an older program wrote is brought up to date, and goes on.
  @Test func anOlderStoreIsReadAndGoesOn() throws {
    let sql = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/RaceSQLite/SQL/migration_0001.sql")
    try execute("PRAGMA application_id = \(0x4947_4C41)")
    try execute(
      "CREATE TABLE igla_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT")
    try execute(try String(contentsOf: sql, encoding: .utf8))
    try execute("INSERT INTO igla_migrations VALUES (1, '0001-race')")
    let settings = try JSONValue(encoding: TestRace.settings()).canonical
    try execute(
      """
      INSERT INTO igla_race_races VALUES (1, '\(settings)', 'active', 5, 1, 1, 1, 10, 0, 1,
        0, 0, 0, 0, 0, 0, 0, 0, '', 0, '', 0, NULL, 0)
      """)
    let configuration =
      #"{"learning_rate":0.01,"optimizer":"muon","orders":[2,3,4],"width":64}"#
    try execute(
      """
      INSERT INTO igla_race_trials VALUES (1, 1, '\(configuration)', 'f', 1234, 'sampled', 0, 5,
        'paused', 0, 2.5, 0, NULL, NULL, NULL, NULL, 10, 'x', NULL, 10, 10, 900, 0, 0, 3, NULL,
        'portable', 0, 'good', 6)
      """)
    let store = try temporary.open()
    let trial = try store.trial(1)
    #expect(trial.seed == 1234 && trial.bitsPerByte == 2.5 && trial.assignment == nil)
    #expect(trial.processorMicroseconds == 0 && trial.status == .paused)
    #expect(try store.best()?.trial.id == 1)
    #expect(try store.activeRace()?.decisions.isEmpty == true)
    try store.register(TestRace.worker("w0"))
    guard case .work(let claim) = try store.claim(worker: "w0", at: TestRace.at(0)) else {
      Issue.record("no work")
      return
    }
    #expect(claim.trial == 2)
    // The guards are there again.
    #expect(throws: (any Error).self) { try execute("DELETE FROM igla_race_trials") }
    #expect(throws: (any Error).self) {
      try execute("UPDATE igla_race_trials SET seed = 43 WHERE trial = 1")
    }
  }

  @Test func anUnknownMigrationIsRefused() throws {
    _ = try temporary.open()
    try execute("UPDATE igla_migrations SET name = '0001-other'")
    expect(.corrupt, "0001-other") { _ = try temporary.open() }
  }

  @Test func aTruncatedFileIsRefused() throws {
    do {
      let store = try temporary.open()
      try TestRace.begin(store, TestRace.settings())
      for _ in 0..<50 { _ = try store.claim(worker: "w0", at: TestRace.at(0)) }
    }
    let data = try Data(contentsOf: URL(filePath: temporary.path))
    try data.prefix(data.count / 2).write(to: URL(filePath: temporary.path))
    expect(.corrupt, "damaged") {
      let store = try temporary.open()
      _ = try store.trials(limit: 100, offset: 0)
      _ = try store.events(after: 0, limit: 1_000)
    }
  }

  @Test func aBusyStoreSaysSo() throws {
    let store = try temporary.open()
    try TestRace.begin(store, TestRace.settings())
    let impatient = try temporary.open(busySeconds: 0.05)
    try DatabaseQueue(path: temporary.path).writeWithoutTransaction { db in
      try db.beginTransaction(.immediate)
      expect(.busy, "busy") { _ = try impatient.claim(worker: "w0", at: TestRace.at(0)) }
      try db.rollback()
    }
  }

  @Test(arguments: [
    "UPDATE igla_race_results SET bpb = 1", "DELETE FROM igla_race_events",
    "UPDATE igla_race_events SET detail = '{}'", "DELETE FROM igla_race_trials",
    "UPDATE igla_race_trials SET seed = 43", "UPDATE igla_race_trials SET status = 'best'",
    "UPDATE igla_race_trials SET status = 'running'",
    "UPDATE igla_race_trials SET target_rung = 0",
  ])
  func theTablesHoldTheStateMachine(sql: String) throws {
    let store = try temporary.open()
    try TestRace.begin(store, TestRace.settings())
    guard case .work(let claim) = try store.claim(worker: "w0", at: TestRace.at(0)) else { return }
    _ = try store.report(TestRace.report(claim, bpb: 2), samples: [], at: TestRace.at(1))
    #expect(throws: DatabaseError.self) { try execute(sql) }
  }

  @Test func theLeaderboardViewAgreesWithTheStore() throws {
    let store = try temporary.open()
    try TestRace.begin(store, TestRace.settings())
    var script = RaceScript(seed: 5)
    for _ in 0..<150 {
      try script.learn(try RaceScript.apply(script.next().operation, to: store))
    }
    let expected = try store.leaderboard(limit: 100, offset: 0).map(\.trial.id)
    let view = try DatabaseQueue(path: temporary.path).read {
      try Int.fetchAll($0, sql: "SELECT trial FROM igla_leaderboard ORDER BY place")
    }
    #expect(view == expected && view.count > 5)
  }

  @Test func lookupsUseTheirIndexes() throws {
    _ = try temporary.open()
    let plans = [
      (
        "SELECT trial FROM igla_race_trials WHERE race_id = 1 AND status = 'paused' AND rung = 0 "
          + "ORDER BY bpb, trial LIMIT 1", "igla_race_trials_paused"
      ),
      (
        "SELECT COUNT(*) FROM igla_race_places WHERE race_id = 1 AND rung = 0 "
          + "AND (score, trial) >= (1.0, 7) AND (score, trial) < (2.0, 5)",
        "USING PRIMARY KEY (race_id=? AND rung=? AND (score,trial)>(?,?) AND (score,trial)<(?,?))"
      ),
      (
        "SELECT trial FROM igla_race_trials WHERE race_id = 1 AND rung IS NOT NULL "
          + "ORDER BY diverged, rung DESC, bpb, trial LIMIT 1", "igla_race_trials_ranked"
      ),
    ]
    try DatabaseQueue(path: temporary.path).read { db in
      for (sql, index) in plans {
        let plan = try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql)
          .map { $0["detail"] as String }.joined(separator: "; ")
        #expect(plan.contains(index) && !plan.contains("TEMP B-TREE"), "\(plan)")
      }
    }
  }

  @Test func aSecondSupervisorIsTurnedAwayByName() throws {
    let lock = try SupervisorLock(store: temporary.path)
    expect(.storeLocked, "process \(ProcessInfo.processInfo.processIdentifier)") {
      _ = try SupervisorLock(store: temporary.path)
    }
    #expect(lock.path == temporary.path + ".lock")
  }

  @Test func aLockEndsWithItsOwner() throws {
    do { _ = try SupervisorLock(store: temporary.path) }
    _ = try SupervisorLock(store: temporary.path)
  }
}
