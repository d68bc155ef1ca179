import Race

extension RaceRecord {
  /// Reads a race from its counters, its settings and its last session.
  init(row: Row, settings: RaceSettings, settingsRow: Row, session: Session?) throws {
    self.init(
      id: try row.int("race_id"), settings: settings, created: try settingsRow.instant("created"))
    state = try row.known("state", as: RaceState.self)
    trialCount = try row.int("trial_count")
    proposalCount = try row.int("proposal_count")
    trialsStarted = try row.int("trials_started")
    stepsUsed = try row.int("steps_used")
    stepsReserved = try row.int("steps_reserved")
    lastToken = try row.int("last_token")
    measuredSteps = try row.int("measured_steps")
    measuredMicroseconds = try row.int64("measured_microseconds")
    evaluations = try row.int("evaluations")
    evaluationMicroseconds = try row.int64("evaluation_microseconds")
    closedMicroseconds = try row.int64("closed_microseconds")
    sessionCount = try row.int("session_count")
    eventCount = try row.int("race_event_count")
    events = ChainHead(count: try row.int("event_count"), hash: try row.string("event_hash"))
    ledger = ChainHead(count: try row.int("ledger_count"), hash: try row.string("ledger_hash"))
    candidateCount = try row.int("candidate_count")
    winner = try row.optionalInt("winner")
    exhausted = try row.bool("exhausted")
    let decided = try settingsRow.string("decisions")
    if decided != "[]" {
      decisions = try JSONValue(parsing: decided).decoded(as: [ExperimentDecision].self)
    }
    self.session = session
  }

  /// What the counters' row holds.
  var counters: Values {
    [
      "race_id": id, "state": state.rawValue, "trial_count": trialCount,
      "proposal_count": proposalCount, "trials_started": trialsStarted, "steps_used": stepsUsed,
      "steps_reserved": stepsReserved, "last_token": lastToken, "measured_steps": measuredSteps,
      "measured_microseconds": measuredMicroseconds, "evaluations": evaluations,
      "evaluation_microseconds": evaluationMicroseconds, "closed_microseconds": closedMicroseconds,
      "session_count": sessionCount, "race_event_count": eventCount, "event_count": events.count,
      "event_hash": events.hash, "ledger_count": ledger.count, "ledger_hash": ledger.hash,
      "candidate_count": candidateCount, "winner": winner, "exhausted": exhausted,
    ]
  }
}

extension Observation {
  init(row: Row) throws {
    self.init(
      trial: try row.int("trial"),
      configuration: try ConfigurationCache.configuration(row.string("configuration")),
      rung: try row.optionalInt("rung"), bitsPerByte: try row.optionalDouble("bpb"))
  }
}

extension Trial {
  init(row: Row) throws {
    self.init(
      id: try row.int("trial"),
      configuration: try Configuration(parsing: row.string("configuration")),
      fingerprint: try row.string("fingerprint"), seed: try row.int("seed"),
      origin: try row.known("origin", as: Origin.self), firstRung: try row.int("first_rung"),
      assignment: try Assignment(row: row), created: try row.instant("created"),
      status: try row.known("status", as: TrialStatus.self))
    rung = try row.optionalInt("rung")
    bitsPerByte = try row.optionalDouble("bpb")
    diverged = try row.bool("diverged")
    targetRung = try row.optionalInt("target_rung")
    if let owner = try row.optionalString("lease_owner") {
      lease = Lease(
        owner: owner, token: try row.int("lease_token"), expiry: try row.instant("lease_expiry"))
    }
    if let step = try row.optionalInt("checkpoint_step") {
      checkpoint = Checkpoint(
        step: step, path: try row.string("checkpoint_path"),
        sha256: try row.optionalString("checkpoint_sha256"))
    }
    stepsCharged = try row.int("steps_charged")
    measuredSteps = try row.int("measured_steps")
    measuredMicroseconds = try row.int64("measured_microseconds")
    processorMicroseconds = try row.int64("processor_microseconds")
    failures = try row.int("failures")
    losses = try row.int("losses")
    eventCount = try row.int("event_count")
    reason = try row.optionalString("reason")
    kernelVariant = try row.optionalString("kernel_variant")
    mixed = try row.bool("mixed")
    verdict = try row.known("verdict", as: Verdict.self)
    updated = try row.instant("updated")
  }

