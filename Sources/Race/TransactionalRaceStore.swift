/// A store that runs ``RaceMachine`` inside its transactions.
///
/// A conforming type supplies the transactions and the tables; all operations follow, so that no
/// decision is written twice.
public protocol TransactionalRaceStore: RaceStore {
  associatedtype Records: RaceRecords

  /// Runs one operation on the active race in a transaction, which is undone when it throws.
  ///
  /// A store that others reach over a network may run `body` again, on the tables as they are then,
  /// where nothing of the first time was kept.
  func write<T>(
    _ expected: ExpectedLookups, _ body: (inout RaceMachine<Records>) throws -> T
  ) throws -> T

  /// Runs one query on a consistent view of the active race.
  func read<T>(_ body: (Records) throws -> T) throws -> T
}

extension TransactionalRaceStore {
  public func register(_ worker: WorkerRecord) throws {
    try write(ExpectedLookups(at: worker.started, worker: worker.id)) {
      var seen = worker
      seen.started = $0.records.now(worker.started)
      seen.lastSeen = $0.records.now(worker.lastSeen)
      try $0.register(seen)
    }
  }

  public func claim(worker: String, at now: Instant) throws -> ClaimAnswer {
    try write(ExpectedLookups(at: now, worker: worker, claims: true)) {
      try $0.claim(worker: worker, at: $0.records.now(now))
    }
  }

  public func heartbeat(
    trial: Int, token: Int, samples: [Sample], at now: Instant
  ) throws -> HeartbeatAnswer {
    try write(ExpectedLookups(at: now, trial: trial, isOfOneTrial: true)) {
      try $0.heartbeat(trial: trial, token: token, samples: samples, at: $0.records.now(now))
    }
  }

  public func checkpointed(
    trial: Int, token: Int, checkpoint: Checkpoint, work: Work, samples: [Sample], at now: Instant
  ) throws {
    try write(ExpectedLookups(at: now, trial: trial)) {
      try $0.checkpointed(
        trial: trial, token: token, checkpoint: checkpoint, work: work, samples: samples,
        at: $0.records.now(now))
    }
  }

  public func report(_ report: Report, samples: [Sample], at now: Instant) throws -> RungResult {
    try write(ExpectedLookups(report, at: now)) {
      try $0.report(report, samples: samples, at: $0.records.now(now))
    }
  }

  public func reportAndClaim(
    _ report: Report, samples: [Sample], worker: String, at now: Instant
  ) throws -> ReportAndClaim {
    var expected = ExpectedLookups(report, at: now)
    expected.worker = worker
    expected.claims = true
    return try write(expected) {
      try $0.reportAndClaim(report, samples: samples, worker: worker, at: $0.records.now(now))
    }
  }

  public func release(
    trial: Int, token: Int, checkpoint: Checkpoint?, work: Work, at now: Instant
  ) throws {
    try write(ExpectedLookups(at: now, trial: trial)) {
      try $0.release(
        trial: trial, token: token, checkpoint: checkpoint, work: work, at: $0.records.now(now))
    }
  }

  @discardableResult
  public func fail(trial: Int, token: Int, error: String, at now: Instant) throws -> Bool {
    try write(ExpectedLookups(at: now, trial: trial)) {
      try $0.fail(trial: trial, token: token, error: error, at: $0.records.now(now))
    }
  }

  public func beginSession(at now: Instant) throws -> Int {
    try write(ExpectedLookups(at: now)) { try $0.beginSession(at: $0.records.now(now)) }
  }

  public func tickSession(_ id: Int, at now: Instant) throws {
    try write(ExpectedLookups(at: now)) { try $0.tickSession(id, at: $0.records.now(now)) }
  }

  public func endSession(_ id: Int, at now: Instant) throws {
    try write(ExpectedLookups(at: now)) { try $0.endSession(id, at: $0.records.now(now)) }
  }

  @discardableResult
  public func reclaim(_ whose: Reclaim, at now: Instant) throws -> [Int] {
    try write(ExpectedLookups(at: now)) { try $0.reclaim(whose, at: $0.records.now(now)) }
  }

  public func enqueue(
    _ configuration: Configuration, seed: Int?, allowDuplicate: Bool, at now: Instant
  ) throws -> Int {
    try write(ExpectedLookups(at: now)) {
      try $0.enqueue(
        configuration, seed: seed, allowDuplicate: allowDuplicate, at: $0.records.now(now))
    }
  }

  public func stop(at now: Instant) throws {
    try write(ExpectedLookups(at: now)) { try $0.stop(at: $0.records.now(now)) }
  }

  public func resume(at now: Instant) throws {
    try write(ExpectedLookups(at: now)) { try $0.resume(at: $0.records.now(now)) }
  }

  public func stopTrial(_ id: Int, reason: String, at now: Instant) throws {
    try write(ExpectedLookups(at: now, trial: id)) {
      try $0.stopTrial(id, reason: reason, at: $0.records.now(now))
    }
  }

  public func change(budget: Budget, at now: Instant) throws {
    try write(ExpectedLookups(at: now)) {
      try $0.change(budget: budget, at: $0.records.now(now))
    }
  }
}
