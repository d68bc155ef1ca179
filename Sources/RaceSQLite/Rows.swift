import GRDB
import Race

extension Row {
  /// Returns the value of a column that holds one of a few names, or throws `corrupt`.
  func known<T: RawRepresentable<String>>(_ column: String, as type: T.Type) throws -> T {
    let text: String = self[column]
    guard let value = T(rawValue: text) else {
      throw RaceError(.corrupt, "unknown \(column) '\(text)'", hint: "use a newer program")
    }
    return value
  }
}

extension RaceRecord {
  init(row: Row) throws {
    self.init(
      id: row["race_id"],
      settings: try SettingsCache.settings(of: row["settings"]),
      created: Instant(microseconds: row["created"]))
    state = try row.known("state", as: RaceState.self)
    trialCount = row["trial_count"]
    proposalCount = row["proposal_count"]
    trialsStarted = row["trials_started"]
    stepsUsed = row["steps_used"]
    stepsReserved = row["steps_reserved"]
    lastToken = row["last_token"]
    measuredSteps = row["measured_steps"]
    measuredMicroseconds = row["measured_microseconds"]
    evaluations = row["evaluations"]
    evaluationMicroseconds = row["evaluation_microseconds"]
    closedMicroseconds = row["closed_microseconds"]
    sessionCount = row["session_count"]
    eventCount = row["race_event_count"]
    events = ChainHead(count: row["event_count"], hash: row["event_hash"])
    ledger = ChainHead(count: row["ledger_count"], hash: row["ledger_hash"])
    candidateCount = row["candidate_count"]
    winner = row["winner"]
    exhausted = row["exhausted"]
    let decided: String = row["decisions"]
    if decided != "[]" {
      decisions = try JSONValue(parsing: decided).decoded(as: [ExperimentDecision].self)
    }
  }

  func values() throws -> SQLiteRecords.Values {
    [
      "settings": try SettingsCache.text(of: settings), "state": state.rawValue,
      "created": created.microseconds, "trial_count": trialCount,
      "proposal_count": proposalCount, "trials_started": trialsStarted, "steps_used": stepsUsed,
      "steps_reserved": stepsReserved, "last_token": lastToken, "measured_steps": measuredSteps,
      "measured_microseconds": measuredMicroseconds, "evaluations": evaluations,
      "evaluation_microseconds": evaluationMicroseconds, "closed_microseconds": closedMicroseconds,
      "session_count": sessionCount, "race_event_count": eventCount,
      "event_count": events.count, "event_hash": events.hash, "ledger_count": ledger.count,
      "ledger_hash": ledger.hash, "candidate_count": candidateCount, "winner": winner,
      "exhausted": exhausted, "decisions": try JSONValue(encoding: decisions).canonical,
    ]
  }
}

extension Trial {
  init(row: Row) throws {
    self.init(
      id: row["trial"], configuration: try Configuration(parsing: row["configuration"]),
      fingerprint: row["fingerprint"], seed: row["seed"],
      origin: try row.known("origin", as: Origin.self), firstRung: row["first_rung"],
      assignment: try Assignment(row: row), created: Instant(microseconds: row["created"]),
      status: try row.known("status", as: TrialStatus.self))
    rung = row["rung"]
    bitsPerByte = row["bpb"]
    diverged = row["diverged"]
    targetRung = row["target_rung"]
    if let owner: String = row["lease_owner"] {
      lease = Lease(
        owner: owner, token: row["lease_token"],
        expiry: Instant(microseconds: row["lease_expiry"]))
    }
    if let step: Int = row["checkpoint_step"] {
      checkpoint = Checkpoint(
        step: step, path: row["checkpoint_path"], sha256: row["checkpoint_sha256"])
    }
    stepsCharged = row["steps_charged"]
    measuredSteps = row["measured_steps"]
    measuredMicroseconds = row["measured_microseconds"]
    processorMicroseconds = row["processor_microseconds"]
    failures = row["failures"]
    losses = row["losses"]
    eventCount = row["event_count"]
    reason = row["reason"]
    kernelVariant = row["kernel_variant"]
    mixed = row["mixed"]
    verdict = try row.known("verdict", as: Verdict.self)
    updated = Instant(microseconds: row["updated"])
  }

  /// What never changes.
  var keyValues: SQLiteRecords.Values {
    [
      "trial": id, "configuration": configuration.canonicalJSON, "fingerprint": fingerprint,
      "seed": seed, "origin": origin.rawValue, "first_rung": firstRung,
      "created": created.microseconds, "plan_cell": assignment?.cell,
      "plan_stage": assignment?.stage.rawValue, "plan_steps": assignment?.steps,
    ]
  }

  /// What changes.
  var values: SQLiteRecords.Values {
    [
      "status": status.rawValue, "rung": rung, "bpb": bitsPerByte, "diverged": diverged,
      "target_rung": targetRung, "lease_owner": lease?.owner, "lease_token": lease?.token,
      "lease_expiry": lease?.expiry.microseconds, "checkpoint_step": checkpoint?.step,
      "checkpoint_path": checkpoint?.path, "checkpoint_sha256": checkpoint?.sha256,
      "steps_charged": stepsCharged, "measured_steps": measuredSteps,
      "measured_microseconds": measuredMicroseconds, "failures": failures, "losses": losses,
      "event_count": eventCount, "reason": reason, "kernel_variant": kernelVariant,
      "mixed": mixed, "verdict": verdict.rawValue, "updated": updated.microseconds,
      "processor_microseconds": processorMicroseconds,
    ]
  }
}

extension Observation {
  init(row: Row) throws {
    self.init(
      trial: row["trial"],
      configuration: try ConfigurationCache.configuration(row["configuration"]),
      rung: row["rung"], bitsPerByte: row["bpb"])
  }
}

extension Assignment {
  /// Reads the place of a planned trial; `nil` for another one.
  init?(row: Row) throws {
    guard let cell: Int = row["plan_cell"] else { return nil }
    self.init(
      cell: cell, stage: try row.known("plan_stage", as: Stage.self), steps: row["plan_steps"])
  }
}

extension RungResult {
  init(row: Row) throws {
    self.init(
      trial: row["trial"], rung: row["rung"], step: row["step"], bitsPerByte: row["bpb"],
      decision: try row.known("decision", as: ReportDecision.self), rank: row["rank"],
      reported: row["reported"], worker: row["worker"], token: row["token"],
      binaryHash: row["binary_hash"], kernelVariant: row["kernel_variant"],
      mixed: row["mixed"], time: Instant(microseconds: row["time"]))
  }

  var values: SQLiteRecords.Values {
    [
      "trial": trial, "rung": rung, "step": step, "bpb": bitsPerByte,
      "diverged": bitsPerByte == nil, "decision": decision.rawValue, "rank": rank,
      "reported": reported, "worker": worker, "token": token, "binary_hash": binaryHash,
      "kernel_variant": kernelVariant, "mixed": mixed, "time": time.microseconds,
    ]
  }
}
