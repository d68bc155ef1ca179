public import KernelInterface
internal import Kernels
public import LanguageModel
internal import Race
internal import Training

/// Training speed at one reference configuration.
public struct EngineBenchmark: Sendable, Encodable {
  public let configuration: String
  public let layers: Int, width: Int, heads: Int, context: Int, batch: Int
  public let threads: Int
  public let kernels: String
  /// `float32` or `mixed-bf16`.
  public let precision: String
  /// Timed rounds, in order; each some whole steps.
  public let rounds: [Round]
  /// Operations of a position, see ``ParameterLayout/operations(perPositionOf:)``.
  public let operationsPerToken: Double
  /// Median of the rounds.
  public let tokensPerSecond: Double, tokensPerProcessorSecond: Double
  /// By wall time, over all threads.
  public let gflops: Double
  /// `gflops` as a share of what all threads could do, each at the peak given.
  public let shareOfPeak: Double
  /// Milliseconds from before the engine was made to the end of its first step.
  public let firstStepMilliseconds: Double
  /// Resident memory of the process after the rounds.
  public let residentBytes: Int
  /// Where the time of one step goes, measured apart on one thread.
  public let kernelsByTime: [Share]

  public struct Round: Sendable, Encodable {
    public let steps: Int
    public let seconds: Double, processorSeconds: Double
    public let tokensPerSecond: Double

    private enum CodingKeys: String, CodingKey {
      case steps, seconds
      case processorSeconds = "processor_seconds"
      case tokensPerSecond = "tokens_per_second"
    }
  }

  public struct Share: Sendable, Encodable {
    public let kernel: String
    /// Of the step's time, 0…1.
    public let share: Double
    /// Of its matrix products; nil elsewhere.
    public let gflops: Double?
  }

  /// Trains on `text` for some rounds of about `seconds` each.
  ///
  /// - Parameters:
  ///   - reference: The model's size.
  ///   - precision: Of the products' operands.
  ///   - text: Training bytes; the speed does not depend on them.
  ///   - kernels: The processor variant to compute with.
  ///   - threads: Threads that share a step.
  ///   - peak: What one core can do in this precision, 10⁹ operations a second.
  ///   - rounds: How many times to measure.
  ///   - seconds: Length of a round, about; whole steps.
  ///   - residentBytes: Resident memory of this process, asked for after the rounds.
  /// - Throws: What `Trainer` throws.
  /// - Returns: Every round, their median, and where the time goes.
  public static func run(
    _ reference: ReferenceConfiguration, precision: Precision, text: [UInt8], kernels: KernelSet,
    threads: Int, peak: Double, rounds: Int, seconds: Double,
    residentBytes: @autoclosure () -> Int
  ) throws -> EngineBenchmark {
    var training = reference.training
    training.precision = precision
    // Each thread takes whole shards.
    training.shards = min(training.batch, max(training.shards, threads))
    let clock = ContinuousClock()
    let start = clock.now
    let trainer = try Trainer(
      configuration: training, text: text, kernels: kernels, threads: threads)
    _ = trainer.takeStep()
    let firstStep = (clock.now - start).nanoseconds / 1e6
    let second = clock.now
    _ = trainer.takeStep()
    let stepSeconds = (clock.now - second).nanoseconds / 1e9
    let steps = max(1, Int((seconds / stepSeconds).rounded()))
    let tokens = Double(steps * trainer.bytesPerStep)
    let measured = (0..<rounds).map { _ in
      let (wall, processor) = (clock.now, ProcessorClock.seconds)
      for _ in 0..<steps { _ = trainer.takeStep() }
      let taken = (clock.now - wall).nanoseconds / 1e9
      return Round(
        steps: steps, seconds: taken, processorSeconds: ProcessorClock.seconds - processor,
        tokensPerSecond: tokens / taken)
    }
    let resident = residentBytes()
    let operations = trainer.engine.layout.operations(perPositionOf: reference.training.model)
    let speed = median(measured.map(\.tokensPerSecond))
    return EngineBenchmark(
      configuration: reference.name, layers: reference.layers, width: reference.width,
      heads: reference.heads, context: reference.context, batch: reference.batch,
      threads: threads, kernels: kernels.name, precision: precision.rawValue, rounds: measured,
      operationsPerToken: operations,
      tokensPerSecond: speed,
      tokensPerProcessorSecond: median(measured.map { tokens / $0.processorSeconds }),
      gflops: speed * operations / 1e9,
      shareOfPeak: speed * operations / 1e9 / (peak * Double(threads)),
      firstStepMilliseconds: firstStep,
      residentBytes: resident,
      kernelsByTime: try shares(training, text: text, kernels: kernels))
  }

  private static func shares(
    _ training: TrainingConfiguration, text: [UInt8], kernels: KernelSet
  ) throws -> [Share] {
    let profile = Profile()
    let trainer = try Trainer(
      configuration: training, text: text, kernels: kernels.profiled(by: profile),
      threads: 1)
    _ = trainer.takeStep()
    profile.reset()
    _ = trainer.takeStep()
    let whole = Double(profile.nanoseconds)
    return profile.byLabel.map { total in
      Share(
        kernel: total.label, share: Double(total.nanoseconds) / whole,
        gflops: total.operations > 0 ? total.operations / Double(total.nanoseconds) : nil)
    }
  }

  private static func median(_ values: [Double]) -> Double {
    guard let median = SampleStatistics.median(values) else {
      preconditionFailure("[EngineBenchmark] nothing was measured")
    }
    return median
  }

  private enum CodingKeys: String, CodingKey {
    case configuration, layers, width, heads, context, batch, threads, kernels, precision, rounds,
      gflops
    case shareOfPeak = "share_of_peak"
    case operationsPerToken = "operations_per_token"
    case tokensPerSecond = "tokens_per_second"
    case tokensPerProcessorSecond = "tokens_per_processor_second"
    case firstStepMilliseconds = "first_step_milliseconds"
    case residentBytes = "resident_bytes"
    case kernelsByTime = "kernels_by_time"
  }
}
