internal import Determinism
public import Race

/// Planned races for tests of stores: what a trial scores and costs follows from its lever, seed
/// and steps, so that the same rows come out however a race was interrupted.
extension TestRace {
  /// Steps that the plans name.
  public static let plannedSteps = 100

  /// Returns the settings of a race with a plan.
  ///
  /// The ablation's levers are `good` (better at equal steps, twice as dear a step), `unclear` (no
  /// effect, the baseline's cost) and `diverging` (one of three seeds has no score).
  public static func settings(
    plan kind: Experiment.Kind, budget: Budget = .unlimited
  ) throws -> RaceSettings {
    let space = try SearchSpace(["lever": .fixed(.string("none"))])
    var settings = RaceSettings(
      name: "plan", seed: 7, corpus: "synthetic", corpusSHA256: "c0ffee",
      ladder: try RungLadder(unit: plannedSteps, count: 1), space: space)
    settings.budget = budget
    settings.lessons = false
    settings.experiment = experiment(kind)
    return settings
  }

  /// Returns the settings of a race with a plan, or of one that draws its trials.
  static func settings(budget: Budget, or plan: Experiment.Kind?) throws -> RaceSettings {
    guard let plan else { return try settings(budget: budget) }
    return try settings(plan: plan, budget: budget)
  }

  /// Returns a small plan of each kind.
  public static func experiment(_ kind: Experiment.Kind) -> Experiment {
    switch kind {
    case .grid:
      Experiment(
        kind: .grid, cells: ["none", "good"].map { cell($0, seeds: [1_000, 1_001]) })
    case .ablation:
      Experiment(
        kind: .ablation,
        cells: ["none", "good", "unclear", "diverging"].map {
          cell($0, seeds: [1_000, 1_001, 1_002])
        }, extraSeeds: [1_003, 1_004], tolerance: 0.02)
    case .rows:
      Experiment(
        kind: .rows,
        cells: [
          cell("none", seeds: [42, 43, 44], published: 1.5),
          cell("good", seeds: [7], steps: 30),
        ])
    }
  }

  private static func cell(
    _ lever: String, seeds: [Int], steps: Int = plannedSteps, published: Double? = nil
  ) -> Experiment.Cell {
    let changes = Configuration(["lever": .string(lever)])
    return Experiment.Cell(
      name: lever, changes: changes, configuration: changes, seeds: seeds, steps: steps,
      fullSteps: steps, published: published.map { .double($0) }, reason: "a test")
  }

  /// Returns what a trial scores: better with steps, and with luck that its seed alone decides.
  public static func plannedScore(_ claim: Claim) -> Double {
    var luck = SplitMix64(seed: UInt64(claim.seed))
    let base = 2 + luck.unit() / 10 + 10 / Double(claim.targetStep)
    switch claim.configuration["lever"] {
    case .string("good"): return base - 0.05 - luck.unit() / 1_000
    case .string("unclear"): return base + (claim.seed.isMultiple(of: 2) ? 0.01 : -0.012)
    case .string("diverging"): return claim.seed == 1_001 ? .nan : base + 0.1
    default: return base
    }
  }

  /// Returns the report of a planned trial; the processor time of its steps is part of the work.
  public static func plannedReport(_ claim: Claim) -> Report {
    let score = plannedScore(claim)
    var report = report(claim, bpb: score)
    if !score.isFinite { report.checkpoint = nil }
    report.work = plannedWork(claim, steps: claim.targetStep - (claim.checkpoint?.step ?? 0))
    return report
  }

  /// Returns the work of so many steps of a planned trial.
  public static func plannedWork(_ claim: Claim, steps: Int) -> Work {
    let isDear = claim.configuration["lever"] == .string("good")
    return Work(
      steps: steps, microseconds: Int64(steps) * 1_500,
      processorMicroseconds: Int64(steps) * (isDear ? 2_000 : 1_000))
  }
}
