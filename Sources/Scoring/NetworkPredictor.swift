public import Kernels
public import LanguageModel

/// Predicts a range of a text with a network's fixed weights, a byte at a time.
///
/// Its windows are those of ``WindowPlan`` with half the context as stride, but for the last, which
/// does not know where the text ends.
public final class NetworkPredictor: ByteLearner {
  private let reader: BytePredictor

  /// Begins behind `context`, of which the last bytes that matter are read.
  ///
  /// - Parameters:
  ///   - engine: Holds the weights, which must not change meanwhile.
  ///   - context: The text before the range, as much as there is of it.
  /// - Throws: ``AllocationError``.
  public init(
    engine: Transformer, context: some BidirectionalCollection<UInt8>
  ) throws(AllocationError) {
    reader = try BytePredictor(engine: engine)
    reader.append(Array(Self.read(of: context, by: engine.configuration)))
  }

  /// What is read of the text before a range, so that windows begin where those of a plan do.
  static func read<Text: BidirectionalCollection<UInt8>>(
    of context: Text, by model: ModelConfiguration
  ) -> Text.SubSequence {
    context.suffix(model.context + 1 - StaticScorer.defaultStride(context: model.context))
  }

  public var probabilities: UnsafeBufferPointer<Float>? {
    reader.length == 0 ? nil : reader.probabilities
  }

  public func learn(_ byte: UInt8) { reader.append(byte) }
}
