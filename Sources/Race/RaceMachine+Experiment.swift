extension RaceMachine {
  /// Gives a worker the next trial of a plan.
  ///
  /// First it makes the decisions that are due, each with its event. A plan has no end game: what
  /// a budget cuts short goes on with a larger one. O(trials of the plan).
  mutating func claimPlanned(
    _ experiment: Experiment, _ race: inout RaceRecord, by worker: WorkerRecord, at now: Instant
  ) throws -> ClaimAnswer {
    let trials = try records.trials(limit: .max, offset: 0)
    var state = ExperimentState(experiment, race.decisions, trials)
    for decision in state.due {
      race.decisions.append(decision)
      try save(&race, .decided, detail(of: decision, experiment), at: now)
    }
    state.decisions = race.decisions
    let othersRunning = try records.running(at: now).count > 0
    guard let slot = state.next else {
      let isDone = !othersRunning && trials.allSatisfy(\.status.isFinal)
      race.exhausted = isDone
      try records.update(race)
      if othersRunning { return .wait(.othersRunning) }
      return .finished(isDone ? .planDone : .stepBudget)
    }
    race.exhausted = false
    if race.remainingTrials == 0 || (race.remainingSteps ?? .max) < slot.steps {
      try records.update(race)
      if othersRunning { return .wait(.othersRunning) }
      return .finished(race.remainingTrials == 0 ? .trialBudget : .stepBudget)
    }
    let cell = experiment.cells[slot.cell]
    var trial = try insert(
      experiment.configuration(of: cell, steps: slot.steps), seed: slot.seed,
      origin: experiment.origin,
      assignment: Assignment(cell: slot.cell, stage: slot.stage, steps: slot.steps), &race,
      .planned,
      [
        "cell": .string(cell.name), "stage": .string(slot.stage.rawValue),
        "steps": .int(slot.steps), "scale": .number(experiment.scale),
        "why": .string(why(slot, state)),
      ], at: now)
    race.trialsStarted += 1
    let claim = try lease(
      &trial, &race, to: trial.firstRung, by: worker, source: .planned, at: now)
    try records.update(race)
    return .work(claim)
  }

  private func why(_ slot: ExperimentState.Slot, _ state: ExperimentState) -> String {
    let first = state.experiment.cells[slot.cell].seeds
    switch slot.stage {
    case .planned where first.contains(slot.seed): return "the plan names it"
    case .planned where slot.cell == 0:
      return "a lever has this seed, and is compared with the baseline on it"
    case .planned: return state.decision(.seeds, slot.cell, .planned)?.why ?? "the plan names it"
    case .equalTime where first.contains(slot.seed):
      return "to be compared at the baseline's processor time"
    case .equalTime:
      return state.decision(.seeds, slot.cell, .equalTime)?.why ?? "the plan names it"
    }
  }

  private func detail(
    of decision: ExperimentDecision, _ experiment: Experiment
  ) -> [String: JSONValue] {
    var detail = decision.evidence
    detail["decision"] = .string(decision.kind.rawValue)
    detail["cell"] = .string(experiment.cells[decision.cell].name)
    detail["stage"] = .string(decision.stage.rawValue)
    detail["value"] = .integer(decision.value)
    detail["why"] = .string(decision.why)
    return detail
  }
}
