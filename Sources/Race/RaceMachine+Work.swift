extension RaceMachine {
  /// Renews a lease, keeps the new points of the learning curve, and says whether to go on.
  ///
  /// Throws `leaseLost` when the trial is another worker's by now. A lease that ran out but was
  /// not taken yet is renewed: nobody else has begun.
  public mutating func heartbeat(
    trial id: Int, token: Int, samples: [Sample] = [], at now: Instant
  ) throws -> HeartbeatAnswer {
    var trial = try leased(id, token: token)
    let race = try records.race()
    for sample in samples { try records.add(sample, trial: id) }
    try see(trial, at: now)
    if let reason = stopReason(race, at: now) { return .stop(reason) }
    let expiry = now.advanced(bySeconds: race.settings.leaseSeconds)
    trial.lease?.expiry = expiry
    try records.update(trial)
    return .proceed(until: expiry)
  }

  private func stopReason(_ race: RaceRecord, at now: Instant) -> StopReason? {
    switch closedAnswer(race, at: now) {
    case .finished(.deadline): .deadline
    case .finished(.won): .won
    case .finished: .stoppedByUser
    case .wait: .noSession
    case .work, nil: nil
    }
  }

  /// Marks the holder of the trial's lease as alive.
  private mutating func see(_ trial: Trial, at now: Instant) throws {
    if let owner = trial.lease?.owner, var worker = try records.worker(owner) {
      worker.lastSeen = max(worker.lastSeen, now)
      try records.put(worker)
    }
  }

  /// Records a checkpoint from which the trial can be continued; renews the lease.
  public mutating func checkpointed(
    trial id: Int, token: Int, checkpoint: Checkpoint, work: Work = Work(),
    samples: [Sample] = [], at now: Instant
  ) throws {
    var trial = try leased(id, token: token)
    var race = try records.race()
    try check(checkpoint, of: trial, race)
    try see(trial, at: now)
    for sample in samples { try records.add(sample, trial: id) }
    try advance(&trial, &race, to: checkpoint, step: checkpoint.step, work: work)
    trial.lease?.expiry = now.advanced(bySeconds: race.settings.leaseSeconds)
    try save(
      &trial, &race, .checkpointed,
      ["step": .int(checkpoint.step), "path": .string(checkpoint.path), "token": .int(token)],
      at: now)
    try records.update(race)
  }

  /// Throws `invalid` when the checkpoint cannot be one of this piece of work.
  private func check(_ checkpoint: Checkpoint, of trial: Trial, _ race: RaceRecord) throws {
    let limit = trial.steps(at: trial.targetRung ?? 0, in: race.settings.ladder)
    guard (0...limit).contains(checkpoint.step) else {
      throw RaceError(
        .invalid, "checkpoint at step \(checkpoint.step) of trial \(trial.id), expected 0…\(limit)")
    }
  }

  /// Gives a trial back, to be continued by the next claim; for a worker that has to leave.
  public mutating func release(
    trial id: Int, token: Int, checkpoint: Checkpoint? = nil, work: Work = Work(),
    at now: Instant
  ) throws {
    var trial = try leased(id, token: token)
    var race = try records.race()
    if let checkpoint { try check(checkpoint, of: trial, race) }
    try see(trial, at: now)
    let step = checkpoint?.step ?? 0
    try advance(&trial, &race, to: checkpoint, step: step, work: work)
    let owner = trial.lease?.owner
    drop(&trial, &race, in: race.settings.ladder)
    trial.status = .suspended
    try save(
      &trial, &race, .released,
      ["worker": .text(owner), "checkpoint_step": .integer(trial.checkpoint?.step)], at: now)
    try records.update(race)
  }

  /// Records that a trial ended with an error.
  ///
  /// It is continued from its last checkpoint until it has failed `maximumFailures` times without
  /// a new one.
  ///
  /// - Returns: Whether it will be tried again.
  @discardableResult
  public mutating func fail(
    trial id: Int, token: Int, error: String, at now: Instant
  ) throws -> Bool {
    var trial = try leased(id, token: token)
    var race = try records.race()
    try see(trial, at: now)
    let owner = trial.lease?.owner
    drop(&trial, &race, in: race.settings.ladder)
    trial.failures += 1
    trial.status = .suspended
    trial.reason = error
    try save(
      &trial, &race, .failed,
      [
        "worker": .text(owner), "error": .string(error), "failures": .int(trial.failures),
        "checkpoint_step": .integer(trial.checkpoint?.step),
      ], at: now)
    let again = trial.failures < race.settings.maximumFailures
    if !again { try giveUp(&trial, &race, reason: error, at: now) }
    try records.update(race)
    return again
  }

  /// Ends a trial for good.
  mutating func giveUp(
    _ trial: inout Trial, _ race: inout RaceRecord, reason: String, at now: Instant
  ) throws {
    trial.status = .failed
    trial.targetRung = nil
    trial.reason = reason
    try learn(&trial, .failed, race)
    try save(&trial, &race, .gaveUp, ["reason": .string(reason)], at: now)
  }

  /// Takes leases back before they expire, from workers that are known to be gone.
  ///
  /// - Returns: The trials, which the next claims continue.
  @discardableResult
  public mutating func reclaim(_ whose: Reclaim, at now: Instant) throws -> [Int] {
    var race = try records.race()
    let owner: String? = if case .worker(let id) = whose { id } else { nil }
    let trials = try records.leased(by: owner)
    for var trial in trials { _ = try expire(&trial, &race, at: now) }
    if !trials.isEmpty { try records.update(race) }
    return trials.map(\.id)
  }
}
