import Race

/// Tables in memory that answer falsely, on demand.
struct FaultyRecords: RaceRecords {
  enum Fault {
    case none
    /// Each result seems to be one place better than it is.
    case ranksTooLow
    /// Trials that wait seem to be a worker's.
    case pausedAreLeased
  }

  private var tables: MemoryRecords
  private(set) var fault = Fault.none

  init(_ tables: MemoryRecords) { self.tables = tables }

  func with(_ fault: Fault) -> FaultyRecords {
    var records = self
    records.fault = fault
    return records
  }

  func countBetter(than key: RankKey, rung: Int) throws -> Int {
    tables.countBetter(than: key, rung: rung) - (fault == .ranksTooLow ? 1 : 0)
  }

  func bestPaused(rung: Int) throws -> Trial? {
    var trial = tables.bestPaused(rung: rung)
    if fault == .pausedAreLeased {
      trial?.lease = Lease(owner: "w1", token: 1, expiry: Instant(microseconds: .max))
    }
    return trial
  }

  // MARK: What is as it should be

  func race() throws -> RaceRecord { tables.race() }
  mutating func update(_ race: RaceRecord) throws { tables.update(race) }
  func trial(_ id: Int) throws -> Trial? { tables.trial(id) }
  mutating func insert(_ trial: Trial) throws { tables.insert(trial) }
  mutating func update(_ trial: Trial) throws { tables.update(trial) }
  func hasFingerprint(_ fingerprint: String) throws -> Bool { tables.hasFingerprint(fingerprint) }
  func result(trial: Int, rung: Int) throws -> RungResult? {
    tables.result(trial: trial, rung: rung)
  }
  mutating func insert(_ result: RungResult) throws { tables.insert(result) }
  func reported(rung: Int) throws -> Int { tables.reported(rung: rung) }
  func resumable(at now: Instant, limit: Int) throws -> [Trial] {
    tables.resumable(at: now, limit: limit)
  }
  func firstPending() throws -> Trial? { tables.firstPending() }
  func running(at now: Instant) throws -> RunningSummary { tables.running(at: now) }
  func leased(by owner: String?) throws -> [Trial] { tables.leased(by: owner) }
  func ranked(limit: Int, offset: Int) throws -> [Trial] {
    tables.ranked(limit: limit, offset: offset)
  }
  func evidence(_ query: EvidenceQuery) throws -> SamplerEvidence { tables.evidence(query) }
  func statusCounts() throws -> [TrialStatus: Int] { tables.statusCounts() }
  mutating func append(_ event: RaceEvent) throws { tables.append(event) }
  mutating func add(_ checkpoint: Checkpoint, trial: Int) throws {
    tables.add(checkpoint, trial: trial)
  }
  mutating func add(_ sample: Sample, trial: Int) throws { tables.add(sample, trial: trial) }
  mutating func append(_ entry: LedgerEntry) throws { tables.append(entry) }
  func worker(_ id: String) throws -> WorkerRecord? { tables.worker(id) }
  mutating func put(_ worker: WorkerRecord) throws { tables.put(worker) }
  mutating func put(_ session: Session) throws { tables.put(session) }
  func lesson(parameter: String, pattern: String) throws -> Lesson? {
    tables.lesson(parameter: parameter, pattern: pattern)
  }
  mutating func put(_ lesson: Lesson) throws { tables.put(lesson) }
  func verification(candidate: Int) throws -> Verification? {
    tables.verification(candidate: candidate)
  }
  func verification(fingerprint: String, steps: Int) throws -> Verification? {
    tables.verification(fingerprint: fingerprint, steps: steps)
  }
  mutating func put(_ verification: Verification) throws { tables.put(verification) }
  func trials(limit: Int, offset: Int) throws -> [Trial] {
    tables.trials(limit: limit, offset: offset)
  }
  func results(trial: Int) throws -> [RungResult] { tables.results(trial: trial) }
  func events(trial: Int) throws -> [RaceEvent] { tables.events(trial: trial) }
  func events(after ordinal: Int, limit: Int) throws -> [RaceEvent] {
    tables.events(after: ordinal, limit: limit)
  }
  func samples(trial: Int) throws -> [Sample] { tables.samples(trial: trial) }
  func checkpoints(trial: Int) throws -> [Checkpoint] { tables.checkpoints(trial: trial) }
  func lessons() throws -> [Lesson] { tables.lessons() }
  func workers() throws -> [WorkerRecord] { tables.workers() }
  func sessions() throws -> [Session] { tables.sessions() }
  func ledger() throws -> [LedgerEntry] { tables.ledger() }
  func verifications() throws -> [Verification] { tables.verifications() }
}
