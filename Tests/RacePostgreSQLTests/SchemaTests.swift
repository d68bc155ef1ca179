import Dispatch
import PostgreSQLClient
import Race
import RacePostgreSQL
import RaceStoreConformance
import Synchronization
import PostgreSQLTestServer
import Testing

@Suite struct SchemaTests {
  let database: TemporaryDatabase

  init() throws { database = try TemporaryDatabase() }

  private func expect(_ code: RaceError.Code, _ words: String..., body: () throws -> Void) {
    do {
      try body()
      Issue.record("nothing failed, expected \(code)")
    } catch let error as RaceError {
      #expect(error.code == code, "\(error)")
      for word in words { #expect("\(error)".contains(word), "\(error)") }
      #expect(error.hint != nil && !error.message.contains("\n"))
    } catch {
      Issue.record("not a RaceError: \(error)")
    }
  }

  /// L-R7, as the server says it.
  @Test func theServerEndsStatementsAfterThirtySeconds() async throws {
    try await offThread { () throws in
      let store = try database.open(create: true)
      #expect(try store.statementLimit() == 30)
      #expect(PostgreSQLRaceStore.statementSeconds == 30)
    }
  }

  @Test func anEmptyDatabaseIsLeftEmptyUnlessAsked() async throws {
    try await offThread { () throws in
      expect(.notFound, "no race") { _ = try database.open(create: false) }
      #expect(
        try database.execute("SELECT count(*) FROM pg_class WHERE relname LIKE 'igla%'") == [["0"]])
    }
  }

