/// The tables of a race in memory; a value.
public struct MemoryRecords: RaceRecords, Sendable {
  private(set) var row: RaceRecord
  private var table: [Int: Trial] = [:]
  private var fingerprints: Set<String> = []
  private var rungResults: [[Int: RungResult]]
  private var ranks: [[RankKey]]
  private var paused: [[RankKey]]
  /// Trials that may be chosen: those with a score by rung, highest first, then those that diverged,
  /// likewise; each in order.
  private var standings: [[RankKey]]
  private var running: Set<Int> = []
  private var suspended: Set<Int> = []
  private var pending: [Int] = []
  private var eventList: [RaceEvent] = []
  private var ledgerList: [LedgerEntry] = []
  private var checkpointTable: [Int: [Int: Checkpoint]] = [:]
  private var sampleTable: [Int: [Int: Sample]] = [:]
  private var workerTable: [String: WorkerRecord] = [:]
  private var sessionTable: [Int: Session] = [:]
  private var lessonTable: [[String]: Lesson] = [:]
  private var verificationTable: [Int: Verification] = [:]

  public init(_ race: RaceRecord) {
    row = race
    let count = race.settings.ladder.count
    rungResults = Array(repeating: [:], count: count)
    ranks = Array(repeating: [], count: count)
    paused = Array(repeating: [], count: count)
    standings = Array(repeating: [], count: 2 * count + 1)
  }

  public func race() -> RaceRecord { row }
  public mutating func update(_ race: RaceRecord) { row = race }

  public func trial(_ id: Int) -> Trial? { table[id] }

  public mutating func insert(_ trial: Trial) {
    precondition(table[trial.id] == nil, "[MemoryRecords.insert] trial \(trial.id) exists")
    table[trial.id] = trial
    fingerprints.insert(trial.fingerprint)
    index(trial)
  }

  public mutating func update(_ trial: Trial) {
    guard let old = table[trial.id] else {
      preconditionFailure("[MemoryRecords.update] trial \(trial.id) does not exist")
    }
    unindex(old)
    table[trial.id] = trial
    index(trial)
  }

  /// Where a trial stands, if it may be chosen.
  private func standing(of trial: Trial) -> Int? {
    guard trial.rung != nil || trial.diverged, trial.origin != .reproduction else { return nil }
    let below = ranks.count - 1 - (trial.rung ?? -1)
    return trial.bitsPerByte == nil ? ranks.count + below : below
  }

  private mutating func index(_ trial: Trial) {
    if let place = standing(of: trial) {
      standings[place].insert(trial.key, at: standings[place].lowerBound(of: trial.key))
    }
    switch trial.status {
    case .running: running.insert(trial.id)
    case .suspended: suspended.insert(trial.id)
    case .pending: pending.insert(trial.id, at: pending.lowerBound(of: trial.id))
    case .paused:
      let rung = trial.rung ?? 0
      paused[rung].insert(trial.key, at: paused[rung].lowerBound(of: trial.key))
    case .completed, .stopped, .failed, .winner: break
    }
  }

  private mutating func unindex(_ trial: Trial) {
    if let place = standing(of: trial) {
      standings[place].remove(at: standings[place].lowerBound(of: trial.key))
    }
    switch trial.status {
    case .running: running.remove(trial.id)
    case .suspended: suspended.remove(trial.id)
    case .pending: pending.remove(at: pending.lowerBound(of: trial.id))
    case .paused:
      let rung = trial.rung ?? 0
      paused[rung].remove(at: paused[rung].lowerBound(of: trial.key))
    case .completed, .stopped, .failed, .winner: break
    }
  }

  public func hasFingerprint(_ fingerprint: String) -> Bool { fingerprints.contains(fingerprint) }

  public func result(trial: Int, rung: Int) -> RungResult? {
    rungResults[rung][trial]
  }

  public mutating func insert(_ result: RungResult) {
    rungResults[result.rung][result.trial] = result
    let place = ranks[result.rung].lowerBound(of: result.key)
    ranks[result.rung].insert(result.key, at: place)
  }

  public func reported(rung: Int) -> Int { ranks[rung].count }

  public func countBetter(than key: RankKey, rung: Int) -> Int { ranks[rung].lowerBound(of: key) }

  public func bestPaused(rung: Int) -> Trial? { paused[rung].first.flatMap { table[$0.trial] } }

  public func resumable(at now: Instant, limit: Int) -> [Trial] {
    let expired = running.compactMap { table[$0] }.filter { ($0.lease?.expiry ?? now) <= now }
    let all = expired + suspended.compactMap { table[$0] }
    return Array(
      all.sorted { (-($0.targetRung ?? 0), $0.id) < (-($1.targetRung ?? 0), $1.id) }.prefix(limit))
  }

