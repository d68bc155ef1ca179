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
    _ source: Claim.Source, reserved: Int, isExpired: Bool
  ) throws {
    let isNew = source == .proposed || source == .enqueued || source == .planned
    try permitted(trial.id) { () throws(InvariantViolation) in
      try DecisionCheck.check(
        DecisionCheck.Grant(
          token: lease.token, lastToken: lastToken, isHeld: trial.lease != nil,
          // What a lease that ran out had reserved is its own, also where the budget was lowered since.
          newSteps: isExpired ? 0 : reserved,
          allSteps: race.stepsUsed + race.stepsReserved, stepLimit: race.settings.budget.steps,
          isNew: isNew, started: race.trialsStarted, trialLimit: race.settings.budget.trials))
    }
  }

  func checkExpiry(_ lease: Lease?, of trial: Int, at now: Instant) throws {
    guard let lease else { return }
    try permitted(trial) { () throws(InvariantViolation) in
      try DecisionCheck.check(expiry: lease.expiry.microseconds, now: now.microseconds)
    }
  }

  func checkVerdict(_ verification: Verification, _ race: RaceRecord) throws {
    guard let verdict = verification.verdict else { return }
    try permitted(verification.trial) { () throws(InvariantViolation) in
      try DecisionCheck.check(
        DecisionCheck.Verdict(
          // Every run is trained to the steps that the candidate was put forward with.
          runs: verification.seeds.map {
            VictoryRule.Run(
              seed: $0, steps: verification.steps, score: verification.scores[$0]?.bitsPerByte)
          },
          required: verification.steps, target: race.settings.targetBPB,
          candidate: verification.candidate, outcome: verdict.outcome.proven))
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
