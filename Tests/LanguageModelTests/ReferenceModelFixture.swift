import LanguageModel

/// A small model at random, non-zero parameters, with one sequence.
struct ReferenceModelFixture: Sendable {
  var model: Reference.Model<Double>
  var inputs: [UInt8]
  var targets: [UInt8]
  var weights: [Double]
  var dropout: DropoutKey?

  /// Two blocks of 6 channels and 3 heads, with a window longer than the sequence.
  static func configuration(tokenShift: Bool, ngrams: Bool) -> ModelConfiguration {
    var configuration = ModelConfiguration()
    configuration.width = 6
    configuration.layers = 2
    configuration.heads = 3
    configuration.context = 11
    configuration.hidden = 10
    configuration.ngramOrders = ngrams ? [2, 4] : []
    configuration.ngramRows = 8
    configuration.ngramWidth = 3
    configuration.tokenShift = tokenShift
    configuration.dropout = 0.2
    configuration.ngramDropout = 0.2
    return configuration
  }

  init(
    _ configuration: ModelConfiguration, jepa: JEPAConfiguration? = nil,
    extra: ExtraBytesConfiguration? = nil, n: Int = 7, dropout: DropoutKey? = nil
  ) {
    let layout = ParameterLayout(configuration, jepa: jepa, extra: extra)
    var parameters = [Double](repeating: .nan, count: layout.count)
    for (index, tensor) in layout.tensors.enumerated() {
      let scale = tensor.rows == 1 ? 0.5 : 1.2 / Double(min(tensor.rows, 16)).squareRoot()
      let centre = tensor.role == .gain ? 1.0 : 0
      parameters.replaceSubrange(
        tensor.range,
        with: Sample.numbers(
          tensor.count, seed: 100 + UInt64(index), scale: scale, centre: centre))
    }
    let tables = Sample.numbers(layout.tableCount, seed: 50)
    model = Reference.Model(
      configuration: configuration, jepa: jepa, extra: extra, parameters: parameters,
      tables: tables)
    inputs = Sample.bytes(n, seed: 60, limit: 3)
    targets = Sample.bytes(n, seed: 61)
    weights = Sample.numbers(n, seed: 62, scale: 0.1, centre: 0.2)
    if n > 2 { weights[2] = 0 }
    self.dropout = dropout
  }

  func loss(_ model: Reference.Model<Double>) -> Double {
    model.loss(inputs: inputs, targets: targets, weights: weights, dropout: dropout)
  }

  func loss(parameters: [Double]) -> Double {
    var changed = model
    changed.parameters = parameters
    return loss(changed)
  }

  func loss(tables: [Double]) -> Double {
    var changed = model
    changed.tables = tables
    return loss(changed)
  }

  /// The loss and its gradients, from arrays of zeros.
  func gradients() -> (loss: Double, parameters: [Double], tables: [Double]) {
    var parameters = [Double](repeating: 0, count: model.parameters.count)
    var tables = [Double](repeating: 0, count: model.tables.count)
    let loss = model.gradients(
      inputs: inputs, targets: targets, weights: weights, dropout: dropout,
      parameters: &parameters, tables: &tables)
    return (loss, parameters, tables)
  }

  /// At least `count` elements of a tensor, or all it has; of the embedding, from the rows in use.
  func sampledIndices(_ tensor: ParameterLayout.Tensor, count: Int) -> [Int] {
    var candidates = Array(tensor.range)
    if tensor.role == .embedding {
      let columns = tensor.columns
      candidates = Set(inputs).sorted().flatMap { byte in
        (0..<columns).map { tensor.offset + Int(byte) * columns + $0 }
      }
    }
    return Sample.choice(count, of: candidates, seed: UInt64(tensor.offset))
  }
}
