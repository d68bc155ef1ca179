public import KernelInterface
public import Kernels
public import LanguageModel

/// Speed of one training step's matrix products at one weight matrix `(inputs, outputs)`.
///
/// As a step does them: weights packed beforehand, activations read, packed and, for bf16, rounded in
/// every call.
public struct ProductBenchmark: Sendable, Encodable {
  /// `float32` or `mixed-bf16`.
  public let precision: String
  public let rows: Int, inputs: Int, outputs: Int
  /// `y = x · W`, 10⁹ operations a second.
  public let forward: Double
  /// `dX = dY · Wᵀ`.
  public let inputGradient: Double
  /// `dW += xᵀ · dY`.
  public let weightGradient: Double
  /// Milliseconds that packing the weights takes in both forms, which happens once a step.
  public let packingMilliseconds: Double
  /// That time over the three products' at all positions of a step.
  public let packingShare: Double

  /// Measures on the calling thread, best of `rounds` of about `seconds` each.
  ///
  /// - Parameters:
  ///   - precision: Of the operands; without the processor's help bf16 is emulated.
  ///   - R: Rows of activations in a call.
  ///   - I: Rows of the weight matrix.
  ///   - O: Columns of the weight matrix.
  ///   - positions: Rows of a whole step, for which the weights are packed once.
  ///   - kernels: The processor variant to compute with.
  ///   - rounds: How many times to measure.
  ///   - seconds: Of a round.
  /// - Throws: `AllocationError`.
  /// - Returns: Rates and times of the best rounds.
  public static func run(
    _ precision: Precision, rows R: Int, inputs I: Int, outputs O: Int, positions: Int,
    kernels: KernelSet, rounds: Int = 5, seconds: Double = 0.1
  ) throws(AllocationError) -> ProductBenchmark {
    let products: any StepProducts =
      switch precision {
      case .float32: try Float32StepProducts(rows: R, inputs: I, outputs: O, kernels: kernels)
      case .mixedBFloat16:
        try BFloat16StepProducts(rows: R, inputs: I, outputs: O, kernels: kernels)
      }
    let stopwatch = Stopwatch(rounds: rounds, seconds: seconds)
    let packing = stopwatch.best(products.packWeights)
    let times = [
      stopwatch.best(products.forward), stopwatch.best(products.inputGradient),
      stopwatch.best(products.weightGradient),
    ]
    let operations = 2 * Double(R) * Double(I) * Double(O)
    let step = times.reduce(0, +) * Double(positions) / Double(R)
    return ProductBenchmark(
      precision: precision.rawValue, rows: R, inputs: I, outputs: O,
      forward: operations / times[0], inputGradient: operations / times[1],
      weightGradient: operations / times[2], packingMilliseconds: packing * 1e-6,
      packingShare: packing / step)
  }

  private enum CodingKeys: String, CodingKey {
    case precision, rows, inputs, outputs, forward
    case inputGradient = "input_gradient"
    case weightGradient = "weight_gradient"
    case packingMilliseconds = "packing_milliseconds"
    case packingShare = "packing_share"
  }
}
