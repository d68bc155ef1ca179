extension RaceMachine {
  /// Writes the first event of a new race.
  public mutating func begin(at now: Instant) throws {
    var race = try records.race()
    try save(
      &race, .raceCreated, ["settings": try JSONValue(encoding: race.settings)], at: now)
    try records.update(race)
  }

  /// Adds a trial of the user's own configuration, to be claimed before any new proposal.
  ///
  /// Throws `invalid` for a name that the space does not know, a missing value, a seed that is
  /// not for selection, a configuration that exists already, unless `allowDuplicate`, or a race with
  /// a plan.
  ///
  /// - Returns: The number of the trial.
  public mutating func enqueue(
    _ configuration: Configuration, seed: Int? = nil, allowDuplicate: Bool = false,
    at now: Instant
  ) throws -> Int {
    var race = try records.race()
    guard race.settings.experiment == nil else {
      throw RaceError(
        .invalid, "this race has a plan, and takes no other trials",
        hint: "start another race with a plan, or a space, of your own")
    }
    if let seed { try SelectionSeeds.check(seed) }
    let full = try race.settings.space.complete(configuration)
    if !allowDuplicate, try records.hasFingerprint(full.fingerprint) {
      throw RaceError(
        .invalid, "a trial with this configuration (\(full.fingerprint)) exists",
        hint: "allow the duplicate to run it again with another seed")
    }
    let trial = try insert(full, seed: seed, origin: .enqueued, &race, .enqueued, at: now)
    try records.update(race)
    return trial.id
  }

  /// Stops handing out work; running trials are told at their next heartbeat.
  public mutating func stop(at now: Instant) throws {
    var race = try records.race()
    guard race.state == .active else { return }
    race.state = .stopped
    try save(&race, .raceStopped, [:], at: now)
    try records.update(race)
  }

  /// Hands out work again, after a stop or a victory.
  public mutating func resume(at now: Instant) throws {
    var race = try records.race()
    guard race.state != .active else { return }
    race.state = .active
    try save(&race, .raceResumed, [:], at: now)
    try records.update(race)
  }

  /// Ends one trial for good, whatever it is doing; a worker on it loses its lease.
  public mutating func stopTrial(_ id: Int, reason: String, at now: Instant) throws {
    var race = try records.race()
    var trial = try existing(id)
    guard !trial.status.isFinal else {
      throw RaceError(.invalid, "trial \(id) is already \(trial.status.rawValue)")
    }
    if trial.status == .running { drop(&trial, &race, in: race.settings.ladder) }
    trial.status = .stopped
    trial.targetRung = nil
    trial.reason = reason
    try save(&trial, &race, .stopped, ["reason": .string(reason)], at: now)
    try records.update(race)
  }

  /// Replaces the budget; what was used stays used.
  public mutating func change(budget: Budget, at now: Instant) throws {
    try budget.validate()
    var race = try records.race()
    guard race.settings.budget != budget else { return }
    let old = race.settings.budget
    race.settings.budget = budget
    try save(
      &race, .budgetChanged,
      ["from": try JSONValue(encoding: old), "to": try JSONValue(encoding: budget)], at: now)
    try records.update(race)
  }

  /// Begins to count active time; closes a session that a killed supervisor left open, at its
  /// last tick.
  ///
  /// - Returns: The number of the session.
  public mutating func beginSession(at now: Instant) throws -> Int {
    var race = try records.race()
    try close(&race, at: nil)
    race.sessionCount += 1
    let session = Session(id: race.sessionCount, started: now)
    race.session = session
    try records.put(session)
    try save(&race, .sessionBegan, ["session": .int(session.id)], at: now)
    try records.update(race)
    return session.id
  }

  /// Counts the time since the last tick, up to ``Session/graceMicroseconds``.
  ///
  /// Call it every few seconds; a race with a limit of time stands still without.
  public mutating func tickSession(_ id: Int, at now: Instant) throws {
    var race = try records.race()
    guard var session = race.session, session.id == id, !session.closed else {
      throw RaceError(.leaseLost, "session \(id) was closed by another supervisor")
    }
    session.activeMicroseconds += session.increment(at: now)
    session.lastTick = max(session.lastTick, now)
    race.session = session
    try records.put(session)
    try records.update(race)
  }

  /// Counts the time since the last tick and closes the session.
  public mutating func endSession(_ id: Int, at now: Instant) throws {
    var race = try records.race()
    guard let session = race.session, session.id == id, !session.closed else { return }
    try close(&race, at: now)
    try save(
      &race, .sessionEnded,
      ["session": .int(id), "active_microseconds": .int(Int(race.closedMicroseconds))], at: now)
    try records.update(race)
  }

  private mutating func close(_ race: inout RaceRecord, at now: Instant?) throws {
    guard var session = race.session, !session.closed else { return }
    if let now {
      session.activeMicroseconds += session.increment(at: now)
      session.lastTick = max(session.lastTick, now)
    }
    session.closed = true
    race.closedMicroseconds += session.activeMicroseconds
    race.session = session
    try records.put(session)
  }

  /// Writes who a worker is; a second time, only that it is alive.
  public mutating func register(_ worker: WorkerRecord) throws {
    guard !worker.agentID.isEmpty, !worker.branch.isEmpty else {
      throw RaceError(
        .invalid, "worker '\(worker.id)' names no agent or no branch (law L-R13)",
        hint: "set AGENT_ID to a name, or leave it away")
    }
    var record = worker
    if let old = try records.worker(worker.id) { record.started = old.started }
    try records.put(record)
  }
}
