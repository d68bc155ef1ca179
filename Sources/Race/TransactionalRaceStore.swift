/// A store that runs ``RaceMachine`` inside its transactions.
///
/// A conforming type supplies the transactions and the tables; all operations follow, so that no
/// decision is written twice.
public protocol TransactionalRaceStore: RaceStore {
  associatedtype Records: RaceRecords

  /// Runs one operation on the active race in a transaction, which is undone when it throws.
  func write<T>(_ body: (inout RaceMachine<Records>) throws -> T) throws -> T

  /// Runs one query on a consistent view of the active race.
  func read<T>(_ body: (Records) throws -> T) throws -> T
}

extension TransactionalRaceStore {
  public func register(_ worker: WorkerRecord) throws { try write { try $0.register(worker) } }

  public func claim(worker: String, at now: Instant) throws -> ClaimAnswer {
    try write { try $0.claim(worker: worker, at: now) }
  }

  public func heartbeat(
    trial: Int, token: Int, samples: [Sample], at now: Instant
  ) throws -> HeartbeatAnswer {
    try write { try $0.heartbeat(trial: trial, token: token, samples: samples, at: now) }
  }

  public func checkpointed(
    trial: Int, token: Int, checkpoint: Checkpoint, work: Work, samples: [Sample], at now: Instant
  ) throws {
    try write {
      try $0.checkpointed(
        trial: trial, token: token, checkpoint: checkpoint, work: work, samples: samples, at: now)
    }
  }

  public func report(_ report: Report, samples: [Sample], at now: Instant) throws -> RungResult {
    try write { try $0.report(report, samples: samples, at: now) }
  }

  public func release(
    trial: Int, token: Int, checkpoint: Checkpoint?, work: Work, at now: Instant
  ) throws {
    try write {
      try $0.release(trial: trial, token: token, checkpoint: checkpoint, work: work, at: now)
    }
  }

  @discardableResult
  public func fail(trial: Int, token: Int, error: String, at now: Instant) throws -> Bool {
    try write { try $0.fail(trial: trial, token: token, error: error, at: now) }
  }

  public func beginSession(at now: Instant) throws -> Int {
    try write { try $0.beginSession(at: now) }
  }

  public func tickSession(_ id: Int, at now: Instant) throws {
    try write { try $0.tickSession(id, at: now) }
  }

  public func endSession(_ id: Int, at now: Instant) throws {
    try write { try $0.endSession(id, at: now) }
  }

  @discardableResult
  public func reclaim(_ whose: Reclaim, at now: Instant) throws -> [Int] {
    try write { try $0.reclaim(whose, at: now) }
  }

  public func enqueue(
    _ configuration: Configuration, seed: Int?, allowDuplicate: Bool, at now: Instant
  ) throws -> Int {
    try write {
      try $0.enqueue(configuration, seed: seed, allowDuplicate: allowDuplicate, at: now)
    }
  }

  public func stop(at now: Instant) throws { try write { try $0.stop(at: now) } }

  public func resume(at now: Instant) throws { try write { try $0.resume(at: now) } }

  public func stopTrial(_ id: Int, reason: String, at now: Instant) throws {
    try write { try $0.stopTrial(id, reason: reason, at: now) }
  }

  public func change(budget: Budget, at now: Instant) throws {
    try write { try $0.change(budget: budget, at: now) }
  }
}
