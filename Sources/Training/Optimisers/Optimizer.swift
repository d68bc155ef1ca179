internal import KernelInterface
internal import Kernels
internal import LanguageModel

/// The optimiser's state and its step over all parameters of an engine.
///
/// Each tensor, or matrix of one, is one task on one thread, so the result does not depend on the
/// number of threads.
final class Optimizer: @unchecked Sendable {
  /// The arrays that ``TrainingConfiguration/state`` names, in the layout of the parameters.
  let first: FloatArena?, second: FloatArena?, average: FloatArena?
  let tables: TableOptimizer
  /// What it works on.
  let weights: RoundedWeights

  private struct Task {
    let slice: ParameterSlice
    /// Whether the matrices' rule updates it.
    let isMatrix: Bool
    /// Whether it belongs to the predictor of hidden spans, which learns in steps that hide some alone.
    let isPredictor: Bool
    /// Compared with that of other tasks.
    let work: Int
  }

  private let configuration: TrainingConfiguration
  private let matrixRule: any UpdateRule, otherRule: any UpdateRule
  private let tasks: [Task]
  /// One a thread, where a rule takes matrices.
  private let newtonSchulz: [NewtonSchulz]
  /// Sum of squares of each tensor's gradient.
  private let sums: UnsafeMutableBufferPointer<Double>

  init(_ configuration: TrainingConfiguration, engine: Transformer) throws(AllocationError) {
    self.configuration = configuration
    let rules = configuration.optimizer.rules
    matrixRule = rules.matrices.init(configuration)
    otherRule = rules.others.init(configuration)
    let (state, count) = (configuration.state, engine.layout.count)
    ArenaTally.begin("optimizer_state")
    first = state.contains(.first) ? try FloatArena(count: count) : nil
    second = state.contains(.second) ? try FloatArena(count: count) : nil
    average = state.contains(.average) ? try FloatArena(count: count) : nil
    weights = try RoundedWeights(configuration, engine: engine)
    tables = try TableOptimizer(engine: engine, weights: weights, average: configuration.average)
    let tasks = engine.layout.tensors.flatMap {
      Self.tasks(
        for: $0, configuration, cutsMatrices: rules.matrices.takesMatrices,
        isPredictor: $0.offset >= engine.layout.predictorStart)
    }
    // Longest first, so that no thread is left alone with a long one.
    self.tasks = tasks.enumerated().sorted {
      ($1.element.work, $0.offset) < ($0.element.work, $1.offset)
    }.map(\.element)
    var newtonSchulz: [NewtonSchulz] = []
    if rules.matrices.takesMatrices {
      let matrices = tasks.filter(\.isMatrix).map(\.slice)
      ArenaTally.begin("optimizer_scratch")
      for _ in 0..<engine.threads {
        newtonSchulz.append(
          try NewtonSchulz(largest: matrices, panelWidth: engine.kernels.panelWidth))
      }
    }
    self.newtonSchulz = newtonSchulz
    sums = .allocate(capacity: engine.layout.tensors.count)
    sums.initialize(repeating: 0)
  }

  deinit { sums.deallocate() }

  private static func tasks(
    for tensor: ParameterLayout.Tensor, _ configuration: TrainingConfiguration,
    cutsMatrices: Bool, isPredictor: Bool
  ) -> [Task] {
    let share = tensor.role.rateShare * configuration.widthShare(tensor.role)
    let parts = cutsMatrices ? tensor.role.fused : 1
    let columns = tensor.columns / parts
    // An orthogonalised element takes some hundred operations, another one a few.
    let work = tensor.rows * columns * (cutsMatrices && tensor.role.isBlockMatrix ? 100 : 1)
    return (0..<parts).map {
      Task(
        slice: ParameterSlice(
          offset: tensor.offset + $0 * columns, rows: tensor.rows, columns: columns,
          stride: tensor.columns, share: share, decay: configuration.decayShare(tensor.role)),
        isMatrix: tensor.role.isBlockMatrix, isPredictor: isPredictor, work: work)
    }
  }

  /// Applies the engine's gradient.
  ///
  /// - Parameters:
  ///   - engine: Holds parameters, tables and their gradients.
  ///   - step: From 0.
  /// - Returns: The norm of the dense gradient before clipping.
  func step(_ engine: Transformer, step: Int) -> Double {
    let kernels = engine.kernels
    let norm = kernels.span("gradient norm") { gradientNorm(engine) }
    let clip = configuration.clip
    let rate = configuration.phase(of: step).rate
    let factor = configuration.rateFactor(step: step) * rate
    let hides = configuration.hidesSpans(step: step)
    // Its own steps are those that hide spans.
    let rested = step - configuration.hidingSteps(before: step)
    let terms = UpdateStep(
      kernels: kernels, number: step + 1,
      // NaN compares false: a diverged gradient reaches the weights and shows.
      gradientScale: Float(clip > 0 && norm > clip ? clip / norm : 1), rateFactor: factor,
      warmupFactor: configuration.warmupFactor(step: step) * rate, parameters: weights.parameters,
      gradient: engine.gradientBase, first: first?.base, second: second?.base,
      average: average?.base)
    matrixRule.prepare(step: terms.number)
    otherRule.prepare(step: terms.number)
    engine.crew.run(tasks: tasks.count) { index, member in
      let task = tasks[index]
      // Without a gradient the predictor would only decay.
      if task.isPredictor && !hides { return }
      var slice = task.slice
      if task.isPredictor { slice.start = rested }
      if task.isMatrix && !newtonSchulz.isEmpty {
        kernels.span("Muon") { matrixRule.update(slice, terms, newtonSchulz[member]) }
      } else {
        (task.isMatrix ? matrixRule : otherRule).update(slice, terms, nil)
      }
    }
    kernels.span("rounding") { round(engine.layout.count, step: terms.number) }
    kernels.span("hash tables") {
      tables.step(
        engine, step: step + 1, rate: Float(configuration.tableRate * factor),
        decay: Float(configuration.tableDecay))
    }
    // A rule's own average is up to date.
    if configuration.average != .none, !configuration.optimizer.state.contains(.average),
      let average
    {
      kernels.span("average") { update(average, engine, step: step + 1) }
    }
    engine.parametersChanged()
    return norm
  }

  private func round(_ count: Int, step: Int) {
    weights.roundParameters(step: step)
    if let first { weights.roundState(first.base, count, .first, step: step) }
    if let second { weights.roundState(second.base, count, .second, step: step) }
  }

  private func gradientNorm(_ engine: Transformer) -> Double {
    let tensors = engine.layout.tensors
    let result = SendableMutablePointer(sums.baseAddress.unsafelyUnwrapped)
    engine.crew.run(tasks: tensors.count) { task, _ in
      result.pointer[task] = engine.kernels.sumOfSquares(
        engine.gradientBase + tensors[task].offset, tensors[task].count)
    }
    return sums.reduce(0, +).squareRoot()
  }

  private func update(_ average: FloatArena, _ engine: Transformer, step: Int) {
    // Nothing was averaged before the first step: a share of the arena's zeros would shrink all.
    let keep = step == 1 ? 0 : configuration.average.keep(from: step - 1, to: step)
    engine.crew.run(elements: engine.layout.count) { start, count in
      engine.kernels.combine(
        keep, average.base + start, 1 - keep, weights.parameters + start, count,
        average.base + start)
    }
  }
}
