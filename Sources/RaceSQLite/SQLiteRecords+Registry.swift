import GRDB
public import Race

extension SQLiteRecords {
  public func put(_ worker: WorkerRecord) throws {
    try execute(
      "put_worker",
      [
        "worker": worker.id, "agent_id": worker.agentID, "branch": worker.branch,
        "machine": worker.machine, "process": worker.process, "binary_hash": worker.binaryHash,
        "kernel_variant": worker.kernelVariant, "started": worker.started.microseconds,
        "last_seen": worker.lastSeen.microseconds,
      ])
  }

  public func worker(_ id: String) throws -> WorkerRecord? {
    try row("worker", ["worker": id]).map(WorkerRecord.init(row:))
  }

  public func workers() throws -> [WorkerRecord] {
    try rows("workers").map(WorkerRecord.init(row:))
  }

  public func put(_ session: Session) throws {
    try execute(
      "put_session",
      [
        "session": session.id, "started": session.started.microseconds,
        "last_tick": session.lastTick.microseconds,
        "active_microseconds": session.activeMicroseconds, "closed": session.closed,
      ])
  }

  public func sessions() throws -> [Session] { try rows("sessions").map(Session.init(row:)) }

  public func put(_ lesson: Lesson) throws {
    try execute(
      "put_lesson",
      [
        "parameter": lesson.parameter, "pattern": lesson.pattern, "seen": lesson.seen,
        "diverged": lesson.bad[.diverged] ?? 0, "cut": lesson.bad[.cut] ?? 0,
        "failed": lesson.bad[.failed] ?? 0, "bottom_half": lesson.bad[.bottomHalf] ?? 0,
        "last_trial": lesson.lastTrial,
      ])
  }

  public func lesson(parameter: String, pattern: String) throws -> Lesson? {
    try row("lesson", ["parameter": parameter, "pattern": pattern]).map(Lesson.init(row:))
  }

  public func lessons() throws -> [Lesson] { try rows("lessons").map(Lesson.init(row:)) }

  public func put(_ verification: Verification) throws {
    try execute(
      "put_verification",
      [
        "candidate": verification.candidate, "trial": verification.trial,
        "configuration": verification.configuration.canonicalJSON,
        "fingerprint": verification.configuration.fingerprint, "steps": verification.steps,
        "seeds": JSONValue.array(verification.seeds.map { .int($0) }).canonical,
        "started": verification.started.microseconds,
        "verdict": try verification.verdict.map { try JSONValue(encoding: $0).canonical },
      ])
    for seed in verification.opened.sorted() {
      let score = verification.scores[seed]
      try execute(
        "put_score",
        [
          "candidate": verification.candidate, "seed": seed, "test_bpb": score?.bitsPerByte,
          "checkpoint": score?.checkpoint,
        ])
    }
  }

  public func verification(candidate: Int) throws -> Verification? {
    try row("verification", ["candidate": candidate]).map(verification(from:))
  }

  public func verification(fingerprint: String, steps: Int) throws -> Verification? {
    try row("verification_of", ["fingerprint": fingerprint, "steps": steps])
      .map(verification(from:))
  }

  public func verifications() throws -> [Verification] {
    try rows("verifications").map(verification(from:))
  }

  private func verification(from row: Row) throws -> Verification {
    var verification = Verification(
      candidate: row["candidate"], trial: row["trial"],
      configuration: try Configuration(parsing: row["configuration"]), steps: row["steps"],
      seeds: try JSONValue(parsing: row["seeds"]).decoded(as: [Int].self),
      started: Instant(microseconds: row["started"]))
    let verdict: String? = row["verdict"]
    verification.verdict = try verdict.map {
      try JSONValue(parsing: $0).decoded(as: VictoryVerdict.self)
    }
    for score in try rows("scores", ["candidate": verification.candidate]) {
      let seed: Int = score["seed"]
      verification.opened.insert(seed)
      if let value: Double = score["test_bpb"] {
        verification.scores[seed] = Verification.Score(
          bitsPerByte: value, checkpoint: score["checkpoint"] ?? "")
      }
    }
    return verification
  }
}

extension WorkerRecord {
  init(row: Row) {
    self.init(
      id: row["worker"], machine: row["machine"], process: row["process"],
      binaryHash: row["binary_hash"], kernelVariant: row["kernel_variant"],
      started: Instant(microseconds: row["started"]), agentID: row["agent_id"],
      branch: row["branch"])
    lastSeen = Instant(microseconds: row["last_seen"])
  }
}

extension Session {
  init(row: Row) {
    self.init(
      id: row["session"], started: Instant(microseconds: row["started"]),
      lastTick: Instant(microseconds: row["last_tick"]),
      activeMicroseconds: row["active_microseconds"], closed: row["closed"])
  }
}

extension Lesson {
  init(row: Row) {
    self.init(parameter: row["parameter"], pattern: row["pattern"])
    seen = row["seen"]
    lastTrial = row["last_trial"]
    for outcome in Outcome.allCases {
      let count: Int = row[outcome.rawValue]
      if count > 0 { bad[outcome] = count }
    }
  }
}