  /// All columns; those of the last holder are `nil` where it is not known.
  func values(race: Int, holder: WorkerRecord?) -> Values {
    [
      "race_id": race, "trial": id, "machine_id": holder?.machine, "worker_id": holder?.id,
      "agent_id": holder?.agentID, "branch": holder?.branch,
      "configuration": configuration.canonicalJSON, "fingerprint": fingerprint, "seed": seed,
      "origin": origin.rawValue, "first_rung": firstRung, "created": created.microseconds,
      "plan_cell": assignment?.cell, "plan_stage": assignment?.stage.rawValue,
      "plan_steps": assignment?.steps, "status": status.rawValue, "rung": rung,
      "bpb": bitsPerByte, "diverged": diverged, "target_rung": targetRung,
      "lease_owner": lease?.owner, "lease_token": lease?.token,
      "lease_expiry": lease?.expiry.microseconds, "checkpoint_step": checkpoint?.step,
      "checkpoint_path": checkpoint?.path, "checkpoint_sha256": checkpoint?.sha256,
      "steps_charged": stepsCharged, "measured_steps": measuredSteps,
      "measured_microseconds": measuredMicroseconds,
      "processor_microseconds": processorMicroseconds, "failures": failures, "losses": losses,
      "event_count": eventCount, "reason": reason, "kernel_variant": kernelVariant,
      "mixed": mixed, "verdict": verdict.rawValue, "updated": updated.microseconds,
    ]
  }
}

extension Assignment {
  /// Reads the place of a planned trial; `nil` for another one.
  init?(row: Row) throws {
    guard let cell = try row.optionalInt("plan_cell") else { return nil }
    self.init(
      cell: cell, stage: try row.known("plan_stage", as: Stage.self),
      steps: try row.int("plan_steps"))
  }
}

extension RungResult {
  init(row: Row) throws {
    self.init(
      trial: try row.int("trial"), rung: try row.int("rung"), step: try row.int("step"),
      bitsPerByte: try row.optionalDouble("bpb"),
      decision: try row.known("decision", as: ReportDecision.self), rank: try row.int("rank"),
      reported: try row.int("reported"), worker: try row.string("worker"),
      token: try row.int("token"), binaryHash: try row.string("binary_hash"),
      kernelVariant: try row.string("kernel_variant"), mixed: try row.bool("mixed"),
      time: try row.instant("time"))
  }

  func values(race: Int) -> Values {
    [
      "race_id": race, "trial": trial, "rung": rung, "step": step, "bpb": bitsPerByte,
      "diverged": bitsPerByte == nil, "decision": decision.rawValue, "rank": rank,
      "reported": reported, "worker": worker, "token": token, "binary_hash": binaryHash,
      "kernel_variant": kernelVariant, "mixed": mixed, "time": time.microseconds,
    ]
  }
}

extension RankKey {
  /// The place as the store orders it: what diverged comes last.
  var score: Double { bitsPerByte ?? .infinity }
}

extension RaceEvent {
  init(row: Row) throws {
    self.init(
      ordinal: try row.int("ordinal"), trial: try row.int("trial"),
      sequence: try row.int("sequence"), kind: try row.known("kind", as: Kind.self),
      detail: try JSONValue(parsing: row.string("detail")), time: try row.instant("time"),
      previous: try row.string("previous"), hash: try row.string("hash"))
  }
}

extension LedgerEntry {
  init(row: Row) throws {
    self.init(
      ordinal: try row.int("ordinal"), kind: try row.known("kind", as: Kind.self),
      detail: try JSONValue(parsing: row.string("detail")), time: try row.instant("time"),
      previous: try row.string("previous"), hash: try row.string("hash"))
  }

  func values(race: Int) -> Values {
    [
      "race_id": race, "ordinal": ordinal, "kind": kind.rawValue, "detail": detail.canonical,
      "time": time.microseconds, "previous": previous, "hash": hash,
    ]
  }
}
