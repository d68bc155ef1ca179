import PostgreSQLClient
import Race

/// What an operation changed and the server does not know yet; the last state of each row.
struct Changes {
  var newTrials: Set<Int> = []
  var trials: Set<Int> = []
  var newFingerprints: [String] = []
  var workers: Set<String> = []
  var results: [RungResult] = []
  var events: [RaceEvent] = []
  var entries: [LedgerEntry] = []
  var lessons: Set<Workspace.LessonKey> = []
  var checkpoints: [(trial: Int, checkpoint: Checkpoint)] = []
  var samples: [(trial: Int, sample: Sample)] = []
  var sessions: [Session] = []
  var verifications: [Verification] = []

  var isEmpty: Bool {
    trials.isEmpty && workers.isEmpty && results.isEmpty && events.isEmpty && entries.isEmpty
      && lessons.isEmpty && checkpoints.isEmpty && samples.isEmpty && sessions.isEmpty
      && verifications.isEmpty
  }

  /// The statements that write all of it.
  func statements(of workspace: Workspace) throws -> [Statement] {
    let race = workspace.race.id
    var all: [Statement] = []
    func add(_ name: String, _ values: Values) { all.append(Statements.make(name, values)) }
    for fingerprint in newFingerprints { add("expect_new", ["fingerprint": fingerprint]) }
    for id in workers.sorted() {
      if case .some(.some(let worker)) = workspace.workers[id] {
        add("put_worker", worker.values(race: race))
      }
    }
    for id in trials.sorted() {
      guard case .some(.some(let trial)) = workspace.trials[id] else { continue }
      let holder = trial.lease.flatMap { workspace.workers[$0.owner] ?? nil }
      add(
        newTrials.contains(id) ? "insert_trial" : "update_trial",
        trial.values(race: race, holder: holder))
    }
    for result in results { add("insert_result", result.values(race: race)) }
    if !events.isEmpty { all.append(eventStatement(race)) }
    for entry in entries { add("insert_entry", entry.values(race: race)) }
    if !lessons.isEmpty { all.append(lessonStatement(workspace)) }
    for (trial, checkpoint) in checkpoints {
      add(
        "put_checkpoint",
        [
          "race_id": race, "trial": trial, "step": checkpoint.step, "path": checkpoint.path,
          "sha256": checkpoint.sha256,
        ])
    }
    if !samples.isEmpty { all.append(sampleStatement(race)) }
    for session in sessions { add("put_session", session.values(race: race)) }
    for verification in verifications {
      add("put_verification", try verification.values(race: race))
      for seed in verification.opened.sorted() {
        let score = verification.scores[seed]
        add(
          "put_score",
          [
            "race_id": race, "candidate": verification.candidate, "seed": seed,
            "test_bpb": score?.bitsPerByte, "checkpoint": score?.checkpoint,
          ])
      }
    }
    return all
  }

  private func eventStatement(_ race: Int) -> Statement {
    func list(_ value: (RaceEvent) -> String) -> String { Statement.array(events.map(value)) }
    return Statements.make(
      "insert_events",
      [
        "race_id": race, "ordinals": list { String($0.ordinal) },
        "trials": list { String($0.trial) }, "sequences": list { String($0.sequence) },
        "kinds": list { $0.kind.rawValue }, "details": list { $0.detail.canonical },
        "times": list { String($0.time.microseconds) }, "previous": list { $0.previous },
        "hashes": list { $0.hash },
      ])
  }

  private func lessonStatement(_ workspace: Workspace) -> Statement {
    let changed = lessons.sorted { ($0.parameter, $0.pattern) < ($1.parameter, $1.pattern) }
      .compactMap { workspace.lessons[$0] ?? nil }
    func list(_ value: (Lesson) -> String?) -> String { Statement.array(changed.map(value)) }
    func bad(_ outcome: Lesson.Outcome) -> String { list { String($0.bad[outcome] ?? 0) } }
    return Statements.make(
      "put_lessons",
      [
        "race_id": workspace.race.id, "parameters": list(\.parameter), "patterns": list(\.pattern),
        "lesson_types": list { $0.kind.rawValue.uppercased() }, "lessons": list(\.sentence),
        "confidences": list { $0.confidence.description }, "seens": list { String($0.seen) },
        "diverged": bad(.diverged), "cut": bad(.cut), "failed": bad(.failed),
        "bottom_halves": bad(.bottomHalf), "last_trials": list { $0.lastTrial.map(String.init) },
      ])
  }

  private func sampleStatement(_ race: Int) -> Statement {
    // A statement may not write one row twice: the last of a step counts.
    var last: [[Int]: Sample] = [:]
    for (trial, sample) in samples { last[[trial, sample.step]] = sample }
    let keys = last.keys.sorted { $0.lexicographicallyPrecedes($1) }
    return Statements.make(
      "put_samples",
      [
        "race_id": race, "trials": Statement.array(keys.map { String($0[0]) }),
        "steps": Statement.array(keys.map { String($0[1]) }),
        "scores": Statement.array(keys.map { last[$0]?.bitsPerByte?.description }),
      ])
  }
}
