import KernelInterface
import Kernels
import LanguageModel
import Testing

/// A fast engine and the reference in `Double` with the same random, non-zero weights, and a batch.
struct TransformerFixture {
  struct Case: Sendable, CustomTestStringConvertible {
    var encoder = EncoderKind.blocks
    var width = 12, heads = 2, context = 5, hidden = 10, layers = 2
    var attention = true, contexts = 4
    var activation = Activation.squaredReLU, valueResidual = false
    var orders = [2, 3, 4], ngramRows = 16, ngramWidth = 5
    var tokenShift = true, dropout = false
    var batch = 3, shards = 2
    var extra: ExtraBytesConfiguration?
    var jepa: JEPAConfiguration?
    var nca: NCAConfiguration?

    var testDescription: String {
      (encoder == .blocks ? attention ? "" : "no attention " : "\(contexts) contexts ")
        + (activation == .squaredReLU ? "" : "\(activation.rawValue) ")
        + (valueResidual ? "value residual " : "")
        + "C \(width) H \(heads) T \(context) F \(hidden) L \(layers) orders \(orders) "
        + "(\(ngramRows), \(ngramWidth)) shift \(tokenShift) dropout \(dropout) B \(batch)/\(shards)"
        + (extra.map { " \($0.count) extra bytes" } ?? "")
        + (jepa.map { " JEPA \($0.loss.rawValue) variance \($0.variance)" } ?? "")
        + (nca.map { " NCA \($0.rule.rawValue) \($0.steps) steps" } ?? "")
    }

    var configuration: ModelConfiguration {
      var configuration = ModelConfiguration()
      configuration.encoder = encoder
      configuration.width = width
      configuration.attention = attention
      configuration.contexts = contexts
      configuration.activation = activation
      configuration.valueResidual = valueResidual
      configuration.heads = heads
      configuration.context = context
      configuration.hidden = hidden
      configuration.layers = encoder == .blocks ? layers : 0
      configuration.ngramOrders = encoder == .blocks ? orders : []
      configuration.ngramRows = ngramRows
      configuration.ngramWidth = ngramWidth
      configuration.tokenShift = tokenShift
      configuration.dropout = dropout ? 0.2 : 0
      configuration.ngramDropout = dropout ? 0.3 : 0
      configuration.nca = nca
      return configuration
    }
  }

  /// Every awkward size at least once: one head, odd windows, windows across the blocks of 96
  /// queries, a perceptron of 512 (whose rows are padded), uneven and single shards.
  static let cases = [
    Case(width: 6, heads: 1, context: 1, hidden: 7, batch: 1, shards: 1),
    Case(width: 6, heads: 3, context: 5, hidden: 7, orders: [], batch: 2, shards: 1),
    Case(width: 12, heads: 2, context: 5, dropout: true, batch: 5, shards: 4),
    Case(width: 12, heads: 3, context: 33, hidden: 20, orders: [2, 5], batch: 3, shards: 2),
    Case(width: 12, heads: 1, context: 103, orders: [], tokenShift: false, batch: 2, shards: 3),
    Case(width: 48, heads: 3, context: 33, hidden: 64, dropout: true, batch: 4, shards: 3),
    Case(width: 64, heads: 2, context: 100, hidden: 48, layers: 1, batch: 2, shards: 2),
    Case(width: 12, heads: 2, context: 100, hidden: 7, tokenShift: false, dropout: true),
    Case(width: 64, heads: 1, context: 5, hidden: 512, layers: 1, orders: [2, 5], batch: 1),
    Case(width: 12, heads: 2, context: 5, hidden: 512, batch: 4, shards: 4),
    // Heads of odd sizes, whose last channel is not turned.
    Case(width: 9, heads: 3, context: 33, hidden: 7, batch: 2),
    Case(width: 27, heads: 3, context: 5, hidden: 20, dropout: true),
    Case(width: 12, context: 33, attention: false, dropout: true, batch: 3),
    Case(
      width: 12, context: 33, layers: 3, activation: .gelu, valueResidual: true, dropout: true,
      batch: 3),
    Case(width: 20, context: 5, hidden: 33, activation: .relu, batch: 3),
    Case(width: 12, context: 100, layers: 1, valueResidual: true),
    Case(encoder: .contexts, width: 12, context: 33, batch: 3),
    Case(
      encoder: .contexts, width: 48, context: 8, contexts: 6, ngramWidth: 16, batch: 4, shards: 3),
    Case(encoder: .contexts, width: 6, heads: 1, context: 97, contexts: 1, batch: 7, shards: 1),
    // More than 512 positions a shard, so that a shard passes through in parts.
    Case(width: 6, heads: 1, context: 97, hidden: 7, dropout: true, batch: 7, shards: 1),
  ]

  let test: Case
  let engine: Transformer
  let model: Reference.Model<Double>
  let inputs: [UInt8], targets: [UInt8]
  /// Weight of each position, exact in `Float`.
  let scale: Float = 0.0625
  let dropout: (seed: UInt64, step: UInt64)?

