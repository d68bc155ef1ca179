extension RaceMachine {
  /// Records the result of a trial at its rung, once, and decides what becomes of it.
  ///
  /// The safety cut is not for trials of a plan. A second report of the same trial, rung and token
  /// returns the recorded result and changes nothing. Throws `leaseLost` for a token that is out of date.
  public mutating func report(
    _ report: Report, samples: [Sample] = [], at now: Instant
  ) throws -> RungResult {
    var race = try records.race()
    let ladder = race.settings.ladder
    guard (0..<ladder.count).contains(report.rung) else {
      throw RaceError(.invalid, "there is no rung \(report.rung)", hint: "0…\(ladder.top)")
    }
    if let recorded = try records.result(trial: report.trial, rung: report.rung),
      recorded.token == report.token
    {
      return recorded
    }
    var trial = try leased(report.trial, token: report.token)
    try check(report, of: trial, ladder)
    let worker = try trial.lease.flatMap { try records.worker($0.owner) }
    for sample in samples { try records.add(sample, trial: trial.id) }
    try advance(&trial, &race, to: report.checkpoint, step: report.step, work: report.work)
    drop(&trial, &race, in: ladder)
    let result = try decide(report, &trial, race, by: worker, at: now)
    try checkReport(result, nextByteSteps: report.nextByteSteps, race)
    try records.insert(result)
    if var worker {
      worker.lastSeen = max(worker.lastSeen, now)
      try records.put(worker)
    }
    try learn(&trial, from: result, race)
    try save(
      &trial, &race, .reported, detail(of: result, nextByteSteps: report.nextByteSteps, race),
      at: now)
    if trial.status == .stopped {
      try save(&trial, &race, .stopped, ["reason": .text(trial.reason)], at: now)
    }
    try records.update(race)
    return result
  }

  private func check(_ report: Report, of trial: Trial, _ ladder: RungLadder) throws {
    guard report.rung == trial.targetRung else {
      throw RaceError(
        .invalid,
        "trial \(trial.id) reported rung \(report.rung), expected "
          + "\(trial.targetRung.map(String.init) ?? "none")")
    }
    let steps = trial.steps(at: report.rung, in: ladder)
    let early = !report.bitsPerByte.isFinite && (0...steps).contains(report.step)
    guard report.step == steps || early else {
      throw RaceError(
        .invalid,
        "trial \(trial.id) reported rung \(report.rung) at step \(report.step), "
          + "expected \(steps)")
    }
    guard report.bitsPerByte >= 0 || !report.bitsPerByte.isFinite else {
      throw RaceError(
        .invalid, "trial \(trial.id) reported \(report.bitsPerByte) bits per byte",
        hint: "a score below 0 is a fault of the evaluation")
    }
  }

  /// Makes the result, and puts the trial into its new state.
  private func decide(
    _ report: Report, _ trial: inout Trial, _ race: RaceRecord, by worker: WorkerRecord?,
    at now: Instant
  ) throws -> RungResult {
    let settings = race.settings
    let score = report.bitsPerByte.isFinite ? report.bitsPerByte : nil
    let key = RankKey(bitsPerByte: score, trial: trial.id)
    let decision: ReportDecision
    if let score {
      if settings.experiment == nil,
        settings.cut.applies(bitsPerByte: score, nextByteSteps: report.nextByteSteps)
      {
        decision = .stopCut
      } else {
        decision = report.rung == settings.ladder.top ? .complete : .pause
      }
    } else {
      decision = .stopDiverged
    }
    trial.rung = report.rung
    trial.bitsPerByte = score
    trial.diverged = score == nil
    trial.targetRung = nil
    trial.failures = 0
    trial.losses = 0
    trial.reason = nil
    switch decision {
    case .pause: trial.status = .paused
    case .complete: trial.status = .completed
    case .stopDiverged:
      trial.status = .stopped
      trial.reason = "diverged at step \(report.step)"
    case .stopCut:
      trial.status = .stopped
      trial.reason = "beyond the safety cut of \(settings.cut.bitsPerByte) bits per byte"
    }
    return RungResult(
      trial: trial.id, rung: report.rung, step: report.step, bitsPerByte: score,
      decision: decision, rank: try records.countBetter(than: key, rung: report.rung) + 1,
      reported: try records.reported(rung: report.rung) + 1, worker: worker?.id ?? "",
      token: report.token, binaryHash: worker?.binaryHash ?? "",
      kernelVariant: worker?.kernelVariant ?? "", mixed: trial.mixed, time: now)
  }

  private func detail(
    of result: RungResult, nextByteSteps: Int, _ race: RaceRecord
  ) -> [String: JSONValue] {
    [
      "rung": .int(result.rung), "step": .int(result.step), "bpb": .number(result.bitsPerByte),
      "decision": .string(result.decision.rawValue), "rank": .int(result.rank),
      "reported": .int(result.reported),
      // The safety cut counts these; a replay needs them.
      "next_byte_steps": .int(nextByteSteps),
      "cut": .int(race.settings.promotion.cut(reported: result.reported)),
      "rule": .string("promotion-\(PromotionRule.version)"), "token": .int(result.token),
      "worker": .string(result.worker), "binary_hash": .string(result.binaryHash),
      "kernel_variant": .string(result.kernelVariant), "mixed": .bool(result.mixed),
      "data_hash": .string(race.settings.corpusSHA256),
    ]
  }
}