  @Test(arguments: [
    "CREATE TABLE igla_race_trials (x int)", "CREATE TABLE igla_migrations (version int)",
    "CREATE VIEW igla_leaderboard AS SELECT 1 AS x",
  ])
  func foreignTablesAreLeftAsTheyAre(sql: String) async throws {
    try await offThread { () throws in
      try database.execute(sql)
      let name = sql.split(separator: " ")[2]
      expect(.corrupt, "'\(name)'", "search_path") { _ = try database.open() }
      #expect(
        try database.execute("SELECT relname FROM pg_class WHERE relname LIKE 'igla%'")
          == [[String(name)]])
    }
  }

  @Test func aNewerSchemaIsRefusedByName() async throws {
    try await offThread { () throws in
      _ = try database.open()
      try database.execute("INSERT INTO igla_migrations VALUES (99, '0099-clusters')")
      expect(.schemaNewer, "0099-clusters") { _ = try database.open() }
    }
  }

  @Test func anUnknownMigrationIsRefused() async throws {
    try await offThread { () throws in
      _ = try database.open()
      try database.execute("UPDATE igla_migrations SET name = '0001-other'")
      expect(.corrupt, "0001-other") { _ = try database.open() }
    }
  }

  @Test func eightOpeningsAtOnceMakeOneSchema() async throws {
    try await offThread { () throws in
      let failures = Mutex<[String]>([])
      let database = database
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        do {
          _ = try database.open().activeRace()
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
      #expect(failures.withLock { $0 } == [])
      #expect(try database.execute("SELECT count(*) FROM igla_migrations") == [["2"]])
    }
  }

  @Test func badAddressesAreRefusedWithARemedy() async throws {
    try await offThread { () throws in
      let server = database.server
      expect(.unavailable, "127.0.0.1:1") {
        _ = try PostgreSQLRaceStore(address: "postgres://u@127.0.0.1:1/d")
      }
      expect(.unavailable, "/nowhere") {
        _ = try PostgreSQLRaceStore(address: "postgresql:///d?host=/nowhere")
      }
      expect(.configuration, "does not exist", "createdb") {
        _ = try PostgreSQLRaceStore(address: server.address("no_such_database"))
      }
      expect(.permission, "password authentication failed") {
        _ = try PostgreSQLRaceStore(
          address: server.networkAddress(database.name, password: "wrong"))
      }
      expect(.permission, "\"nobody\"") {
        _ = try PostgreSQLRaceStore(address: server.address(database.name, user: "nobody"))
      }
      expect(.configuration, "TLS", "sslmode") {
        _ = try PostgreSQLRaceStore(
          address: server.networkAddress(database.name, "?sslmode=require"))
      }
      expect(.invalid, "postgres://") { _ = try PostgreSQLRaceStore(address: "postgres://[::1/d") }
    }
  }

  @Test func aReadOnlyDatabaseIsReadAndNotRaced() async throws {
    try await offThread { () throws in
      let store = try database.open()
      try TestRace.begin(store, TestRace.settings())
      try database.execute(
        "ALTER DATABASE \(database.name) SET default_transaction_read_only = on")
      let reader = try database.open(create: false)
      #expect(try reader.activeRace()?.id == 1)
      expect(.permission, "read-only", "primary") {
        _ = try reader.claim(worker: "w0", at: TestRace.at(0))
      }
      expect(.permission, "read-only") {
        _ = try reader.createRace(TestRace.settings(), at: TestRace.start)
      }
    }
  }

  @Test func aUserWithoutRightsIsToldWhichOnes() async throws {
    try await offThread { () throws in
      let role = "r" + database.name
      try database.execute("CREATE ROLE \(role) LOGIN")
      defer { _ = try? database.execute("DROP ROLE \(role)") }
      expect(.permission, "permission denied", "grant") {
        _ = try PostgreSQLRaceStore(address: database.server.address(database.name, user: role))
      }
    }
  }

  @Test(arguments: [
    "UPDATE igla_race_results SET bpb = 1", "DELETE FROM igla_race_results",
    "DELETE FROM igla_race_events", "TRUNCATE igla_race_events",
    "UPDATE igla_race_events SET detail = '{}'", "DELETE FROM igla_race_ledger",
    "DELETE FROM igla_race_trials", "UPDATE igla_race_trials SET seed = 43",
    "UPDATE igla_race_trials SET status = 'best'", "UPDATE igla_race_trials SET status = 'running'",
    "UPDATE igla_race_trials SET target_rung = 0", "UPDATE igla_race_trials SET bpb = 'NaN'",
    "UPDATE igla_race_races SET steps_used = -1", "UPDATE igla_race_races SET state = 'won'",
  ])
  func theTablesHoldTheStateMachine(sql: String) async throws {
    try await offThread { () throws in
      let store = try database.open()
      try TestRace.begin(store, TestRace.settings())
      guard case .work(let claim) = try store.claim(worker: "w0", at: TestRace.at(0)) else {
        return
      }
      _ = try store.report(TestRace.report(claim, bpb: 2), samples: [], at: TestRace.at(1))
      do {
        try database.execute(sql)
        Issue.record("\(sql) was done")
      } catch let error as PostgreSQLError {
        #expect(error.sqlState?.hasPrefix("23") == true, "\(error)")
      }
    }
  }

  @Test func anEndedTrialDoesNotRunAgain() async throws {
    try await offThread { () throws in
      let store = try database.open()
      try TestRace.begin(store, TestRace.settings())
      _ = try store.claim(worker: "w0", at: TestRace.at(0))
      try store.stopTrial(1, reason: "user", at: TestRace.at(1))
      #expect(throws: PostgreSQLError.self) {
        try database.execute(
          "UPDATE igla_race_trials SET status = 'suspended', target_rung = 0 WHERE trial = 1")
      }
    }
  }

  @Test func theLeaderboardViewAgreesWithTheStore() async throws {
    try await offThread { () throws in
      let store = try database.open()
      try TestRace.begin(store, TestRace.settings())
      var script = RaceScript(seed: 5)
      for _ in 0..<150 {
        try script.learn(try RaceScript.apply(script.next().operation, to: store))
      }
      let expected = try store.leaderboard(limit: 100, offset: 0)
      let view = try database.execute(
        "SELECT trial, best_bpb, worker_id, machine_id FROM igla_leaderboard ORDER BY place")
      #expect(view.map { $0[0] } == expected.map { String($0.trial.id) } && view.count > 5)
      #expect(view.map { $0[1].flatMap(Double.init) } == expected.map(\.trial.bitsPerByte))
      #expect(view.allSatisfy { $0[2]?.hasPrefix("w") == true && $0[3] == "box" })
      let lessons = try database.execute(
        "SELECT count(*) FROM igla_race_experience WHERE lesson <> ''")
      #expect(lessons[0][0] != "0")
      #expect(try database.execute("SELECT machine_id FROM igla_agents_heartbeat") == [["box"]])
    }
  }

  @Test func racesOfSeveralNamesShareADatabase() async throws {
    try await offThread { () throws in
      func open(_ name: String) throws -> PostgreSQLRaceStore {
        try PostgreSQLRaceStore(
          address: database.address + "&igla_race=\(name)", clock: .caller, patience: 20)
      }
      func settings(_ name: String) throws -> RaceSettings {
        var settings = try TestRace.settings()
        settings.name = name
        return settings
      }
      let (north, south) = (try open("north"), try open("s%C3%BCd"))
      expect(.invalid, "'north'", "--name") {
        _ = try north.createRace(settings("x"), at: TestRace.start)
      }
      try TestRace.begin(north, settings("north"))
      #expect(try south.activeRace() == nil)
      try TestRace.begin(south, settings("süd"))
      for i in 0..<6 {
        for store in [north, south] {
          guard case .work(let claim) = try store.claim(worker: "w0", at: TestRace.at(Double(i)))
          else { return }
          _ = try store.report(
            TestRace.report(claim, bpb: 2), samples: [], at: TestRace.at(Double(i)))
        }
      }
      #expect(try [north, south].map { try $0.activeRace()?.id } == [1, 2])
      #expect(
        try [north, south].map { try $0.summary(at: TestRace.at(9)).reported.reduce(0, +) } == [
          6, 6,
        ])
      for store in [north, south] {
        try RaceInvariants.check(store, at: TestRace.at(9))
        #expect(try store.firstBreak() == nil)
      }
    }
  }
}