  public func firstPending() -> Trial? { pending.first.flatMap { table[$0] } }

  public func running(at now: Instant) -> RunningSummary {
    let live = running.compactMap { table[$0] }.filter { ($0.lease?.expiry ?? now) > now }
    return RunningSummary(
      targets: live.reduce(into: [:]) { $0[$1.targetRung ?? 0, default: 0] += 1 })
  }

  public func leased(by owner: String?) -> [Trial] {
    running.compactMap { table[$0] }.filter { owner == nil || $0.lease?.owner == owner }
      .sorted { $0.id < $1.id }
  }

  public func ranked(limit: Int, offset: Int) -> [Trial] {
    standings.joined().dropFirst(offset).prefix(limit).compactMap { table[$0.trial] }
  }

  public func evidence(_ query: EvidenceQuery) -> SamplerEvidence {
    let best: [Observation]
    if let rung = query.rung {
      best = ranks[rung].lazy.filter { $0.bitsPerByte != nil }.compactMap { key -> Observation? in
        guard let trial = table[key.trial], trial.origin != .reproduction else { return nil }
        var observation = Observation(trial)
        observation.rung = rung
        observation.bitsPerByte = key.bitsPerByte
        return observation
      }.prefix(query.best).map { $0 }
    } else {
      best = ranked(limit: query.best, offset: 0).filter { $0.bitsPerByte != nil }
        .map(Observation.init)
    }
    return SamplerEvidence(
      best: best, seen: query.seen.joined().compactMap { table[$0].map(Observation.init) })
  }

  public func statusCounts() -> [TrialStatus: Int] {
    table.values.reduce(into: [:]) { $0[$1.status, default: 0] += 1 }
  }

  public mutating func append(_ event: RaceEvent) { eventList.append(event) }
  public mutating func add(_ checkpoint: Checkpoint, trial: Int) {
    checkpointTable[trial, default: [:]][checkpoint.step] = checkpoint
  }
  public mutating func add(_ sample: Sample, trial: Int) {
    sampleTable[trial, default: [:]][sample.step] = sample
  }
  public mutating func append(_ entry: LedgerEntry) { ledgerList.append(entry) }
  public func worker(_ id: String) -> WorkerRecord? { workerTable[id] }
  public mutating func put(_ worker: WorkerRecord) { workerTable[worker.id] = worker }
  public mutating func put(_ session: Session) { sessionTable[session.id] = session }
  public func lesson(parameter: String, pattern: String) -> Lesson? {
    lessonTable[[parameter, pattern]]
  }
  public mutating func put(_ lesson: Lesson) {
    lessonTable[[lesson.parameter, lesson.pattern]] = lesson
  }
  public func verification(candidate: Int) -> Verification? { verificationTable[candidate] }
  public func verification(fingerprint: String, steps: Int) -> Verification? {
    verificationTable.values.first {
      $0.configuration.fingerprint == fingerprint && $0.steps == steps
    }
  }
  public mutating func put(_ verification: Verification) {
    verificationTable[verification.candidate] = verification
  }

  public func trials(limit: Int, offset: Int) -> [Trial] {
    Array(table.values.sorted { $0.id < $1.id }.dropFirst(offset).prefix(limit))
  }
  public func results(trial: Int) -> [RungResult] {
    rungResults.compactMap { $0[trial] }
  }
  public func events(trial: Int) -> [RaceEvent] { eventList.filter { $0.trial == trial } }
  public func events(after ordinal: Int, limit: Int) -> [RaceEvent] {
    Array(eventList.dropFirst(ordinal).prefix(limit))
  }
  public func samples(trial: Int) -> [Sample] {
    (sampleTable[trial] ?? [:]).values.sorted { $0.step < $1.step }
  }
  public func checkpoints(trial: Int) -> [Checkpoint] {
    (checkpointTable[trial] ?? [:]).values.sorted { $0.step > $1.step }
  }
  public func lessons() -> [Lesson] { Array(lessonTable.values) }
  public func workers() -> [WorkerRecord] { workerTable.values.sorted { $0.id < $1.id } }
  public func sessions() -> [Session] { sessionTable.values.sorted { $0.id < $1.id } }
  public func ledger() -> [LedgerEntry] { ledgerList }
  public func verifications() -> [Verification] {
    verificationTable.values.sorted { $0.candidate < $1.candidate }
  }
}
