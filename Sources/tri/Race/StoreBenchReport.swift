import Benchmarks
import Race

/// The figures of `tri bench store`; member names are stable.
struct StoreBenchReport: Encodable {
  /// `sqlite` or `postgresql`.
  let store: String
  let workers: Int
  let rung_steps: [Int]
  /// Heartbeats of a rung.
  let heartbeats: Int
  /// Trials that the race had before, and those of this sitting.
  let trials_before: Int
  let trials: Int
  let rungs: Int
  let seconds: Double
  let trials_per_second: Double
  let rungs_per_second: Double
  let statements_per_trial: Double
  /// Null for a store without a network.
  let round_trips_per_trial: Double?
  let client_ms_per_trial: Double
  /// Null where the server's processes cannot be seen from here.
  let server_ms_per_trial: Double?
  let latency: [StoreLatency]
  /// Median of the last hundred trials over that of the first hundred of this sitting.
  let latency_ratio: Double?
  let heartbeat_p50_ms: Double?
  let heartbeat_p99_ms: Double?
  let cold_start: ColdStart?
  let retries: Int
  let detours: Int
  let lost_leases: Int
  let audit: StoreAudit?
  let failures: [String]

  /// From the start of a process to its first trial.
  struct ColdStart: Encodable {
    let trials: Int
    let processes: Int
    let p50_ms: Double
    let max_ms: Double
    /// Of the median: until the store was open, and from there until the trial.
    let connected_p50_ms: Double
    let from_connection_p50_ms: Double
    /// Processor time of a process until its first trial.
    let processor_p50_ms: Double
  }

  init(_ sitting: StoreBench.Sitting, _ terms: StoreBench.Terms, _ place: StorePlace) throws {
    store = place.isShared ? "postgresql" : "sqlite"
    workers = terms.workers
    let ladder = try RungLadder(count: terms.rungs)
    rung_steps = (0..<ladder.count).map { ladder.steps($0) }
    heartbeats = terms.heartbeats
    trials_before = sitting.before
    let all = sitting.logs.flatMap(\.rungs)
    rungs = all.count
    trials = Set(all.map(\.trial).filter { $0 > sitting.before }).count
    seconds = sitting.seconds
    let per = { (amount: Double) in all.isEmpty ? 0 : amount / Double(max(1, terms.trials)) }
    trials_per_second = seconds > 0 ? Double(trials) / seconds : 0
    rungs_per_second = seconds > 0 ? Double(rungs) / seconds : 0
    let totals = sitting.logs.compactMap(\.totals)
    func sum(_ value: (SyntheticWorkLog.Totals) -> Int) -> Int {
      totals.reduce(0) { $0 + value($1) }
    }
    statements_per_trial = per(Double(sum(\.statements)))
    round_trips_per_trial = place.isShared ? per(Double(sum(\.roundTrips))) : nil
    client_ms_per_trial = per(Double(sum(\.processorMicroseconds)) / 1_000)
    server_ms_per_trial = sitting.serverMicroseconds.map { per(Double($0) / 1_000) }
    let parts = StoreLatency.byPosition(all, before: sitting.before)
    latency = parts
    latency_ratio =
      parts.count > 1
      ? zip(parts.suffix(1), parts).map { last, first in last.p50_ms / first.p50_ms }.first : nil
    let beats = sitting.logs.flatMap(\.heartbeats)
    heartbeat_p50_ms = beats.isEmpty ? nil : StoreLatency.quantile(0.5, of: beats) / 1_000
    heartbeat_p99_ms = beats.isEmpty ? nil : StoreLatency.quantile(0.99, of: beats) / 1_000
    cold_start = ColdStart(sitting)
    retries = sum(\.retries)
    detours = sum(\.detours)
    lost_leases = sum(\.lostLeases)
    audit = sitting.audit
    failures = sitting.failures
  }
}

extension StoreBenchReport.ColdStart {
  init?(_ sitting: StoreBench.Sitting) {
    let claimed = sitting.coldStarts.compactMap(\.claimed)
    guard !claimed.isEmpty else { return nil }
    let connected = sitting.coldStarts.compactMap(\.connected)
    let after = sitting.coldStarts.compactMap { log in
      log.claimed.flatMap { claimed in log.connected.map { claimed - $0 } }
    }
    trials = sitting.trialsAtColdStart
    processes = claimed.count
    p50_ms = StoreLatency.quantile(0.5, of: claimed) / 1_000
    max_ms = StoreLatency.quantile(1, of: claimed) / 1_000
    connected_p50_ms = StoreLatency.quantile(0.5, of: connected) / 1_000
    from_connection_p50_ms = StoreLatency.quantile(0.5, of: after) / 1_000
    processor_p50_ms =
      StoreLatency.quantile(0.5, of: sitting.coldStarts.compactMap(\.claimedProcessor)) / 1_000
  }
}
