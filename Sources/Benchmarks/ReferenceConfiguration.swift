public import LanguageModel
public import Training

/// The model sizes at which engines are compared.
///
/// A plain transformer, so that other libraries can be given the same work: no hashed n-grams, no
/// token shift, no dropout, AdamW, no running average. 256 bytes of context, 256 byte values.
public struct ReferenceConfiguration: Sendable {
  /// `A`, `B`, `C`, `D` or `E`.
  public let name: String
  public let layers: Int, width: Int, heads: Int, batch: Int
  /// Bytes of a window.
  public let context = 256

  /// All of them; B is nanoGPT's size for Shakespeare.
  public static let all = [
    ReferenceConfiguration(name: "A", layers: 4, width: 256, heads: 4, batch: 32),
    ReferenceConfiguration(name: "B", layers: 6, width: 384, heads: 6, batch: 64),
    ReferenceConfiguration(name: "C", layers: 2, width: 64, heads: 2, batch: 32),
    ReferenceConfiguration(name: "D", layers: 8, width: 768, heads: 12, batch: 16),
    ReferenceConfiguration(name: "E", layers: 4, width: 128, heads: 4, batch: 32),
  ]

  /// What a trainer is given.
  public var training: TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.model.layers = layers
    configuration.model.width = width
    configuration.model.heads = heads
    configuration.model.hidden = 4 * width
    configuration.model.context = context
    configuration.model.ngramOrders = []
    configuration.model.tokenShift = false
    configuration.model.ngramDropout = 0
    configuration.batch = batch
    configuration.optimizer = .adamw
    configuration.learningRate = 0.001
    configuration.averagePower = 0
    configuration.steps = 1_000_000
    return configuration
  }
}

extension ParameterLayout {
  /// Elements of all matrices that a position is multiplied with, `N_matmul`.
  public var matrixElements: Int {
    tensors.reduce(0) { sum, tensor in
      switch tensor.role {
      case .block, .blockOutput, .ngramProjection, .contextual, .head, .cellDrive, .cellReadout:
        sum + tensor.count
      case .embedding, .bias, .gain, .shift, .valueShare, .cellSeed, .cellRule: sum
      }
    }
  }

  /// Floating-point operations of one training step a position, forward and backward.
  ///
  ///     6 · N_matmul + 6 · L · C · T
  ///
  /// Attention counts its causal half; recomputation, norms and the optimiser count nothing.
  public func operations(perPositionOf model: ModelConfiguration) -> Double {
    6 * Double(matrixElements) + 6 * Double(model.layers * model.width * model.context)
  }
}
