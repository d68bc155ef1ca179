import Race

/// A race in numbers, as `tri race status --json` prints it; member names are stable.
///
/// What it costs does not grow with the race but for two counts, of trials by status, which the store
/// makes, and of workers.
struct StatusReport: Encodable {
  let race: Int
  let name: String
  let state: String
  let corpus: String
  let track: String
  let board: String
  let target_bpb: Double
  /// Kind of the plan; null where trials are drawn.
  let plan: String?
  /// Factor of the plan's steps.
  let scale: Double?
  let rung_steps: [Int]
  let reported: [Int]
  let trials: [String: Int]
  let trials_started: Int
  let steps_used: Int
  let active_seconds: Double
  let remaining_seconds: Double?
  let remaining_steps: Int?
  let remaining_trials: Int?
  /// Until the first limit of the budget is reached, at the present pace; null where none is.
  let eta_seconds: Double?
  /// Whether a supervisor gave a sign of life in the last half minute.
  let supervised: Bool
  let throughput: ThroughputRow
  let leases: [LeaseRow]
  /// Workers that gave a sign of life within a lease.
  let workers_alive: Int
  let best: LeaderboardRow?
  let leaderboard: [LeaderboardRow]
  let workers: [WorkerRow]
  let ledger_entries: Int
  let events: Int
  /// The first broken link of the hash chains; null while they are whole.
  let broken: String?
  /// How many of the last events were checked for that.
  let checked_events: Int

  /// What the text is made of besides.
  let summary: RaceSummary
  let entries: [LeaderboardEntry]

  /// Events that are looked at, and checked unless all are asked for.
  static let recent = 1_000

  /// What was done lately.
  struct ThroughputRow: Encodable {
    let seconds: Double
    let rungs_per_hour: Double
    let trials_per_hour: Double
  }

  struct LeaseRow: Encodable {
    let trial: Int
    let rung: Int?
    let worker: String
    let token: Int
    /// Below zero once the trial may be given on.
    let expires_in_seconds: Double
    /// The step of its last checkpoint.
    let checkpoint_step: Int
  }

  struct WorkerRow: Encodable {
    let id: String
    let machine: String
    let agent_id: String
    let branch: String
    let kernels: String
    let last_seen: String
  }

  enum CodingKeys: String, CodingKey {
    case race, name, state, corpus, track, board, target_bpb, plan, scale, rung_steps, reported
    case trials, trials_started, steps_used, active_seconds, remaining_seconds, remaining_steps
    case remaining_trials, eta_seconds, supervised, throughput, leases, workers_alive, best
    case leaderboard, workers, ledger_entries, events, broken, checked_events
  }

  /// Reads a store; with `checksAll`, the hash chain of all events is followed, which reads the whole
  /// race.
  init(_ store: any RaceStore, places: Int = 10, checksAll: Bool = false) throws {
    let summary = try store.summary(at: .now)
    let settings = summary.race.settings
    self.summary = summary
    race = summary.race.id
    name = settings.name
    state = summary.race.state.rawValue
    corpus = settings.corpus
    track = settings.track.rawValue
    board = settings.board.rawValue
    target_bpb = settings.targetBPB
    plan = settings.experiment?.kind.rawValue
    scale = settings.experiment?.scale
    rung_steps = (0..<settings.ladder.count).map { settings.ladder.steps($0) }
    reported = summary.reported
    trials = Dictionary(
      uniqueKeysWithValues: summary.trials.map { ($0.key.rawValue, $0.value) })
    trials_started = summary.race.trialsStarted
    steps_used = summary.race.stepsUsed
    active_seconds = summary.activeSeconds
    remaining_seconds = summary.remainingSeconds
    remaining_steps = summary.remainingSteps
    remaining_trials = summary.remainingTrials
    supervised = summary.isLive
    best = summary.best.map(LeaderboardRow.init)
    entries = try store.leaderboard(limit: max(10, places), offset: 0)
    leaderboard = entries.prefix(10).map(LeaderboardRow.init)
    func seconds(until time: Instant) -> Double {
      Double(time.microseconds(since: summary.now)) / 1e6
    }
    leases = try store.leases().compactMap { trial in
      trial.lease.map {
        LeaseRow(
          trial: trial.id, rung: trial.targetRung, worker: $0.owner, token: $0.token,
          expires_in_seconds: seconds(until: $0.expiry),
          checkpoint_step: trial.checkpoint?.step ?? 0)
      }
    }
    let all = try store.workers()
    workers_alive = all.count { -seconds(until: $0.lastSeen) < settings.leaseSeconds }
    workers = all.sorted { $0.lastSeen < $1.lastSeen }.suffix(16).map {
      WorkerRow(
        id: $0.id, machine: $0.machine, agent_id: $0.agentID, branch: $0.branch,
        kernels: $0.kernelVariant, last_seen: $0.lastSeen.iso8601)
    }
    let first = max(0, summary.race.events.count - Self.recent)
    let pace = Throughput(
      try store.events(after: first, limit: Self.recent), at: summary.now)
    throughput = ThroughputRow(
      seconds: pace.seconds, rungs_per_hour: pace.rungsPerHour,
      trials_per_hour: pace.trialsPerHour)
    eta_seconds = Self.eta(summary, pace)
    ledger_entries = summary.race.ledger.count
    events = summary.race.events.count
    broken = try store.firstBreak(recent: checksAll ? nil : Self.recent)
    checked_events = checksAll ? events : min(Self.recent, events)
  }

  /// The time to the first limit: of time itself, of trials at the pace of late, of steps at that of the
  /// whole race.
  private static func eta(_ summary: RaceSummary, _ pace: Throughput) -> Double? {
    guard summary.race.state == .active, summary.isLive else { return nil }
    var times: [Double] = []
    if let seconds = summary.remainingSeconds { times.append(seconds) }
    if let trials = summary.remainingTrials, trials == 0 || pace.started > 0 {
      times.append(trials == 0 ? 0 : Double(trials) / pace.trialsPerHour * 3_600)
    }
    if let steps = summary.remainingSteps, summary.race.stepsUsed > 0 {
      times.append(Double(steps) * summary.activeSeconds / Double(summary.race.stepsUsed))
    }
    return times.min()
  }

  /// Whether it may look different the next moment.
  var isMoving: Bool { state == "active" && (supervised || !leases.isEmpty) }
}
