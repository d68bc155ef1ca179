extension RaceMachine {
  /// Gives a worker the next piece of work, with a lease on it.
  ///
  /// In this order: a suspended trial or one whose lease ran out, highest target first; a
  /// promotion, from the highest rung down; an enqueued trial; a new proposal. Near the end of a
  /// budget ``DrainRule`` may choose otherwise. A race with a plan takes its next trial instead. The
  /// steps up to the rung are reserved here.
  public mutating func claim(worker: String, at now: Instant) throws -> ClaimAnswer {
    var race = try records.race()
    guard var record = try records.worker(worker) else {
      throw RaceError.notRegistered(worker)
    }
    record.lastSeen = now
    try records.put(record)
    if let answer = closedAnswer(race, at: now) { return answer }
    if let claim = try resume(&race, by: record, at: now) { return .work(claim) }
    if let experiment = race.settings.experiment {
      return try claimPlanned(experiment, &race, by: record, at: now)
    }
    let plan = try plan(race, at: now)
    switch drain.decide(plan.situation) {
    case .ordinary(let index):
      if let claim = try start(plan.options[index], &race, by: record, at: now) {
        return .work(claim)
      }
      return try nothing(&race, plan, at: now)
    case .drain(let id):
      let claim = try promote(
        try existing(id), to: plan.goal, &race, by: record,
        source: .drained, plan: plan, at: now)
      return .work(claim)
    case .step(let id):
      let trial = try existing(id)
      let claim = try promote(
        trial, to: (trial.rung ?? 0) + 1, &race, by: record, source: .drained, plan: plan, at: now)
      return .work(claim)
    case .idle:
      return try nothing(&race, plan, at: now)
    }
  }

  /// Returns the answer of a race that hands out no work at all, if it is one.
  func closedAnswer(_ race: RaceRecord, at now: Instant) -> ClaimAnswer? {
    switch race.state {
    case .stopped: return .finished(.stoppedByUser)
    case .won: return .finished(.won)
    case .active: break
    }
    if let left = race.remainingSeconds(at: now) {
      if left <= 0 { return .finished(.deadline) }
      if race.session?.isLive(at: now) != true { return .wait(.noSession) }
    }
    return nil
  }

  /// Continues an interrupted trial, if one fits.
  private mutating func resume(
    _ race: inout RaceRecord, by worker: WorkerRecord, at now: Instant
  ) throws -> Claim? {
    for candidate in try records.resumable(at: now, limit: 64) {
      var trial = candidate
      guard let target = trial.targetRung else { continue }
      let expired = trial.status == .running
      let cost = cost(of: trial, from: trial.checkpoint?.step ?? 0, to: target, race)
      // The steps of an expired lease are still reserved; they are its own.
      let own = expired ? cost.steps : 0
      let left = DrainRule.Remaining(
        steps: race.remainingSteps.map { $0 + own },
        // What a plan began is never in vain: it goes on in the next session.
        seconds: race.settings.experiment == nil ? race.remainingSeconds(at: now) : nil)
      guard drain.fits(cost, left) else { continue }
      if expired {
        try checkExpiry(trial.lease, of: trial.id, at: now)
        if try !expire(&trial, &race, at: now) { continue }
      }
      let claim = try lease(
        &trial, &race, to: target, by: worker, source: .resumed, isExpired: expired, at: now)
      try records.update(race)
      return claim
    }
    return nil
  }

  /// Puts a trial whose lease ran out back at its last checkpoint.
  ///
  /// - Returns: Whether it may be tried again.
  mutating func expire(
    _ trial: inout Trial, _ race: inout RaceRecord, at now: Instant
  ) throws -> Bool {
    let owner = trial.lease?.owner
    drop(&trial, &race, in: race.settings.ladder)
    trial.losses += 1
    trial.status = .suspended
    try save(
      &trial, &race, .expired,
      [
        "worker": .text(owner), "losses": .int(trial.losses),
        "checkpoint_step": .integer(trial.checkpoint?.step),
      ], at: now)
    if trial.losses >= race.settings.maximumLosses {
      try giveUp(&trial, &race, reason: "lost by \(trial.losses) workers in a row", at: now)
      try records.update(race)
      return false
    }
    return true
  }

  /// Estimates what it takes to bring a trial from its checkpoint to a rung: the steps at the
  /// measured pace, and the evaluation at their end.
  func cost(of trial: Trial?, from step: Int, to rung: Int, _ race: RaceRecord) -> DrainRule.Cost {
    let ladder = race.settings.ladder
    let target = trial?.steps(at: rung, in: ladder) ?? ladder.steps(rung)
    let pace = trial?.secondsPerStep ?? race.secondsPerStep
    return DrainRule.Cost(
      steps: max(0, target - (trial?.stepsCharged ?? step)),
      seconds: pace.map { $0 * Double(max(0, target - step)) + race.secondsPerEvaluation })
  }

  /// Answers a worker for which there is nothing.
  private mutating func nothing(
    _ race: inout RaceRecord, _ plan: Plan, at now: Instant
  ) throws -> ClaimAnswer {
    if plan.situation.othersRunning { return .wait(.othersRunning) }
    if plan.situation.remaining.steps == 0 { return .finished(.stepBudget) }
    if !plan.options.isEmpty || plan.hasSuspended {
      return .finished(race.settings.budget.seconds == nil ? .stepBudget : .tooLate)
    }
    if race.remainingTrials == 0 { return .finished(.trialBudget) }
    return .finished(.spaceExhausted)
  }
}
