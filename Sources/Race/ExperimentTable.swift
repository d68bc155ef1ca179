/// What a planned race has found so far.
///
/// A pure function of the plan, the decisions and the trials; a trial that is not over counts as
/// missing.
public struct ExperimentTable: Hashable, Sendable {
  /// A trial of the plan that is over and has a score.
  public struct Score: Hashable, Sendable {
    public var trial: Int
    public var seed: Int
    /// Validation bits per byte.
    public var bitsPerByte: Double
  }

  /// The trials of a cell at its planned steps.
  public struct Line: Hashable, Sendable {
    public var cell: Experiment.Cell
    public var scores: [Score]
    /// Trials that the plan has for it so far.
    public var wanted: Int
    /// Trials that are over without a score, by what became of them.
    public var lost: [String]
    /// Processor time that the training of all its trials took so far.
    public var processorSeconds: Double
    /// The comparison with the baseline; `nil` for a cell that is compared with none.
    public var lever: Lever?

    public var statistics: SampleStatistics { SampleStatistics(scores.map(\.bitsPerByte)) }
    /// Whether all that the plan has for it so far is over.
    public var isComplete: Bool { scores.count + lost.count == wanted && (lever?.isOver ?? true) }
  }

  /// A lever of an ablation against the baseline.
  public struct Lever: Hashable, Sendable {
    public var equalSteps: Comparison
    public var equalTime: Comparison
    /// Processor seconds of a step as a multiple of the baseline's, by which the steps at equal
    /// time were chosen; `nil` before they were.
    public var stepRatio: Double?
    public var verdict: Verdict
    /// Whether all its trials are over.
    public var isOver: Bool { equalSteps.isOver && equalTime.isOver }
  }

  /// A lever's trials against the baseline's on the same seeds.
  public struct Comparison: Hashable, Sendable {
    /// What the lever changes on a seed.
    public struct Pair: Hashable, Sendable {
      public var seed: Int
      /// Bits per byte of the lever less those of the baseline: negative is better.
      public var difference: Double
    }

    /// Steps of the lever's trials; `nil` while they are not chosen, or cannot be.
    public var steps: Int?
    public var pairs: [Pair]
    /// Pairs that the plan has so far.
    public var wanted: Int
    /// Trials of the lever that are over without a score, by what became of them.
    public var lost: [String]
    /// Whether all pairs that there will be are there.
    public var isOver: Bool
    /// Processor time of the lever's trials as a multiple of the baseline's on the same seeds.
    public var timeRatio: Double?
    /// Why it has the seeds that it has, once decided.
    public var why: String?

    public var statistics: SampleStatistics { SampleStatistics(pairs.map(\.difference)) }
  }

  /// What a lever is worth at equal processor time.
  public enum Verdict: String, Sendable, Codable {
    /// The 95 % interval is below 0.
    case helps
    /// The 95 % interval is above 0.
    case hurts
    /// The 95 % interval holds 0.
    case noEffectShown = "no_effect_shown"
    /// A trial of the lever diverged or was given up.
    case unstable
    /// Fewer than two pairs, and there will be no more.
    case unknown
    /// Trials are missing.
    case pending
  }

  public var kind: Experiment.Kind
  public var scale: Double
  public var tolerance: Double
  /// In the plan's order.
  public var lines: [Line]
  /// Trials that are over.
  public var done: Int
  /// Trials that the plan has so far; an ablation may add some.
  public var wanted: Int

  /// Whether the whole plan is done.
  public var isComplete: Bool { lines.allSatisfy(\.isComplete) }

  /// Returns a line's mean less its published figure; `nil` for a scaled run, whose steps are others.
  public func difference(_ line: Line) -> Double? {
    guard scale == 1, let ours = line.statistics.mean, let published = line.cell.published?.number
    else { return nil }
    return ours - published
  }

  public init(_ experiment: Experiment, decisions: [ExperimentDecision], trials: [Trial]) {
    let state = ExperimentState(experiment, decisions, trials)
    kind = experiment.kind
    scale = experiment.scale
    tolerance = experiment.tolerance
    let slots = state.slots
    wanted = slots.count
    done = slots.count { state.isSettled($0.cell, $0.stage, seed: $0.seed) }
    lines = experiment.cells.indices.map { cell in
      let seeds = slots.filter { $0.cell == cell && $0.stage == .planned }.map(\.seed)
      return Line(
        cell: experiment.cells[cell], scores: state.scores(cell, .planned, seeds),
        wanted: seeds.count, lost: state.lost(cell, .planned, seeds),
        processorSeconds: state.processorSeconds(of: cell),
        lever: experiment.kind == .ablation && cell > 0 ? state.lever(cell) : nil)
    }
  }
}
