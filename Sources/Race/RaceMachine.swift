/// The race as a state machine: an operation and the time go in, a decision comes out.
///
/// Over ``MemoryRecords`` it is a pure value. Each operation throws before its first write, if at
/// all because of what it was asked; a failure of the tables is for their transaction to undo.
/// Every change of state is written as a ``RaceEvent`` that explains it.
public struct RaceMachine<Records: RaceRecords> {
  public internal(set) var records: Records
  /// The end game; the same in every process of a race.
  public let drain = DrainRule()

  public init(records: Records) {
    self.records = records
  }

  /// Writes an event of a trial, and the trial with its new count.
  mutating func save(
    _ trial: inout Trial, _ race: inout RaceRecord, _ kind: RaceEvent.Kind,
    _ detail: [String: JSONValue], at now: Instant
  ) throws {
    trial.eventCount += 1
    trial.updated = now
    try append(kind, trial.id, trial.eventCount, detail, &race, at: now)
    try records.update(trial)
  }

  /// Writes an event of the race itself.
  mutating func save(
    _ race: inout RaceRecord, _ kind: RaceEvent.Kind, _ detail: [String: JSONValue],
    at now: Instant
  ) throws {
    race.eventCount += 1
    try append(kind, 0, race.eventCount, detail, &race, at: now)
  }

  private mutating func append(
    _ kind: RaceEvent.Kind, _ trial: Int, _ sequence: Int, _ detail: [String: JSONValue],
    _ race: inout RaceRecord, at now: Instant
  ) throws {
    var event = RaceEvent(
      ordinal: race.events.count + 1, trial: trial, sequence: sequence, kind: kind,
      detail: .object(detail), time: now, previous: race.events.hash, hash: "")
    event.hash = HashChain.hash(previous: event.previous, content: event.content)
    race.events = ChainHead(count: event.ordinal, hash: event.hash)
    try records.append(event)
  }

  /// Returns the trial, or throws `notFound`.
  func existing(_ id: Int) throws -> Trial {
    guard let trial = try records.trial(id) else {
      throw RaceError.noTrial(id)
    }
    return trial
  }

  /// Returns the trial whose lease has that token, or throws `leaseLost`.
  func leased(_ id: Int, token: Int) throws -> Trial {
    let trial = try existing(id)
    guard trial.status == .running, let lease = trial.lease, lease.token == token else {
      let holder = trial.lease.map { "belongs to \($0.owner)" } ?? "is \(trial.status.rawValue)"
      throw RaceError(.leaseLost, "trial \(id) \(holder); token \(token) is out of date")
    }
    return trial
  }

  /// Takes a new checkpoint into account: progress, budget, estimates.
  mutating func advance(
    _ trial: inout Trial, _ race: inout RaceRecord, to checkpoint: Checkpoint?, step: Int,
    work: Work
  ) throws {
    let gained = max(0, step - trial.stepsCharged)
    race.stepsUsed += gained
    race.stepsReserved -= gained
    trial.stepsCharged += gained
    trial.measuredSteps += work.steps
    trial.measuredMicroseconds += work.microseconds
    trial.processorMicroseconds += work.processorMicroseconds
    race.measuredSteps += work.steps
    race.measuredMicroseconds += work.microseconds
    race.evaluations += work.evaluations
    race.evaluationMicroseconds += work.evaluationMicroseconds
    if gained > 0 {
      trial.failures = 0
      trial.losses = 0
    }
    if let checkpoint {
      trial.checkpoint = checkpoint
      try records.add(checkpoint, trial: trial.id)
    }
  }

  /// Ends a lease, and gives the steps reserved for it back.
  func drop(_ trial: inout Trial, _ race: inout RaceRecord, in ladder: RungLadder) {
    if let target = trial.targetRung {
      race.stepsReserved -= max(0, trial.steps(at: target, in: ladder) - trial.stepsCharged)
    }
    trial.lease = nil
  }
}

extension RaceMachine: Sendable where Records: Sendable {}
