extension ExperimentState {
  func scores(
    _ cell: Int, _ stage: Assignment.Stage, _ seeds: [Int]
  ) -> [ExperimentTable.Score] {
    seeds.compactMap { seed in
      guard let trial = trial(cell, stage, seed: seed), let score = score(cell, stage, seed: seed)
      else { return nil }
      return ExperimentTable.Score(trial: trial.id, seed: seed, bitsPerByte: score)
    }
  }

  /// Returns what became of the trials that are over without a score.
  func lost(_ cell: Int, _ stage: Assignment.Stage, _ seeds: [Int]) -> [String] {
    seeds.compactMap { seed in
      guard isSettled(cell, stage, seed: seed), score(cell, stage, seed: seed) == nil,
        let trial = trial(cell, stage, seed: seed)
      else { return nil }
      return "seed \(seed): \(trial.reason ?? trial.status.rawValue)"
    }
  }

  func processorSeconds(of cell: Int) -> Double {
    let stages = isSame(cell) ? [Assignment.Stage.planned] : Assignment.Stage.allCases
    let seeds = experiment.cells[cell].seeds + experiment.extraSeeds
    let trials = stages.flatMap { stage in seeds.compactMap { trial(cell, stage, seed: $0) } }
    return trials.reduce(0) { $0 + Double($1.processorMicroseconds) / 1e6 }
  }

  /// Returns a lever's comparison with the baseline.
  func lever(_ cell: Int) -> ExperimentTable.Lever {
    let equalSteps = comparison(cell, .planned)
    let equalTime = comparison(cell, .equalTime)
    var ratio: Double?
    switch decision(.steps, cell, .equalTime)?.evidence["ratio"] {
    case .double(let value): ratio = value
    case .int(let value): ratio = Double(value)
    default: break
    }
    return ExperimentTable.Lever(
      equalSteps: equalSteps, equalTime: equalTime, stepRatio: ratio,
      verdict: verdict(equalSteps, equalTime))
  }

  private func comparison(
    _ cell: Int, _ stage: Assignment.Stage
  ) -> ExperimentTable.Comparison {
    let seeds = seeds(cell, stage)
    let decidedSteps = decision(.steps, cell, .equalTime)
    let steps = stage == .planned ? experiment.cells[cell].steps : decidedSteps?.value
    let seedDecision = seedDecision(cell, stage)
    let pairs = differences(cell, stage, seeds)
    let cannotBe = stage == .equalTime && decidedSteps != nil && steps == nil
    return ExperimentTable.Comparison(
      steps: steps, pairs: pairs.map { .init(seed: $0.0, difference: $0.1) },
      wanted: cannotBe ? 0 : seeds.count, lost: lost(cell, stage, seeds),
      isOver: cannotBe || (areSettled(cell, stage, seeds) && seedDecision != nil),
      timeRatio: timeRatio(cell, stage, pairs.map(\.0)),
      why: cannotBe ? decidedSteps?.why : seedDecision?.why)
  }

  private func timeRatio(_ cell: Int, _ stage: Assignment.Stage, _ seeds: [Int]) -> Double? {
    func total(_ cell: Int, _ stage: Assignment.Stage) -> Int64 {
      seeds.reduce(0) { $0 + (trial(cell, stage, seed: $1)?.processorMicroseconds ?? 0) }
    }
    let (own, base) = (total(cell, stage), total(0, .planned))
    return own > 0 && base > 0 ? Double(own) / Double(base) : nil
  }

  private func verdict(
    _ equalSteps: ExperimentTable.Comparison, _ equalTime: ExperimentTable.Comparison
  ) -> ExperimentTable.Verdict {
    guard equalSteps.isOver, equalTime.isOver else { return .pending }
    if !equalSteps.lost.isEmpty || !equalTime.lost.isEmpty { return .unstable }
    guard let interval = equalTime.statistics.interval else { return .unknown }
    if interval.upperBound < 0 { return .helps }
    return interval.lowerBound > 0 ? .hurts : .noEffectShown
  }
}
