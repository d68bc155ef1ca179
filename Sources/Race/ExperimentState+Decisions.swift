extension ExperimentState {
  /// The decisions that are due: the first seeds of a lever and of the baseline are over, and
  /// nothing is decided yet.
  var due: [ExperimentDecision] {
    guard experiment.kind == .ablation else { return [] }
    return experiment.cells.indices.dropFirst().flatMap { cell in
      var due: [ExperimentDecision] = []
      if isReady(cell, .planned) {
        if decision(.seeds, cell, .planned) == nil { due.append(seeds(of: cell, .planned)) }
        if decision(.steps, cell, .equalTime) == nil { due.append(steps(of: cell)) }
      }
      if decision(.steps, cell, .equalTime)?.value != nil, !isSame(cell),
        decision(.seeds, cell, .equalTime) == nil, isReady(cell, .equalTime)
      {
        due.append(seeds(of: cell, .equalTime))
      }
      return due
    }
  }

  private func isReady(_ cell: Int, _ stage: Assignment.Stage) -> Bool {
    areSettled(cell, stage, experiment.cells[cell].seeds)
  }

  /// Adds seeds where the mean difference is under twice the spread of the differences.
  private func seeds(of cell: Int, _ stage: Assignment.Stage) -> ExperimentDecision {
    let first = experiment.cells[cell].seeds
    let most = first.count + experiment.extraSeeds.count
    let found = SampleStatistics(differences(cell, stage, first).map(\.1))
    var decision = ExperimentDecision(
      kind: .seeds, cell: cell, stage: stage, value: first.count, why: "",
      evidence: [
        "pairs": .int(found.count), "mean_difference": .number(found.mean),
        "spread": .number(found.deviation),
      ])
    guard let mean = found.mean, let spread = found.deviation else {
      decision.why = "fewer than 2 pairs of scores, which more seeds would not mend"
      return decision
    }
    if abs(mean) >= 2 * spread {
      decision.why = "the mean difference is twice its spread or more"
    } else if most == first.count {
      decision.why = "the mean difference is under twice its spread, and the plan has no more seeds"
    } else {
      decision.why = "the mean difference is under twice its spread"
      decision.value = most
    }
    return decision
  }

  /// Chooses the steps whose processor time is that of the baseline.
  private func steps(of cell: Int) -> ExperimentDecision {
    var decision = ExperimentDecision(
      kind: .steps, cell: cell, stage: .equalTime, value: nil,
      why: "the lever or the baseline has no score with a measured processor time")
    guard let own = pace(cell), let base = pace(0), own > 0, base > 0 else { return decision }
    let planned = experiment.cells[cell].steps
    let ratio = own / base
    decision.evidence = [
      "seconds_per_step": .number(own), "baseline_seconds_per_step": .number(base),
      "ratio": .number(ratio), "baseline_steps": .int(planned),
    ]
    if abs(ratio - 1) <= experiment.tolerance {
      decision.value = planned
      decision.why = "a step takes the baseline's processor time, within the plan's tolerance"
    } else {
      decision.value = max(1, Int((Double(planned) / ratio).rounded()))
      decision.why = "baseline steps divided by the ratio of processor seconds per step"
    }
    return decision
  }
}
