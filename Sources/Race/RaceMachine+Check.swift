internal import Invariants

/// Each decision, before it is written, judged by the rules as the proofs state them.
///
/// The facts are those that the decision was made on: nothing is looked up. A breach ends the
/// operation, which leaves the tables as they were.
extension RaceMachine {
  func checkPromotion(
    of trial: Trial, to target: Int, _ race: RaceRecord, _ source: Claim.Source, rank: Int,
    reported: Int, next: Int
  ) throws {
    let (ladder, rule) = (race.settings.ladder, race.settings.promotion)
    try permitted(trial.id) { () throws(InvariantViolation) in
      try DecisionCheck.check(
        DecisionCheck.Promotion(
          eta: rule.eta, isDelayed: rule.delayed, next: next, rank: rank, reported: reported,
          from: trial.rung ?? -1, to: target, top: ladder.top, isDrained: source == .drained))
    }
  }

  func checkReport(_ result: RungResult, nextByteSteps: Int, _ race: RaceRecord) throws {
    let settings = race.settings
    let fate: DecisionCheck.Fate =
      switch result.decision {
      case .pause: .paused
      case .complete: .completed
      case .stopDiverged: .diverged
      case .stopCut: .cut
      }
    try permitted(result.trial) { () throws(InvariantViolation) in
      try DecisionCheck.check(
        DecisionCheck.Report(
          score: result.bitsPerByte, nextByteSteps: nextByteSteps,
          cut: settings.experiment == nil ? settings.cut.bitsPerByte : nil,
          cutAfter: settings.cut.afterSteps, rung: result.rung, top: settings.ladder.top,
          rank: result.rank, reported: result.reported, fate: fate))
    }
  }

  func checkGrant(
    _ lease: Lease, after lastToken: Int, of trial: Trial, _ race: RaceRecord,
    _ source: Claim.Source, reserved: Int
  ) throws {
    let isNew = source == .proposed || source == .enqueued || source == .planned
    try permitted(trial.id) { () throws(InvariantViolation) in
      try DecisionCheck.check(
        DecisionCheck.Grant(
          token: lease.token, lastToken: lastToken, isHeld: trial.lease != nil,
          // What a trial takes up again was within the budget before it was lowered.
          newSteps: source == .resumed ? 0 : reserved,
          allSteps: race.stepsUsed + race.stepsReserved, stepLimit: race.settings.budget.steps,
          isNew: isNew, started: race.trialsStarted, trialLimit: race.settings.budget.trials))
    }
  }

  /// Turns a violation into the failure that stops a race.
  private func permitted(
    _ trial: Int, _ check: () throws(InvariantViolation) -> Void
  ) throws {
    do {
      try check()
    } catch {
      throw RaceError(
        .violation, "trial \(trial): \(error)",
        hint: "the store is as it was before; keep it, and report this", cause: error)
    }
  }
}
