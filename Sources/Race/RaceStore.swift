/// Where a race is kept, shared by its supervisor, its workers and its readers.
///
/// Every operation is one transaction, may be called from any thread, and works on the active
/// race: the last one created. It throws a ``RaceError``: `notFound` while there is no race,
/// `leaseLost` for a worker whose trial was given to another.
///
/// The time is the caller's, except where several machines share the store: then the store's own
/// clock decides leases, sessions and all else, whatever the caller says, and what it returns as an
/// instant is of that clock. A worker measures how long its lease still lasts with a monotonic clock
/// of its own, from the moment before it asked.
public protocol RaceStore: AnyObject, Sendable {
  /// Creates a race and makes it the active one. Throws `configuration` for wrong settings.
  func createRace(_ settings: RaceSettings, at now: Instant) throws -> Int
  /// Returns the active race, or `nil` when the store is empty.
  func activeRace() throws -> RaceRecord?

  // Workers.
  func register(_ worker: WorkerRecord) throws
  func claim(worker: String, at now: Instant) throws -> ClaimAnswer
  func heartbeat(
    trial: Int, token: Int, samples: [Sample], at now: Instant
  ) throws -> HeartbeatAnswer
  func checkpointed(
    trial: Int, token: Int, checkpoint: Checkpoint, work: Work, samples: [Sample], at now: Instant
  ) throws
  func report(_ report: Report, samples: [Sample], at now: Instant) throws -> RungResult
  /// Reports, and claims the next work in the same transaction.
  func reportAndClaim(
    _ report: Report, samples: [Sample], worker: String, at now: Instant
  ) throws -> ReportAndClaim
  func release(
    trial: Int, token: Int, checkpoint: Checkpoint?, work: Work, at now: Instant
  ) throws
  @discardableResult
  func fail(trial: Int, token: Int, error: String, at now: Instant) throws -> Bool

  // Supervisor and user.
  func beginSession(at now: Instant) throws -> Int
  func tickSession(_ id: Int, at now: Instant) throws
  func endSession(_ id: Int, at now: Instant) throws
  @discardableResult
  func reclaim(_ whose: Reclaim, at now: Instant) throws -> [Int]
  func enqueue(
    _ configuration: Configuration, seed: Int?, allowDuplicate: Bool, at now: Instant
  ) throws -> Int
  func stop(at now: Instant) throws
  func resume(at now: Instant) throws
  func stopTrial(_ id: Int, reason: String, at now: Instant) throws
  func change(budget: Budget, at now: Instant) throws

  // Verification.
  func nominate(trial: Int, steps: Int, seeds: [Int], at now: Instant) throws -> Verification
  func openTest(candidate: Int, seed: Int, at now: Instant) throws
  func openTest(purpose: String, detail: JSONValue, at now: Instant) throws
  func score(
    candidate: Int, seed: Int, _ score: Verification.Score, at now: Instant
  ) throws
  func conclude(candidate: Int, at now: Instant) throws -> VictoryVerdict

  // Queries.
  /// Whether a supervisor gave a sign of life lately.
  func hasLiveSession(at now: Instant) throws -> Bool
  func summary(at now: Instant) throws -> RaceSummary
  /// The trials that are leased, by number. O(workers).
  func leases() throws -> [Trial]
  func leaderboard(limit: Int, offset: Int) throws -> [LeaderboardEntry]
  func best() throws -> LeaderboardEntry?
  func trial(_ id: Int) throws -> Trial
  /// Trials by number.
  func trials(limit: Int, offset: Int) throws -> [Trial]
  /// The results of a trial, from the lowest rung.
  func results(trial: Int) throws -> [RungResult]
  /// The events of a trial (0: of the race itself), in order.
  func events(trial: Int) throws -> [RaceEvent]
  /// Events of the whole race after an ordinal, in order.
  func events(after ordinal: Int, limit: Int) throws -> [RaceEvent]
  func samples(trial: Int) throws -> [Sample]
  /// The checkpoints of a trial, latest step first.
  func checkpoints(trial: Int) throws -> [Checkpoint]
  /// Lessons with at least one bad end, most confident first.
  func lessons() throws -> [Lesson]
  func workers() throws -> [WorkerRecord]
  func sessions() throws -> [Session]
  func ledger() throws -> [LedgerEntry]
  func verifications() throws -> [Verification]
  /// The results of a planned race; throws `invalid` for another one.
  func table() throws -> ExperimentTable
}

extension RaceStore {
  /// Returns the first broken link of the events or of the ledger, as a sentence; `nil` when
  /// both chains are whole.
  ///
  /// With `recent`, only so many of the last events are checked, each against the one before it;
  /// without, all from the first, which reads the whole race in pages. Events that are written
  /// meanwhile are left out.
  public func firstBreak(recent: Int? = nil) throws -> String? {
    guard let race = try activeRace() else { return nil }
    if let broken = try firstBreakOfEvents(upTo: race.events, recent: recent) {
      return "events: \(broken)"
    }
    if let broken = HashChain.firstBreak(
      in: try ledger().prefix(race.ledger.count), head: race.ledger)
    {
      return "ledger: \(broken)"
    }
    return nil
  }

  private func firstBreakOfEvents(
    upTo head: ChainHead, recent: Int?
  ) throws -> HashChain.Break? {
    let first = max(0, head.count - (recent ?? head.count))
    var walk = HashChain.Walk()
    var isBegun = first == 0
    while !isBegun || walk.head.count < head.count {
      let after = isBegun ? walk.head.count : first
      let page = try events(after: after, limit: min(2_000, head.count - after))
      guard let start = page.first else { break }
      if !isBegun {
        walk = HashChain.Walk(after: ChainHead(count: first, hash: start.previous))
        isBegun = true
      }
      for event in page {
        if let broken = walk.follow(event) { return broken }
      }
    }
    return walk.end(at: head)
  }
}