  init(
    _ test: Case, precision: Precision = .float32, activations: ArrayRounding? = nil,
    kernels: KernelSet, threads: Int = 1
  ) throws {
    self.test = test
    let configuration = test.configuration
    try configuration.validated()
    engine = try Transformer(
      configuration: configuration, jepa: test.jepa, extra: test.extra, precision: precision,
      activations: activations, kernels: kernels, threads: threads, batch: test.batch,
      shards: test.shards)
    // Rounded to Float first, so that both have the same weights.
    let start = ReferenceModelFixture(
      configuration, jepa: test.jepa, extra: test.extra, n: 1
    ).model
    let parameters = start.parameters.map { $0.isNaN ? 0 : Float($0) }
    for i in parameters.indices { engine.parameters[i] = parameters[i] }
    for i in start.tables.indices { engine.tables[i] = Float(start.tables[i]) }
    engine.parametersChanged()
    if let target = engine.targetEncoder {
      // Another model, but not one far away.
      engine.startTarget()
      let noise = Sample.numbers(target.parameters.count, seed: 70, scale: 0.1)
      for i in noise.indices { target.parameters[i] += Float(noise[i]) }
      for i in target.tables.indices { target.tables[i] *= 1.125 }
    }
    model = Reference.Model(
      configuration: configuration, jepa: test.jepa, extra: test.extra,
      parameters: parameters.map(Double.init),
      tables: start.tables.map { Double(Float($0)) })
    let count = test.batch * test.context
    inputs = Sample.bytes(count, seed: 60, limit: 3)
    targets = Sample.bytes(count, seed: 61)
    dropout = test.dropout ? (seed: 5, step: 9) : nil
  }

  /// Runs the engine; the mean loss times the number of positions, in nats.
  func compute() -> Double {
    inputs.withUnsafeBufferPointer { inputs in
      targets.withUnsafeBufferPointer { targets in
        engine.computeGradient(
          inputs: inputs, targets: targets, scale: scale, dropout: dropout,
          hidden: test.jepa.map { _ in Self.masks })
      }
    }
  }

  /// Seed and step of the hidden spans.
  static let masks = (seed: UInt64(11), step: UInt64(4))

  /// The target encoder in the reference, its operands rounded or not; nil without a JEPA objective.
  func target(_ precision: Precision) -> Reference.Model<Double>? {
    engine.targetEncoder.map {
      var model = Reference.Model(
        configuration: test.configuration, parameters: $0.parameters.map(Double.init),
        tables: $0.tables.map(Double.init))
      model.precision = precision
      return model
    }
  }

  /// The hidden spans of a window.
  func spans(_ b: Int) -> [SpanMask.Span] {
    test.jepa.map {
      SpanMask.spans(
        $0,
        key: DropoutKey(seed: Self.masks.seed, step: Self.masks.step, sequence: UInt64(b)),
        length: test.context)
    } ?? []
  }

  /// What the JEPA objective adds to the loss of one window, times `scale`.
  func term(_ b: Int, _ precision: Precision = .float32) -> Reference.JEPATerm<Double>? {
    guard let jepa = test.jepa, let target = target(precision) else { return nil }
    let hidden = (0..<test.batch).reduce(0) { $0 + spans($1).reduce(0) { $0 + $1.length } }
    return Reference.JEPATerm(
      configuration: jepa, spans: spans(b),
      targets: target.targetLatents(inputs: sequence(b, of: inputs)),
      scale: jepa.weight / Double(hidden),
      varianceScale: jepa.weight * jepa.variance / Double(test.batch))
  }

  /// One sequence of the batch.
  func sequence(_ b: Int, of bytes: [UInt8]) -> [UInt8] {
    Array(bytes[(b * test.context)..<((b + 1) * test.context)])
  }

  func key(_ b: Int) -> DropoutKey? {
    dropout.map { DropoutKey(seed: $0.seed, step: $0.step, sequence: UInt64(b)) }
  }

  /// The reference's loss over the batch and its gradients, its operands rounded or not.
  func referenceGradients(
    _ precision: Precision = .float32
  ) -> (loss: Double, parameters: [Double], tables: [Double]) {
    var parameters = [Double](repeating: 0, count: model.parameters.count)
    var tables = [Double](repeating: 0, count: model.tables.count)
    let weights = [Double](repeating: Double(scale), count: test.context)
    var model = model
    model.precision = precision
    var loss = 0.0
    for b in 0..<test.batch {
      loss += model.gradients(
        inputs: sequence(b, of: inputs), targets: sequence(b, of: targets), weights: weights,
        dropout: key(b), jepa: term(b, precision), parameters: &parameters, tables: &tables)
    }
    return (loss / Double(scale), parameters, tables)
  }

  /// The reference's loss for given weights.
  func referenceLoss(parameters: [Double], tables: [Double]) -> Double {
    var changed = model
    changed.parameters = parameters
    changed.tables = tables
    let weights = [Double](repeating: Double(scale), count: test.context)
    return (0..<test.batch).reduce(0) {
      $0
        + changed.loss(
          inputs: sequence($1, of: inputs), targets: sequence($1, of: targets), weights: weights,
          dropout: key($1))
    }
  }

  /// The engine's table gradient, added up row by row.
  func scatteredTables() -> [Double] {
    let configuration = test.configuration
    let (O, W) = (configuration.ngramOrders.count, configuration.ngramWidth)
    var tables = [Double](repeating: 0, count: model.tables.count)
    for place in 0..<(test.batch * test.context * O) {
      let row = Int(engine.tableRows[place])
      if row < 0 { continue }
      for i in 0..<W {
        tables[(place % O * configuration.ngramRows + row) * W + i] += Double(
          engine.tableGradient[place * W + i])
      }
    }
    return tables
  }
}

/// `‖a − b‖ / ‖b‖`, or infinity if it is not a number.
func relativeDistance(_ a: [Double], _ b: [Double]) -> Double {
  precondition(a.count == b.count, "equal shapes")
  let difference = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  let size = b.reduce(0) { $0 + $1 * $1 }
  if difference == 0 { return 0 }
  let ratio = (difference / size).squareRoot()
  return ratio.isNaN ? .infinity : ratio
}
