/// The tables of one race, as the state machine reads and writes them.
///
/// ``RaceMachine`` makes every decision; a conforming type only stores and looks up, inside one
/// transaction an operation. So all stores decide alike, and differ only in these functions. Each
/// must cost O(log n) rows or a number that does not grow with the race, except where stated.
public protocol RaceRecords {
  /// The time of this transaction: the caller's, or the store's own where machines share it.
  func now(_ caller: Instant) -> Instant

  func race() throws -> RaceRecord
  mutating func update(_ race: RaceRecord) throws

  func trial(_ id: Int) throws -> Trial?
  mutating func insert(_ trial: Trial) throws
  mutating func update(_ trial: Trial) throws
  /// Whether any trial has the fingerprint.
  func hasFingerprint(_ fingerprint: String) throws -> Bool

  func result(trial: Int, rung: Int) throws -> RungResult?
  mutating func insert(_ result: RungResult) throws
  /// Number of results of a rung.
  func reported(rung: Int) throws -> Int
  /// Number of results of a rung that come before `key`.
  func countBetter(than key: RankKey, rung: Int) throws -> Int
  /// The best trial that is paused at a rung.
  func bestPaused(rung: Int) throws -> Trial?
  /// Suspended trials, and running ones with an expired lease: highest target first, then the
  /// earliest trial; at most `limit`.
  func resumable(at now: Instant, limit: Int) throws -> [Trial]
  /// The enqueued trial with the lowest number that was never claimed.
  func firstPending() throws -> Trial?
  /// Running trials whose lease is live. O(workers).
  func running(at now: Instant) throws -> RunningSummary
  /// Running trials of a worker, or of all, by number.
  func leased(by owner: String?) throws -> [Trial]
  /// Trials with a result, best first; without reproductions, among which nothing is chosen.
  func ranked(limit: Int, offset: Int) throws -> [Trial]
  /// What a sampler learns from; without reproductions among the best. O(answer).
  func evidence(_ query: EvidenceQuery) throws -> SamplerEvidence
  /// Number of trials by status.
  func statusCounts() throws -> [TrialStatus: Int]

  mutating func append(_ event: RaceEvent) throws
  /// Adds a checkpoint to the list of its trial; replaces one of the same step.
  mutating func add(_ checkpoint: Checkpoint, trial: Int) throws
  /// Adds a point to a learning curve; replaces one of the same step.
  mutating func add(_ sample: Sample, trial: Int) throws
  mutating func append(_ entry: LedgerEntry) throws
  func worker(_ id: String) throws -> WorkerRecord?
  /// Inserts or replaces.
  mutating func put(_ worker: WorkerRecord) throws
  /// Inserts or replaces.
  mutating func put(_ session: Session) throws
  func lesson(parameter: String, pattern: String) throws -> Lesson?
  /// Inserts or replaces.
  mutating func put(_ lesson: Lesson) throws
  func verification(candidate: Int) throws -> Verification?
  /// The verification of a configuration at that many steps.
  func verification(fingerprint: String, steps: Int) throws -> Verification?
  /// Inserts or replaces, scores and all.
  mutating func put(_ verification: Verification) throws

  // Lists for readers; O(answer).
  func trials(limit: Int, offset: Int) throws -> [Trial]
  func results(trial: Int) throws -> [RungResult]
  func events(trial: Int) throws -> [RaceEvent]
  func events(after ordinal: Int, limit: Int) throws -> [RaceEvent]
  func samples(trial: Int) throws -> [Sample]
  func checkpoints(trial: Int) throws -> [Checkpoint]
  func lessons() throws -> [Lesson]
  func workers() throws -> [WorkerRecord]
  func sessions() throws -> [Session]
  func ledger() throws -> [LedgerEntry]
  func verifications() throws -> [Verification]
}

extension RaceRecords {
  public func now(_ caller: Instant) -> Instant { caller }
}
