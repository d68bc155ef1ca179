/// How far a planned race has come: a view of its plan, its decisions and its trials.
///
/// Everything here is a pure function of these three.
struct ExperimentState {
  /// A trial that the plan asks for.
  struct Slot: Hashable {
    var cell: Int
    var stage: Assignment.Stage
    var seed: Int
    var steps: Int
  }

  private struct Place: Hashable {
    var cell: Int
    var stage: Assignment.Stage
    var seed: Int
  }

  let experiment: Experiment
  var decisions: [ExperimentDecision]
  private let trials: [Place: Trial]

  init(_ experiment: Experiment, _ decisions: [ExperimentDecision], _ trials: [Trial]) {
    self.experiment = experiment
    self.decisions = decisions
    self.trials = trials.reduce(into: [:]) { all, trial in
      guard let place = trial.assignment else { return }
      all[Place(cell: place.cell, stage: place.stage, seed: trial.seed)] = trial
    }
  }

  func decision(
    _ kind: ExperimentDecision.Kind, _ cell: Int, _ stage: Assignment.Stage
  ) -> ExperimentDecision? {
    decisions.first { $0.kind == kind && $0.cell == cell && $0.stage == stage }
  }

  /// Returns the trial of a lever on a seed; the one at equal steps also at equal time, where the
  /// two are the same.
  func trial(_ cell: Int, _ stage: Assignment.Stage, seed: Int) -> Trial? {
    let own = isSame(cell) ? .planned : stage
    return trials[Place(cell: cell, stage: own, seed: seed)]
  }

  /// Whether a cell's steps at equal time are its planned ones; true of the baseline.
  func isSame(_ cell: Int) -> Bool {
    cell == 0 || decision(.steps, cell, .equalTime)?.value == experiment.cells[cell].steps
  }

  /// The decision on a cell's seeds at a stage; the one at equal steps, where the two are the same.
  func seedDecision(_ cell: Int, _ stage: Assignment.Stage) -> ExperimentDecision? {
    decision(.seeds, cell, isSame(cell) ? .planned : stage)
  }

  /// Returns the seeds of a cell at a stage, so far as they are decided.
  func seeds(_ cell: Int, _ stage: Assignment.Stage) -> [Int] {
    let first = experiment.cells[cell].seeds
    let count = seedDecision(cell, stage)?.value ?? first.count
    return Array((first + experiment.extraSeeds).prefix(count))
  }

  /// The trials of the plan in the order in which they start, so far as they are decided.
  ///
  /// One seed of every cell comes before the next seed of any, so that what is there can be
  /// compared at any time.
  var slots: [Slot] {
    let cells = experiment.cells
    var slots: [Slot] = []
    var known: Set<Slot> = []
    func add(_ cell: Int, _ stage: Assignment.Stage, _ seed: Int, _ steps: Int) {
      let slot = Slot(cell: cell, stage: stage, seed: seed, steps: steps)
      if known.insert(slot).inserted { slots.append(slot) }
    }
    for place in 0..<(cells.map(\.seeds.count).max() ?? 0) {
      for (index, cell) in cells.enumerated() where place < cell.seeds.count {
        add(index, .planned, cell.seeds[place], cell.steps)
      }
    }
    guard experiment.kind == .ablation else { return slots }
    for index in cells.indices.dropFirst() {
      let steps = decision(.steps, index, .equalTime)?.value
      for stage in Assignment.Stage.allCases {
        // The baseline is there on every seed of every lever.
        for seed in seeds(index, stage) {
          add(0, .planned, seed, cells[0].steps)
          switch stage {
          case .planned: add(index, .planned, seed, cells[index].steps)
          case .equalTime:
            if let steps, !isSame(index) { add(index, .equalTime, seed, steps) }
          }
        }
      }
    }
    return slots
  }

  /// The first trial of the plan that does not exist yet.
  var next: Slot? {
    slots.first { trials[Place(cell: $0.cell, stage: $0.stage, seed: $0.seed)] == nil }
  }

  /// Returns whether a trial is over, however it ended.
  func isSettled(_ cell: Int, _ stage: Assignment.Stage, seed: Int) -> Bool {
    trial(cell, stage, seed: seed)?.status.isFinal ?? false
  }

  /// Whether the cell's trials on these seeds and the baseline's are over.
  func areSettled(_ cell: Int, _ stage: Assignment.Stage, _ seeds: [Int]) -> Bool {
    seeds.allSatisfy {
      isSettled(cell, stage, seed: $0) && isSettled(0, .planned, seed: $0)
    }
  }

  /// Returns the score of a trial that is over; `nil` for one that ended without.
  func score(_ cell: Int, _ stage: Assignment.Stage, seed: Int) -> Double? {
    guard let trial = trial(cell, stage, seed: seed) else { return nil }
    return trial.status == .completed || trial.status == .winner ? trial.bitsPerByte : nil
  }

  /// Returns what the lever changes, in bits per byte, on each seed where both have a score.
  func differences(_ cell: Int, _ stage: Assignment.Stage, _ seeds: [Int]) -> [(Int, Double)] {
    seeds.compactMap { seed in
      guard let own = score(cell, stage, seed: seed), let base = score(0, .planned, seed: seed)
      else { return nil }
      return (seed, own - base)
    }
  }

  /// Returns the median processor seconds per step over the cell's first seeds, at planned steps.
  func pace(_ cell: Int) -> Double? {
    SampleStatistics.median(
      experiment.cells[cell].seeds.compactMap { seed in
        score(cell, .planned, seed: seed) == nil
          ? nil : trial(cell, .planned, seed: seed)?.processorSecondsPerStep
      })
  }
}
