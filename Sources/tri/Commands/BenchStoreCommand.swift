import ArgumentParser
import Benchmarks
import Foundation
import Race
import RacePostgreSQL
import RaceSQLite

/// `tri bench store`.
struct BenchStoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store",
    abstract: "Measure what a race costs its store: trials without training, by worker processes.",
    discussion: """
      Worker processes claim and report trials of the store as those of a race do, with scores from \
      a seeded curve and no training in between. Printed are trials a second, statements, round \
      trips and processor time a trial, how long a report and the claim with it take as the race \
      grows, and how soon a new worker has its first trial. In the end the whole race is read: \
      nothing that a worker was told may be missing or there twice.

      Run again on the same store, it goes on with larger numbers. A store with any other race is \
      refused. PostgreSQL's own time is seen where its server is on this machine. Exit code 70: \
      something was lost or doubled.

      EXAMPLES:
        tri bench store --store sqlite:bench.db --workers 4 --trials 2000
        tri bench store --store postgres://igla@localhost/bench --workers 64 --trials 100000 --json
      """)

  @Option(help: "sqlite:PATH, or postgres://USER@HOST/DATABASE; for nothing else.")
  var store: String

  @Option(parsing: .unconditional, help: "Worker processes.")
  var workers = 4

  @Option(parsing: .unconditional, help: "Trials, beside those that the store has.")
  var trials = 1_000

  @Option(parsing: .unconditional, help: "Rungs of a trial, the first at 1000 steps.")
  var rungs = 4

  @Option(parsing: .unconditional, help: "Heartbeats of a rung; a real worker has one a second.")
  var heartbeats = 1

  @Option(parsing: .unconditional, help: "Workers started in the end, to see how soon each works.")
  var coldStarts = 10

  @Option(parsing: .unconditional, help: "Of proposals and scores.")
  var seed = 1

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    for (flag, value, range) in [
      ("--workers", workers, 1...1_024), ("--trials", trials, 1...10_000_000),
      ("--rungs", rungs, 1...20), ("--heartbeats", heartbeats, 0...1_000),
      ("--cold-starts", coldStarts, 0...1_000),
    ] where !range.contains(value) {
      throw Failure.usage(
        "\(flag) is \(value)", hint: "use \(range.lowerBound) to \(range.upperBound)")
    }
    guard !store.contains(PostgreSQLRaceStore.raceParameter + "=") else {
      throw Failure.usage(
        "--store names a race by \(PostgreSQLRaceStore.raceParameter)",
        hint: "name a database that has no other races")
    }
    let place = try StoreOption.resolve(store)
    let terms = StoreBench.Terms(
      workers: workers, trials: trials, rungs: rungs, seed: seed, heartbeats: heartbeats,
      coldStarts: coldStarts)
    let bench = try StoreBench(place, terms)
    // No race is to begin in the file meanwhile.
    let lock = place.isShared ? nil : try SupervisorLock(store: place.path)
    defer { withExtendedLifetime(lock) {} }
    Interruption.listen()
    let report = try StoreBenchReport(try bench.run(), terms, place)
    if json { try Console.json(report) } else { try Console.result(report.text) }
    if Interruption.received != nil { throw ExitCode(Interruption.exitCode) }
    if let problem = (report.failures + (report.audit?.problems ?? [])).first {
      throw Failure(70, problem, hint: "keep the store, and report this with the command you ran")
    }
  }
}

extension StoreBenchReport {
  var text: String {
    func row(_ name: String, _ value: String) -> String {
      name.padding(toLength: 26, withPad: " ", startingAt: 0) + value
    }
    func per(_ value: Double) -> String { decimal(value, 2) + " a trial" }
    var lines = [
      row("trials", "\(trials) beside \(trials_before), \(rungs) rungs, \(workers) workers"),
      row(
        "speed",
        "\(decimal(trials_per_second, 1)) trials/s, \(decimal(rungs_per_second, 1)) rungs/s"),
      row("statements", per(statements_per_trial)),
    ]
    if let trips = round_trips_per_trial { lines.append(row("round trips", per(trips))) }
    lines.append(row("processor time, client", decimal(client_ms_per_trial, 2) + " ms a trial"))
    if let server = server_ms_per_trial {
      lines.append(row("processor time, server", decimal(server, 2) + " ms a trial"))
    }
    if let p50 = heartbeat_p50_ms, let p99 = heartbeat_p99_ms {
      lines.append(row("heartbeat", "p50 \(decimal(p50, 2)) ms, p99 \(decimal(p99, 2)) ms"))
    }
    for part in latency {
      lines.append(
        row(
          "report and claim",
          "p50 \(decimal(part.p50_ms, 2)) ms, p99 \(decimal(part.p99_ms, 2)) ms at trials "
            + "\(part.from) to \(part.to)"))
    }
    if let ratio = latency_ratio {
      lines.append(row("last over first hundred", decimal(ratio, 2)))
    }
    if let cold = cold_start {
      lines.append(
        row(
          "cold start",
          "p50 \(decimal(cold.p50_ms, 1)) ms, at most \(decimal(cold.max_ms, 1)) ms, from a process's "
            + "start to its first of \(cold.trials) trials; "
            + "\(decimal(cold.processor_p50_ms, 1)) ms of processor time"))
    }
    if retries + lost_leases > 0 {
      lines.append(row("tried again", "\(retries); leases lost: \(lost_leases)"))
    }
    if let audit {
      lines.append(
        row(
          "kept",
          "\(audit.trials) trials, \(audit.results) results, \(audit.events) events; "
            + "\(audit.acknowledged) acknowledged here; "
            + (audit.problems.isEmpty
              ? "nothing lost, nothing doubled" : "\(audit.problems.count) problems")))
    }
    return lines.joined(separator: "\n")
  }
}
