internal import Glibc
internal import KernelInterface
internal import Kernels
internal import LanguageModel

/// The optimiser's state and its step over all parameters of an engine.
///
/// Each tensor is one task on one thread, so the result does not depend on the number of threads.
final class Optimizer: @unchecked Sendable {
  /// First moment (AdamW) or momentum (Muon), second moment, and running average, in the layout of
  /// the parameters.
  let first: FloatArena, second: FloatArena, average: FloatArena
  let tables: TableOptimizer

  static let beta1: Float = 0.9
  static let beta2: Float = 0.98
  static let epsilon: Float = 1e-8
  /// Muon's momentum rises over its first 300 steps.
  static let momentumStart = 0.85, momentumEnd = 0.95, momentumSteps = 300.0

  private enum Task {
    case muon(Muon.Matrix)
    case adamW(ParameterLayout.Tensor, rateFactor: Double, decays: Bool)

    var work: Int {
      switch self {
      case .muon(let matrix): matrix.rows * matrix.columns * 100
      case .adamW(let tensor, _, _): tensor.count
      }
    }
  }

  private let configuration: TrainingConfiguration
  private let tasks: [Task]
  private let scratch: [Muon.Scratch]
  /// Sum of squares of each tensor's gradient.
  private let sums: UnsafeMutableBufferPointer<Double>

  init(_ configuration: TrainingConfiguration, engine: Transformer) throws(AllocationError) {
    self.configuration = configuration
    ArenaTally.begin("optimizer_state")
    first = try FloatArena(count: engine.layout.count)
    second = try FloatArena(count: engine.layout.count)
    average = try FloatArena(count: engine.layout.count)
    tables = try TableOptimizer(engine: engine)
    let tasks = engine.layout.tensors.flatMap { Self.tasks(for: $0, configuration.optimizer) }
    // Longest first, so that no thread is left alone with a long one.
    self.tasks = tasks.enumerated().sorted {
      ($1.element.work, $0.offset) < ($0.element.work, $1.offset)
    }.map(\.element)
    let matrices = tasks.compactMap { task in
      if case .muon(let matrix) = task { return matrix }
      return nil
    }
    var scratch: [Muon.Scratch] = []
    if !matrices.isEmpty {
      ArenaTally.begin("optimizer_scratch")
      for _ in 0..<engine.threads {
        scratch.append(
          try Muon.Scratch(largest: matrices, panelWidth: engine.kernels.panelWidth))
      }
    }
    self.scratch = scratch
    sums = .allocate(capacity: engine.layout.tensors.count)
    sums.initialize(repeating: 0)
  }

  deinit { sums.deallocate() }

  private static func tasks(
    for tensor: ParameterLayout.Tensor, _ optimizer: TrainingConfiguration.Optimizer
  ) -> [Task] {
    switch (tensor.role, optimizer) {
    case (.block(let fused), .muon):
      let columns = tensor.columns / fused
      return (0..<fused).map {
        .muon(
          Muon.Matrix(
            offset: tensor.offset + $0 * columns, rows: tensor.rows, columns: columns,
            stride: tensor.columns))
      }
    case (.blockOutput, .muon):
      return [
        .muon(
          Muon.Matrix(
            offset: tensor.offset, rows: tensor.rows, columns: tensor.columns,
            stride: tensor.columns))
      ]
    case (.block, .adamw), (.blockOutput, .adamw), (.head, _), (.ngramProjection, _):
      return [.adamW(tensor, rateFactor: 1, decays: true)]
    case (.embedding, _):
      return [.adamW(tensor, rateFactor: 5, decays: true)]
    case (.gain, _), (.shift, _):
      return [.adamW(tensor, rateFactor: 2.5, decays: false)]
    case (.bias, _):
      return [.adamW(tensor, rateFactor: 1, decays: false)]
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
    // NaN compares false: a diverged gradient reaches the weights and shows.
    let scale = Float(clip > 0 && norm > clip ? clip / norm : 1)
    let factor = configuration.rateFactor(step: step)
    let progress = min(1, Double(step) / Self.momentumSteps)
    let muon = Muon(
      kernels: engine.kernels,
      momentum: Float(
        Self.momentumStart + (Self.momentumEnd - Self.momentumStart) * progress),
      rate: Float(configuration.muonRate * factor), decay: Float(configuration.muonWeightDecay),
      gradientScale: scale)
    let correction1 = Float(1 - pow(Double(Self.beta1), Double(step + 1)))
    let correction2 = Float(1 - pow(Double(Self.beta2), Double(step + 1)))
    engine.crew.run(tasks: tasks.count) { index, member in
      switch tasks[index] {
      case .muon(let matrix):
        kernels.span("Muon") {
          muon.step(
            matrix, parameters: engine.parameterBase, gradient: engine.gradientBase,
            velocity: first.base, scratch: scratch[member])
        }
      case .adamW(let tensor, let rateFactor, let decays):
        engine.kernels.adamW(
          AdamWStep(
            p: engine.parameterBase + tensor.offset, g: engine.gradientBase + tensor.offset,
            m: first.base + tensor.offset, v: second.base + tensor.offset, count: tensor.count,
            gradientScale: scale,
            rate: Float(configuration.learningRate * factor * rateFactor), beta1: Self.beta1,
            beta2: Self.beta2, epsilon: Self.epsilon,
            decay: decays ? Float(configuration.weightDecay) : 0, correction1: correction1,
            correction2: correction2))
      }
    }
    kernels.span("hash tables") {
      tables.step(
        engine, step: step + 1, rate: Float(configuration.tableRate * factor),
        power: configuration.averagePower)
    }
    if configuration.averagePower > 0 {
      kernels.span("average") { updateAverage(engine, step: step + 1) }
    }
    engine.parametersChanged()
    return norm
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

  private func updateAverage(_ engine: Transformer, step: Int) {
    // Nothing was averaged before the first step: a share of the arena's zeros would shrink all.
    let keep =
      step == 1 ? 0 : Float(pow(Double(step) / Double(step + 1), configuration.averagePower))
    let piece = 1 << 16
    let count = engine.layout.count
    engine.crew.run(tasks: (count + piece - 1) / piece) { task, _ in
      let start = task * piece
      engine.kernels.combine(
        keep, average.base + start, 1 - keep, engine.parameterBase + start,
        min(piece, count - start), average.base + start)
    }
  }
}
