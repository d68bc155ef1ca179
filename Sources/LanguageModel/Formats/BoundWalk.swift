internal import Invariants
internal import KernelInterface

/// Goes through a model as its forward pass does, with bounds in place of rows.
struct BoundWalk {
  /// What is known of any row at one place of the model.
  struct RowBound {
    /// Magnitude of each channel, at most.
    var channels: [Double]
    /// Euclidean norm, at most.
    var norm: Double

    init(_ channels: [Double], norm: Double? = nil) {
      self.channels = channels
      let largest = channels.reduce(0) { $0 + $1 * $1 }.squareRoot()
      self.norm = min(norm ?? .infinity, largest)
    }

    var largest: Double { channels.max() ?? 0 }
  }

  /// What a norm or a softmax in binary32 may exceed the exact one by.
  private static let slack = 1 + 0x1p-12

  private let configuration: ModelConfiguration
  private let layout: ParameterLayout
  private let parameters: UnsafeBufferPointer<Float>
  private let tables: UnsafeBufferPointer<Float>
  private(set) var products: [GF16Certificate.Product] = []

  init(
    _ configuration: ModelConfiguration, _ layout: ParameterLayout,
    _ parameters: UnsafeBufferPointer<Float>, _ tables: UnsafeBufferPointer<Float>
  ) {
    self.configuration = configuration
    self.layout = layout
    self.parameters = parameters
    self.tables = tables
  }

  mutating func model() {
    var latents: RowBound
    if let contexts = layout.contexts {
      let ones = [Double](repeating: 1, count: configuration.ngramWidth)
      latents = activated(product(contexts.up, normed(ones)), .squaredReLU)
    } else {
      if let projection = layout.ngramProjection { _ = product(projection, hashRows()) }
      var firstValues: [Double]?
      for block in layout.blocks {
        if let part = block.attention { attention(part, &firstValues) }
        let hidden = shifted(normed(magnitudes(block.hiddenGain)), block.hiddenShift)
        _ = product(block.down, activated(product(block.up, hidden), configuration.activation))
      }
      latents = normed(layout.finalGain.map(magnitudes) ?? [])
    }
    if let automaton = layout.automaton {
      _ = product(automaton.drive, latents)
      // A cell says a weighted mean of what its states say.
      let most = (magnitudes(automaton.value).max() ?? 0) * Self.slack
      let readout = RowBound(Array(repeating: most, count: automaton.output.rows))
      let said = product(automaton.output, readout)
      latents = RowBound(
        zip(latents.channels, said.channels).map(+), norm: latents.norm + said.norm)
    }
    _ = product(layout.head, latents)
  }

  private mutating func attention(
    _ part: ParameterLayout.Attention, _ firstValues: inout [Double]?
  ) {
    let C = configuration.width
    let row = product(part.queryKeyValue, shifted(normed(magnitudes(part.gain)), part.shift))
    var values = Array(row.channels[(2 * C)...])
    let own = values
    if let share = part.valueShare, let first = firstValues {
      let taken = Double(parameters[share.offset])
      values = zip(own, first).map { abs(1 - taken) * $0 + abs(taken) * $1 }
    }
    firstValues = firstValues ?? own
    // Queries and keys are normed head by head, without a gain of their own.
    let D = Double(configuration.headSize)
    let root = D.squareRoot() * Self.slack
    append(
      "attention.scores", outputs: configuration.context,
      GF16ProductBound(
        terms: configuration.headSize, largestWeight: root, largestInput: root, weightNorm: root,
        inputNorm: root))
    // Weights sum to 1, so their norm is at most 1.
    append(
      "attention.mixture", outputs: C,
      GF16ProductBound(
        terms: configuration.context, largestWeight: Self.slack,
        largestInput: values.max() ?? 0, weightNorm: Self.slack))
    _ = product(part.output, RowBound(values.map { $0 * Self.slack }))
  }

  // MARK: Steps

  /// After an RMS norm: `√C·gain` a channel, and a norm of `√C` times the largest gain.
  private func normed(_ gain: [Double]) -> RowBound {
    let root = Double(gain.count).squareRoot() * Self.slack
    return RowBound(gain.map { root * $0 }, norm: root * (gain.max() ?? 0))
  }

  /// After a token shift: the row, and a share of the row before it.
  private func shifted(_ row: RowBound, _ factor: ParameterLayout.Tensor?) -> RowBound {
    guard let factor else { return row }
    let shares = magnitudes(factor).map { (1 + $0) * Self.slack }
    return RowBound(
      zip(row.channels, shares).map(*), norm: row.norm * (shares.max() ?? 1))
  }

  private func activated(_ row: RowBound, _ activation: Activation) -> RowBound {
    switch activation {
    case .squaredReLU: RowBound(row.channels.map { $0 * $0 * Self.slack })
    // Neither enlarges a number.
    case .relu, .gelu: RowBound(row.channels.map { $0 * Self.slack }, norm: row.norm * Self.slack)
    }
  }

  /// The hash rows of all orders side by side.
  private func hashRows() -> RowBound {
    let (W, rows) = (configuration.ngramWidth, configuration.ngramRows)
    var channels = [Double](repeating: 0, count: configuration.ngramChannels)
    var squares = 0.0
    for order in configuration.ngramOrders.indices {
      var longest = 0.0
      for row in 0..<rows {
        var square = 0.0
        for k in 0..<W {
          let value = abs(Double(tables[(order * rows + row) * W + k]))
          channels[order * W + k] = max(channels[order * W + k], value)
          square += value * value
        }
        longest = max(longest, square)
      }
      squares += longest
    }
    return RowBound(channels, norm: squares.squareRoot())
  }

  /// After a product with a matrix `(inputs, outputs)`: what its columns can make of a row.
  private mutating func product(_ tensor: ParameterLayout.Tensor, _ row: RowBound) -> RowBound {
    let (rows, columns) = (tensor.rows, tensor.columns)
    var squares = [Double](repeating: 0, count: columns)
    var sums = squares
    var largest = 0.0
    for i in 0..<rows {
      for j in 0..<columns {
        let weight = abs(Double(parameters[tensor.offset + i * columns + j]))
        squares[j] += weight * weight
        sums[j] += weight * row.channels[i]
        largest = max(largest, weight)
      }
    }
    let bound = GF16ProductBound(
      terms: rows, largestWeight: largest, largestInput: row.largest,
      weightNorm: (squares.max() ?? 0).squareRoot(), inputNorm: row.norm)
    append(tensor.name, outputs: columns, bound)
    // What comes out is off by the error, too.
    let channels = zip(squares, sums).map {
      min($0.squareRoot() * row.norm, $1) + bound.error
    }
    let whole = squares.reduce(0, +).squareRoot() * row.norm
    return RowBound(channels, norm: whole + bound.error * Double(columns).squareRoot())
  }

  private mutating func append(_ name: String, outputs: Int, _ bound: GF16ProductBound) {
    products.append(GF16Certificate.Product(name: name, outputs: outputs, bound: bound))
  }

  private func magnitudes(_ tensor: ParameterLayout.Tensor) -> [Double] {
    tensor.range.map { abs(Double(parameters[$0])) }
  }
}
