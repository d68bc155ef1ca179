public import Kernels
public import LanguageModel

/// Predicts a range of a text with a network whose weights learn from the bytes already scored.
///
/// Everything runs in an order that the number of threads does not change, in `Float` and with + − × ÷
/// and √ beside the engine's kernels, so that who decodes follows who encodes bit by bit.
public final class AdaptivePredictor: ByteLearner {
  public let settings: DynamicEvaluation
  private let engine: Transformer
  private let reader: BytePredictor
  /// `rate · share / v` of each parameter; 0 for what does not learn.
  private var scale: [Float]
  /// The trained weights, where they pull; else empty.
  private var trained: [Float] = []
  /// `u`, with momentum; else empty.
  private var velocity: [Float] = []
  /// The last `context + 1` bytes of the text, as far as there are any.
  private var recent: [UInt8]
  private var sinceStep = 0
  /// Steps taken.
  public private(set) var steps = 0

  /// Begins behind `context` with the engine's weights, which change as the text is learnt.
  ///
  /// - Parameters:
  ///   - engine: Trains on a batch of one window in float32.
  ///   - settings: Without a ``DynamicEvaluation/problem``.
  ///   - training: The text that the usual size of a gradient is measured on; one window at least.
  ///   - context: The text before the range; nothing is learnt from it.
  /// - Throws: ``AllocationError``.
  /// - Complexity: 40 windows forward and backward.
  public init(
    engine: Transformer, settings: DynamicEvaluation, training: ArraySlice<UInt8>,
    context: some BidirectionalCollection<UInt8>
  ) throws(AllocationError) {
    let model = engine.configuration
    precondition(
      engine.batch == 1 && settings.problem == nil && training.count > model.context,
      "[AdaptivePredictor] a batch of \(engine.batch), \(settings.problem ?? "no problem"), "
        + "\(training.count) bytes of training text")
    self.engine = engine
    self.settings = settings
    reader = try BytePredictor(engine: engine)
    recent = Array(context.suffix(model.context + 1))
    scale = []
    scale = usualGradients(on: training)
    let count = engine.layout.modelCount
    if settings.decay > 0 { trained = Array(engine.parameters[..<count]) }
    if settings.momentum > 0 { velocity = [Float](repeating: 0, count: count) }
    reader.append(Array(NetworkPredictor.read(of: context, by: model)))
  }

  /// Bytes of memory beside an engine that only scores: gradient, scale and the optional arrays.
  ///
  /// The engine's activations of one window for the way back come on top.
  public static func bytes(_ settings: DynamicEvaluation, parameters: Int) -> Int {
    let arrays = 2 + (settings.decay > 0 ? 1 : 0) + (settings.momentum > 0 ? 1 : 0)
    return arrays * parameters * MemoryLayout<Float>.stride
  }

  public var probabilities: UnsafeBufferPointer<Float>? {
    reader.length == 0 ? nil : reader.probabilities
  }

  public func learn(_ byte: UInt8) {
    recent.append(byte)
    if recent.count > engine.configuration.context + 1 { recent.removeFirst() }
    sinceStep += 1
    if sinceStep == settings.bytesPerStep {
      sinceStep = 0
      takeStep()
    }
    reader.append(byte)
  }

  private func takeStep() {
    guard recent.count == engine.configuration.context + 1 else { return }
    computeGradient(recent[...])
    let (gradient, parameters) = (engine.gradient, engine.parameters)
    let (momentum, decay) = (Float(settings.momentum), Float(settings.decay))
    for tensor in engine.layout.tensors {
      for i in tensor.range where scale[i] != 0 {
        var step = gradient[i] * scale[i]
        if momentum > 0 {
          step = momentum * velocity[i] + step
          velocity[i] = step
        }
        let old = parameters[i]
        let pull = decay > 0 ? decay * (old - trained[i]) : 0
        parameters[i] = old - step - pull
      }
    }
    engine.parametersChanged()
    reader.weightsChanged()
    steps += 1
  }

  /// The gradient of the mean loss over a window and the byte behind it.
  private func computeGradient(_ bytes: ArraySlice<UInt8>) {
    let T = engine.configuration.context
    let window = Array(bytes)
    window.withUnsafeBufferPointer { window in
      _ = engine.computeGradient(
        inputs: UnsafeBufferPointer(rebasing: window[..<T]),
        targets: UnsafeBufferPointer(rebasing: window[1...T]), scale: 1 / Float(T), dropout: nil,
        factors: ObjectiveFactors(nextByte: 1, jepa: 0, nca: 0))
    }
  }

  /// `rate · share / v`.
  private func usualGradients(on text: ArraySlice<UInt8>) -> [Float] {
    let (T, layout) = (engine.configuration.context, engine.layout)
    var squares = [Float](repeating: 0, count: layout.modelCount)
    let last = text.count - T - 1
    for window in 0..<DynamicEvaluation.windows {
      let start = text.startIndex + window * last / (DynamicEvaluation.windows - 1)
      computeGradient(text[start...(start + T)])
      let gradient = engine.gradient
      for i in squares.indices { squares[i] += gradient[i] * gradient[i] }
    }
    var scale = [Float](repeating: 0, count: layout.modelCount)
    for tensor in layout.tensors {
      let share = Float(share(of: tensor))
      if share == 0 { continue }
      var total = 0.0
      for i in tensor.range {
        squares[i] = (squares[i] / Float(DynamicEvaluation.windows)).squareRoot()
        total += Double(squares[i])
      }
      let floor = DynamicEvaluation.spread * Float(total / Double(tensor.count))
      for i in tensor.range {
        let usual = squares[i] + floor
        scale[i] = usual > 0 ? Float(settings.rate) * share / usual : 0
      }
    }
    return scale
  }

  /// What a tensor's rate is multiplied by; 0 for one that does not learn.
  private func share(of tensor: ParameterLayout.Tensor) -> Double {
    let (layers, layout) = (engine.configuration.layers, engine.layout)
    // 0 for the head and what lies beside it, 1 for the last block; the embeddings lie below the first.
    var below = 0
    if let block = layout.blocks.indices.first(where: { tensor.name.hasPrefix("block.\($0).") }) {
      below = layers - block
    } else if tensor == layout.embedding || tensor == layout.ngramProjection
      || layout.contexts.map({ $0.tables.contains(tensor) || $0.up == tensor }) == true
    {
      below = layers + 1
    }
    if let last = settings.lastLayers, below > last { return 0 }
    var share = 1.0
    for _ in 0..<below { share *= settings.layerShare }
    return share
  }
}
