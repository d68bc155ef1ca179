import Foundation
import PostgreSQLTestServer
import Testing

/// The command on a PostgreSQL server of the tests' own.
@Suite(.turns)
struct PostgreSQLRaceTests {
  let server: PostgreSQLServer
  let database = "c" + UUID().uuidString.lowercased().replacing("-", with: "")

  init() throws {
    server = try PostgreSQLServer.shared.get()
    try server.execute("postgres", "CREATE DATABASE \(database)")
  }

  private var address: String { server.networkAddress(database) }

  private func isSecret(_ text: String) -> Bool {
    let encoded = server.password.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
    return [server.password, encoded ?? ""].contains(where: text.contains)
  }

  /// A scratch folder with a finished race of twelve trials.
  private func finished() async throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(Scratch.space(unit: 20, rungs: 3), to: "space.toml")
    let run = try await scratch.tri(
      Scratch.race(budget: "12trials"), environment: ["DATABASE_URL": address])
    try #require(run.code == 0, "\(run.errors)")
    #expect(run.errors.contains("nothing more to do: the budget of trials is used"))
    #expect(run.lines.first == "place  trial  rung   steps  validation BPB  status")
    #expect(!isSecret(run.errors + run.text))
    return scratch
  }

  @Test func everyCommandWorksOnIt() async throws {
    let scratch = try await finished()
    func tri(_ arguments: String...) async throws -> Outcome {
      let run = try await scratch.tri(
        ["race"] + arguments + ["--store", address])
      #expect(run.code == 0, "\(arguments): \(run.errors)")
      #expect(!isSecret(run.errors + run.text))
      return run
    }
    let status = try await tri("status", "--json").json()
    #expect(try status("trials_started", as: Int.self) == 12)
    #expect(try status("reported", as: [Int].self)[0] == 12)
    #expect(status.members["broken"] == nil || status.isNull("broken"))
    let best = try await tri("best", "--json").json()
    let trial = try best("trial", as: Int.self)
    #expect(try best("checkpoint", as: String.self).hasPrefix(".trinity/127.0.0.1-"))
    _ = try await tri("show", "\(trial)")
    _ = try await tri("lessons", "--json")
    _ = try await tri("stop")
    #expect(try await tri("status", "--json").json()("state", as: String.self) == "stopped")
    _ = try await tri("resume")
    let rows = try server.execute(
      database, "SELECT trial FROM igla_leaderboard WHERE place = 1")
    #expect(rows == [[String(trial)]])
    let verified = try await scratch.tri(
      "race", "verify", "--store", address, "--json", "--threads", "1")
    #expect([0, 1].contains(verified.code), "\(verified.errors)")
    #expect(try await tri("best", "--json").json()("test_bpb", as: Double.self) > 0)
    let doctor = try await scratch.tri("doctor", environment: ["DATABASE_URL": address])
    #expect(doctor.text.contains("12 ") || doctor.text.contains("best"), "\(doctor.text)")
    #expect(!isSecret(doctor.errors + doctor.text))
  }

  @Test func aPlanIsTabled() async throws {
    let scratch = try Scratch()
    let rows = ["slow", "fast"].enumerated().map { i, name in
      "[[row]]\nname = \"\(name)\"\nlr = \(0.002 * Double(i + 1))\nsteps = 20\nseeds = [1000]\n"
    }
    try scratch.write(
      "[parameters]\n\(Scratch.tinyParameters)\n" + rows.joined(), to: "plan.toml")
    let run = try await scratch.tri(
      "race", "start", "--space", "plan.toml", "--corpus", "markov", "--store", address)
    #expect(run.code == 0, "\(run.errors)")
    let table = try await scratch.tri("race", "table", "--store", address, "--json")
    #expect(table.code == 0 && table.text.contains("fast"), "\(table.errors)")
  }

  @Test func theStoreIsMeasured() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri(
      "bench", "store", "--store", address, "--workers", "3", "--trials", "40", "--rungs", "2",
      "--cold-starts", "1", "--json")
    #expect(run.code == 0, "\(run.errors)")
    let report = try run.json()
    #expect(try report("store", as: String.self) == "postgresql")
    #expect(try report("trials", as: Int.self) == 40)
    let trips = try report("round_trips_per_trial", as: Double.self)
    // A heartbeat and a report with the next claim, two each, for every rung.
    let rungs = try Double(report("rungs", as: Int.self)) / 40
    #expect(abs(trips / rungs - 4) < 1, "\(trips) for \(rungs) rungs")
    #expect(try report("server_ms_per_trial", as: Double.self) > 0)
    #expect(try report.object("audit").members["problems"] as? [String] == [])
    #expect(!isSecret(run.errors + run.text))
    let again = try await finishedElsewhere(scratch)
    expectFailure(again, 64, "not one of this benchmark")
  }

  /// What the benchmark says of the database of a real race.
  private func finishedElsewhere(_ scratch: Scratch) async throws -> Outcome {
    let name = database + "r"
    try server.execute("postgres", "CREATE DATABASE \(name)")
    let address = server.networkAddress(name)
    try scratch.write(Scratch.space(unit: 20, rungs: 2), to: "space.toml")
    let race = try await scratch.tri(
      Scratch.race(budget: "4trials"), environment: ["DATABASE_URL": address])
    #expect(race.code == 0, "\(race.errors)")
    return try await scratch.tri("bench", "store", "--store", address, "--trials", "5")
  }

  @Test func noProcessShowsThePassword() async throws {
    let scratch = try Scratch()
    try scratch.write(Scratch.space(unit: 3_000, rungs: 2), to: "space.toml")
    let run = try scratch.start(
      Scratch.race(budget: "6trials"), ["DATABASE_URL": address])
    try await until("four workers") { run.children.count == 4 || !run.process.isRunning }
    for process in run.children + [run.pid] {
      let line = (try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)) ?? ""
      #expect(!isSecret(line) && !line.isEmpty)
    }
    run.signal(SIGTERM)
    let ended = try await run.finish()
    #expect(ended.code == 143, "\(ended.errors)")
    #expect(!isSecret(ended.errors + ended.text))
    let status = try await scratch.tri("race", "status", "--json", "--store", address).json()
    #expect(try status.object("trials").members["running"] == nil, "no lease is left")
  }

  /// A second supervisor joins, and counts the time once the first is gone.
  @Test func aSecondSupervisorJoinsAndTakesOver() async throws {
    let (first, second) = (try Scratch(), try Scratch())
    let flags = Scratch.race(budget: "1000000trials")
    for scratch in [first, second] {
      try scratch.write(Scratch.space(unit: 3_000, rungs: 2), to: "space.toml")
    }
    let one = try first.start(flags, ["DATABASE_URL": address])
    try await until("a race") {
      (try? server.execute(database, "SELECT count(*) FROM igla_race_sessions"))?.first?[0] == "1"
    }
    let two = try second.start(flags, ["DATABASE_URL": address])
    try await two.says("joining the race")
    try await until("eight workers") {
      (try? server.execute(database, "SELECT count(*) FROM igla_race_workers"))?.first?[0] == "8"
    }
    one.signal(SIGTERM)
    #expect(try await one.finish().code == 143)
    try await until("another session") {
      (try? server.execute(database, "SELECT count(*) FROM igla_race_sessions"))?.first?[0] == "2"
    }
    two.signal(SIGTERM)
    #expect(try await two.finish().code == 143)
    let status = try await second.tri("race", "status", "--json", "--store", address).json()
    #expect(try status.object("trials").members["running"] == nil)
    #expect(status.members["broken"] == nil || status.isNull("broken"))
  }

  /// A count that something falsified while four workers train: what would rest on it is not written, and
  /// once it is put right the race goes on as if nothing had been.
  @Test func aViolationStopsALiveRaceAndLeavesTheStoreIntact() async throws {
    let scratch = try Scratch()
    try scratch.write(Scratch.space(unit: 300, rungs: 3), to: "space.toml")
    let flags = Scratch.race(budget: "60trials")
    func number(_ statement: String) -> Int? {
      ((try? server.execute(database, statement))?.first?[0]).flatMap { Int($0) }
    }
    let run = try scratch.start(flags, ["DATABASE_URL": address])
    let facts = "SELECT count(DISTINCT worker) >= 3 AND count(*) >= 12 FROM igla_race_results"
    try await until("results of several workers") {
      (try? server.execute(database, facts + " WHERE rung = 0"))?.first?[0] == "t"
        || !run.process.isRunning
    }
    let workers = run.children
    #expect(workers.count >= 3, "\(run.errors)")
    try server.execute(database, "UPDATE igla_race_rungs SET reported = -1 WHERE rung = 0")
    let ended = try await run.finish()
    #expect(ended.code == 65 && ended.errors.contains("ended with exit code 65"), "\(ended.errors)")
    #expect(
      ended.errors.contains("breaks INV-2 (Scheduler.rank)")
        && ended.errors.contains("the store is as it was"),
      "\(ended.errors)")
    #expect(workers.allSatisfy { !Processes.isAlive($0) })

    // Each result counts itself: had one been written on the false count, it would not be -1.
    #expect(number("SELECT reported FROM igla_race_rungs WHERE rung = 0") == -1)
    #expect(number("SELECT count(*) FROM igla_race_trials WHERE status = 'running'") == 0)
    let before = number("SELECT count(*) FROM igla_race_results WHERE rung = 0") ?? 0
    #expect(before >= 12)
    #expect(
      number("SELECT count(*) FROM igla_race_events WHERE kind = 'reported'")
        == number("SELECT count(*) FROM igla_race_results"))
    // The race does not go on either before it is put right.
    let again = try await scratch.tri(flags, environment: ["DATABASE_URL": address])
    #expect(again.code == 65 && again.errors.contains("Scheduler.rank"), "\(again.errors)")
    #expect(number("SELECT count(*) FROM igla_race_results WHERE rung = 0") == before)

    try server.execute(
      database, "UPDATE igla_race_rungs SET reported = \(before) WHERE rung = 0")
    let rest = try await scratch.tri(flags, environment: ["DATABASE_URL": address])
    #expect(rest.code == 0, "\(rest.errors)")
    let status = try await scratch.tri("race", "status", "--json", "--store", address).json()
    #expect(try status("trials_started", as: Int.self) == 60)
    #expect(try status("reported", as: [Int].self)[0] == 60)
    #expect(status.members["broken"] == nil || status.isNull("broken"))
  }

  @Test func whatIsWrongIsSaidBeforeAnyTrialStarts() async throws {
    let scratch = try Scratch()
    try scratch.write(Scratch.space(unit: 20, rungs: 3), to: "space.toml")
    let cases: [(String, Int32, String)] = [
      (server.networkAddress(database, password: "wrong"), 77, "password"),
      (server.networkAddress("no_such"), 78, "createdb"),
      (server.networkAddress(database, "?sslmode=require"), 78, "sslmode"),
      ("postgres://u:p@127.0.0.1:1/d", 69, "127.0.0.1:1"),
    ]
    for (address, code, word) in cases {
      let run = try await scratch.tri(
        Scratch.race(budget: "12trials"), environment: ["DATABASE_URL": address])
      expectFailure(run, code, word)
      #expect(!isSecret(run.errors))
      #expect(scratch.names(in: ".trinity").isEmpty)
    }
    let missing = try await scratch.tri("race", "status", "--store", address)
    expectFailure(missing, 66, "no race")
    try server.execute(database, "CREATE TABLE igla_race_trials (x int)")
    let foreign = try await scratch.tri(
      Scratch.race(budget: "12trials"), environment: ["DATABASE_URL": address])
    expectFailure(foreign, 65, "igla_race_trials", "search_path")
  }
}
