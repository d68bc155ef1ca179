import Foundation
import Race

/// A line of the leaderboard as JSON; member names are stable.
struct LeaderboardRow: Encodable {
  let place: Int
  let trial: Int
  let status: String
  let seed: Int
  let steps: Int
  let rung: Int?
  let configuration: JSONValue
  let validation_bpb: Double?
  let mixed: Bool
  let checkpoint: String?

  init(_ entry: LeaderboardEntry) {
    place = entry.place
    trial = entry.trial.id
    status = entry.trial.status.rawValue
    seed = entry.trial.seed
    steps = entry.steps
    rung = entry.trial.rung
    configuration = entry.trial.configuration.json
    validation_bpb = entry.trial.bitsPerByte
    mixed = entry.trial.mixed
    checkpoint = entry.trial.checkpoint?.path
  }
}

/// The leaderboard as a table.
enum Leaderboard {
  /// Prints the first places on stdout.
  static func show(_ store: any RaceStore, limit: Int) throws {
    let entries = try store.leaderboard(limit: limit, offset: 0)
    if entries.isEmpty {
      try Console.result("no trial has reported yet")
      return
    }
    try Console.result("place  trial  rung   steps  validation BPB  status")
    for entry in entries {
      let score = entry.trial.bitsPerByte.map { decimal($0, 4) } ?? "diverged"
      try Console.result(
        right("\(entry.place)", 5) + right("\(entry.trial.id)", 7)
          + right(entry.trial.rung.map(String.init) ?? "-", 6) + right("\(entry.steps)", 8)
          + right(score, 16) + "  " + entry.trial.status.rawValue)
    }
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

/// A race in numbers, as `tri race status --json` prints it.
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
  let best: LeaderboardRow?
  let leaderboard: [LeaderboardRow]
  let workers: [WorkerRow]
  let ledger_entries: Int
  /// The first broken link of the hash chains; null while they are whole.
  let broken: String?
  /// How many of the last events were checked for that.
  let checked_events: Int

  /// Events that are checked unless all are asked for.
  static let recent = 1_000

  struct WorkerRow: Encodable {
    let id: String
    let machine: String
    let agent_id: String
    let branch: String
    let kernels: String
    let last_seen: String
  }

  /// With `checksAll`, the hash chain of all events is followed, which reads the whole race.
  init(_ store: any RaceStore, checksAll: Bool = false) throws {
    let now = Instant.now
    let summary = try store.summary(at: now)
    let settings = summary.race.settings
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
    best = summary.best.map(LeaderboardRow.init)
    leaderboard = try store.leaderboard(limit: 10, offset: 0).map(LeaderboardRow.init)
    workers = try store.workers().suffix(16).map {
      WorkerRow(
        id: $0.id, machine: $0.machine, agent_id: $0.agentID, branch: $0.branch,
        kernels: $0.kernelVariant, last_seen: $0.lastSeen.iso8601)
    }
    ledger_entries = summary.race.ledger.count
    broken = try store.firstBreak(recent: checksAll ? nil : Self.recent)
    checked_events =
      checksAll ? summary.race.events.count : min(Self.recent, summary.race.events.count)
  }
}
