public import Race

extension PostgreSQLRecords {
  public func append(_ event: RaceEvent) { workspace.changes.events.append(event) }

  public func events(trial: Int) throws -> [RaceEvent] {
    try workspace.ask("events_of_trial", ["trial": trial]).map(RaceEvent.init(row:))
  }

  public func events(after ordinal: Int, limit: Int) throws -> [RaceEvent] {
    try workspace.ask("events_after", ["ordinal": ordinal, "limit": limit])
      .map(RaceEvent.init(row:))
  }

  public func append(_ entry: LedgerEntry) { workspace.changes.entries.append(entry) }

  public func ledger() throws -> [LedgerEntry] {
    try workspace.ask("ledger").map(LedgerEntry.init(row:))
  }

  public func add(_ checkpoint: Checkpoint, trial: Int) {
    workspace.changes.checkpoints.append((trial, checkpoint))
  }

  public func checkpoints(trial: Int) throws -> [Checkpoint] {
    try workspace.ask("checkpoints", ["trial": trial]).map {
      Checkpoint(
        step: try $0.int("step"), path: try $0.string("path"),
        sha256: try $0.optionalString("sha256"))
    }
  }

  public func add(_ sample: Sample, trial: Int) {
    workspace.changes.samples.append((trial, sample))
  }

  public func samples(trial: Int) throws -> [Sample] {
    try workspace.ask("samples", ["trial": trial]).map {
      Sample(step: try $0.int("step"), bitsPerByte: try $0.optionalDouble("bpb"))
    }
  }

  public func put(_ worker: WorkerRecord) {
    workspace.workers[worker.id] = worker
    workspace.changes.workers.insert(worker.id)
  }

  public func worker(_ id: String) throws -> WorkerRecord? {
    if let known = workspace.workers[id] { return known }
    let worker: WorkerRecord? = try workspace.ask("worker", ["worker": id]).first.map(
      WorkerRecord.init(row:))
    workspace.workers[id] = .some(worker)
    return worker
  }

  public func workers() throws -> [WorkerRecord] {
    try workspace.ask("workers").map(WorkerRecord.init(row:))
  }

  public func put(_ session: Session) { workspace.changes.sessions.append(session) }

  public func sessions() throws -> [Session] {
    try workspace.ask("sessions").map(Session.init(row:))
  }

  public func put(_ lesson: Lesson) {
    let key = Workspace.LessonKey(parameter: lesson.parameter, pattern: lesson.pattern)
    workspace.lessons[key] = lesson
    workspace.changes.lessons.insert(key)
  }

  public func lesson(parameter: String, pattern: String) throws -> Lesson? {
    let key = Workspace.LessonKey(parameter: parameter, pattern: pattern)
    if let known = workspace.lessons[key] { return known }
    if !workspace.knowsAllLessons {
      // A trial has many patterns: all at once.
      try workspace.keep(lessons: workspace.ask("lessons"))
      workspace.knowsAllLessons = true
    }
    return workspace.lessons[key] ?? nil
  }

  public func lessons() throws -> [Lesson] {
    if !workspace.knowsAllLessons {
      try workspace.keep(lessons: workspace.ask("lessons"))
      workspace.knowsAllLessons = true
    }
    return workspace.lessons.values.compactMap { $0 }
  }

  public func put(_ verification: Verification) {
    workspace.changes.verifications.append(verification)
  }

  public func verification(candidate: Int) throws -> Verification? {
    try workspace.ask("verification", ["candidate": candidate]).first.map(verification(from:))
  }

  public func verification(fingerprint: String, steps: Int) throws -> Verification? {
    try workspace.ask("verification_of", ["fingerprint": fingerprint, "steps": steps]).first
      .map(verification(from:))
  }

  public func verifications() throws -> [Verification] {
    try workspace.ask("verifications").map(verification(from:))
  }

  private func verification(from row: Row) throws -> Verification {
    try Verification(
      row: row, scores: workspace.ask("scores", ["candidate": try row.int("candidate")]))
  }
}
