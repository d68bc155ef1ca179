extension RaceMachine {
  /// Starts the work of an option.
  ///
  /// - Returns: `nil` when the whole search space was found to be tried.
  mutating func start(
    _ source: Plan.Source, _ race: inout RaceRecord, by worker: WorkerRecord, at now: Instant
  ) throws -> Claim? {
    switch source {
    case .promotion(let trial, let rank, let reported, let next):
      return try promote(
        trial, to: (trial.rung ?? 0) + 1, &race, by: worker, source: .promoted,
        rank: rank, reported: reported, next: next, at: now)
    case .enqueued(var trial):
      race.trialsStarted += 1
      let claim = try lease(
        &trial, &race, to: trial.firstRung, by: worker, source: .enqueued, at: now)
      try records.update(race)
      return claim
    case .proposal:
      guard var trial = try propose(&race, at: now) else { return nil }
      race.trialsStarted += 1
      let claim = try lease(
        &trial, &race, to: trial.firstRung, by: worker, source: .proposed, at: now)
      try records.update(race)
      return claim
    }
  }

  /// Promotes a paused trial, out of turn if the drain rule says so.
  mutating func promote(
    _ paused: Trial, to target: Int, _ race: inout RaceRecord, by worker: WorkerRecord,
    source: Claim.Source, plan: Plan, at now: Instant
  ) throws -> Claim {
    let rung = paused.rung ?? 0
    let rank = try records.countBetter(than: paused.key, rung: rung) + 1
    return try promote(
      paused, to: target, &race, by: worker, source: source, rank: rank,
      reported: try records.reported(rung: rung), remaining: plan.situation.remaining, at: now)
  }

  private mutating func promote(
    _ paused: Trial, to target: Int, _ race: inout RaceRecord, by worker: WorkerRecord,
    source: Claim.Source, rank: Int, reported: Int, next: Int = 0,
    remaining: DrainRule.Remaining? = nil,
    at now: Instant
  ) throws -> Claim {
    var trial = paused
    let rule = race.settings.promotion
    try checkPromotion(
      of: trial, to: target, race, source, rank: rank, reported: reported, next: next)
    var detail: [String: JSONValue] = [
      "from_rung": .integer(trial.rung), "to_rung": .int(target), "rank": .int(rank),
      "reported": .int(reported), "cut": .int(rule.cut(reported: reported)),
      "eta": .int(rule.eta), "bpb": .number(trial.bitsPerByte),
    ]
    if source == .drained {
      detail["rule"] = .string("drain-\(DrainRule.version)")
      detail["remaining_steps"] = .integer(remaining?.steps)
      detail["remaining_seconds"] = .number(remaining?.seconds)
    } else {
      detail["rule"] = .string("promotion-\(PromotionRule.version)")
    }
    try save(&trial, &race, source == .drained ? .drained : .promoted, detail, at: now)
    let claim = try lease(&trial, &race, to: target, by: worker, source: source, at: now)
    try records.update(race)
    return claim
  }

  /// Adds a trial and its first event.
  mutating func insert(
    _ configuration: Configuration, seed: Int?, origin: Trial.Origin,
    assignment: Assignment? = nil, _ race: inout RaceRecord, _ kind: RaceEvent.Kind,
    _ extra: [String: JSONValue] = [:], at now: Instant
  ) throws -> Trial {
    race.trialCount += 1
    let number = race.trialCount
    var trial = Trial(
      id: number, configuration: configuration,
      seed: seed ?? SelectionSeeds.seed(race: race.settings.seed, trial: number), origin: origin,
      firstRung: race.settings.firstRung(of: configuration), assignment: assignment, created: now)
    try records.insert(trial)
    var detail = extra
    detail["configuration"] = configuration.json
    detail["fingerprint"] = .string(trial.fingerprint)
    detail["seed"] = .int(trial.seed)
    detail["origin"] = .string(origin.rawValue)
    try save(&trial, &race, kind, detail, at: now)
    return trial
  }

  /// Takes a lease with a new token, and reserves the steps up to the rung.
  mutating func lease(
    _ trial: inout Trial, _ race: inout RaceRecord, to target: Int, by worker: WorkerRecord,
    source: Claim.Source, isExpired: Bool = false, at now: Instant
  ) throws -> Claim {
    let settings = race.settings
    let lastToken = race.lastToken
    race.lastToken += 1
    let lease = Lease(
      owner: worker.id, token: race.lastToken,
      expiry: now.advanced(bySeconds: settings.leaseSeconds))
    let steps = trial.steps(at: target, in: settings.ladder)
    let reserved = max(0, steps - trial.stepsCharged)
    race.stepsReserved += reserved
    try checkGrant(
      lease, after: lastToken, of: trial, race, source, reserved: reserved, isExpired: isExpired)
    let variant = worker.kernelVariant
    if variant != settings.kernelVariant || (trial.kernelVariant ?? variant) != variant {
      trial.mixed = true
    }
    trial.kernelVariant = trial.kernelVariant ?? variant
    trial.status = .running
    trial.targetRung = target
    trial.lease = lease
    try save(
      &trial, &race, .claimed,
      [
        "worker": .string(worker.id), "machine": .string(worker.machine),
        "agent_id": .string(worker.agentID), "branch": .string(worker.branch),
        "binary_hash": .string(worker.binaryHash), "kernel_variant": .string(variant),
        "data_hash": .string(settings.corpusSHA256), "mixed": .bool(trial.mixed),
        "token": .int(lease.token), "source": .string(source.rawValue), "rung": .int(target),
        "from_step": .int(trial.checkpoint?.step ?? 0), "reserved_steps": .int(reserved),
      ], at: now)
    return Claim(
      trial: trial.id, configuration: trial.configuration, seed: trial.seed, rung: target,
      targetStep: steps, scheduleSteps: trial.scheduleSteps(in: settings.ladder),
      checkpoint: trial.checkpoint, lease: lease, source: source, mixed: trial.mixed,
      bitsPerByte: trial.bitsPerByte)
  }
}
