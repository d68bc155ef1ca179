internal import Kernels
public import KernelInterface
public import LanguageModel

/// One training run: its weights, its optimiser, and where it stands.
///
/// Two trainers with equal configuration, text and kernel variant hold equal bits after equally many
/// steps, whatever the number of threads and however often they were saved and resumed.
public final class Trainer {
  /// What a step did.
  public struct StepReport: Sendable {
    /// Steps done, this one included.
    public let step: Int
    /// Mean loss of the step's batch before its update; not finite when the run diverged.
    public let loss: NatsPerByte
    /// Norm of the dense gradient before clipping.
    public let gradientNorm: Double
    /// Mean loss of the hidden positions' latents; nil in a step that hid none.
    public let jepaLoss: Double?
    /// The automata of the step's positions; nil for a model without one.
    public let nca: NCAStatistics?
  }

  public let configuration: TrainingConfiguration
  public let engine: Transformer
  /// Steps done.
  public internal(set) var step = 0

  let optimizer: Optimizer
  private var batches: Batches
  /// nil without the JEPA objective.
  private let latents: LatentSample?

  /// Reserves all memory and sets the initial weights.
  ///
  /// - Parameters:
  ///   - configuration: What fixes the run's result.
  ///   - text: Training bytes.
  ///   - kernels: The processor variant to compute with.
  ///   - threads: Threads of this process that work on a step.
  ///   - cores: Cores that they have, by default all that this process may use.
  /// - Throws: ``TrainingError`` for an invalid configuration or when memory is refused.
  public init(
    configuration: TrainingConfiguration, text: [UInt8], kernels: KernelSet, threads: Int,
    cores: Int? = nil
  ) throws {
    try configuration.validate()
    try configuration.validate(trainBytes: text.count, heldOutBytes: .max)
    self.configuration = configuration
    do {
      engine = try Self.engine(configuration, kernels: kernels, threads: threads, cores: cores)
      optimizer = try Optimizer(configuration, engine: engine)
      latents = try LatentSample(configuration)
    } catch {
      throw TrainingError(error)
    }
    batches = Batches(configuration, text: text)
    engine.initialise(seed: UInt64(configuration.seed))
    optimizer.weights.start()
  }

  /// The engine of a run; also made where it is only counted.
  static func engine(
    _ configuration: TrainingConfiguration, kernels: KernelSet, threads: Int, cores: Int? = nil
  ) throws(AllocationError) -> Transformer {
    try Transformer(
      configuration: configuration.model, jepa: configuration.chosenJEPA,
      extra: configuration.extra,
      precision: configuration.precision, activations: configuration.format.activations,
      kernels: kernels, threads: threads, cores: cores,
      batch: configuration.batch, shards: configuration.shards)
  }

  /// Takes one step.
  public func takeStep() -> StepReport { engine.kernels.span("step") { advance() } }

  private func advance() -> StepReport {
    batches.read(step)
    let phase = configuration.phase(of: step)
    let masks =
      configuration.model.dropout > 0 || configuration.model.ngramDropout > 0
      ? (seed: UInt64(configuration.seed), step: UInt64(step)) : nil
    let hides = configuration.hidesSpans(step: step)
    if configuration.hidingSteps?.lowerBound == step { engine.startTarget() }
    let total = batches.inputs.withUnsafeBufferPointer { inputs in
      batches.targets.withUnsafeBufferPointer { targets in
        engine.computeGradient(
          inputs: inputs, targets: targets, length: batches.length,
          scale: 1 / Float(bytesPerStep), dropout: masks,
          hidden: hides ? (seed: UInt64(configuration.seed), step: UInt64(step)) : nil,
          factors: phase.factors)
      }
    }
    let norm = engine.kernels.span("optimiser") { optimizer.step(engine, step: step) }
    if configuration.hidingSteps?.contains(step) == true {
      engine.updateTarget(keeping: configuration.targetKeep(step: step))
    }
    step += 1
    return StepReport(
      step: step, loss: NatsPerByte(total / Double(bytesPerStep)), gradientNorm: norm,
      jepaLoss: hides ? engine.jepaLoss : nil, nca: engine.ncaStatistics)
  }

  /// Copies the weights that a score is made with, their average if there is one, to `scorer`.
  ///
  /// Changes nothing of this run.
  /// - Precondition: `scorer` has this run's model configuration.
  public func writeScoredWeights(to scorer: Transformer) {
    precondition(
      scorer.configuration == engine.configuration,
      "[writeScoredWeights] the scorer has another configuration")
    let layout = engine.layout
    let dense = step > 0 ? optimizer.average?.base : nil
    scorer.parameterBase.update(from: dense ?? engine.parameterBase, count: layout.modelCount)
    if configuration.average != .none && step > 0 {
      optimizer.tables.writeAverage(engine, step: step, into: scorer.tableBase)
    } else {
      scorer.tableBase.update(from: engine.tableBase, count: layout.tableCount)
    }
    configuration.format.roundScored(scorer)
    scorer.parametersChanged()
  }

  /// How spread out the target encoder's latents of the last step's windows are; nil in a run without
  /// the JEPA objective, and before its first step with hidden spans.
  ///
  /// Of a large batch the first 4,096 positions count. A run that was restored reads the windows again.
  public var latentStatistics: LatentStatistics? {
    guard let target = engine.targetEncoder, let latents,
      configuration.hidingSteps.map({ step > $0.lowerBound }) == true
    else { return nil }
    batches.read(step - 1)
    return batches.inputs.withUnsafeBufferPointer {
      latents.statistics(of: $0, length: batches.length, by: target)
    }
  }

  /// Bytes of training text that each step reads.
  public var bytesPerStep: Int { configuration.batch * configuration.model.context }
}
