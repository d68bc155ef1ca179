internal import KernelInterface
internal import Kernels

extension Transformer {
  /// Runs windows through all layers, leaving activations and, in `logits`, the output.
  func forward(_ part: Part, _ space: Workspace, trains: Bool) {
    let (C, V) = (configuration.width, ModelConfiguration.vocabulary)
    encoder.forward(self, part, space, trains: trains)
    let rows = kernels.span("automaton") { addAutomata(part, space) }
    kernels.span("head") {
      product(
        space, rows: part.rows, .floats(rows, stride: C), packed.head, into: space.logits, V,
        addend: .rows(parameterArena.base + layout.headBias.offset, stride: 0))
    }
  }

  /// `out = addend + input · W` with a packed weight matrix, and then the epilogue.
  func product(
    _ space: Workspace, rows: Int, _ input: Activations, _ matrix: PackedWeights.Matrix,
    into out: UnsafeMutablePointer<Float>, _ outStride: Int, addend: ProductAddend = .nothing,
    epilogue: ProductEpilogue = .none
  ) {
    switch input {
    case .pairs(let words, let stride):
      multiplyPairs(
        rows: rows, words, stride, matrix, into: out, outStride, addend: addend,
        epilogue: epilogue)
    case .floats(let input, let stride):
      if let mixed = space.mixed {
        return mixedProduct(
          mixed, rows: rows, input, stride, matrix, into: out, outStride, addend: addend,
          epilogue: epilogue)
      }
      kernels.multiply(
        MatrixProduct(
          M: rows, N: matrix.tensor.columns, K: matrix.tensor.rows, a: input, aRow: stride,
          panels: packed.arena.base + matrix.forward, c: out, cRow: outStride, addend: addend,
          epilogue: epilogue))
    }
  }

  /// Writes byte embedding plus projected hash rows to the first block's input.
  func embed(_ part: Part, _ space: Workspace, trains: Bool) {
    let C = configuration.width
    let x = space.layers[0].input
    let table = parameterArena.base + layout.embedding.offset
    for row in 0..<part.rows {
      (x + row * C).update(from: table + Int(part.inputs[row]) * C, count: C)
    }
    guard let projection = packed.ngramProjection else { return }
    gatherNgrams(part, space, trains: trains)
    let channels = configuration.ngramChannels
    maskNgrams(part, space.ngrams)
    keep(space.ngrams, part.rows * channels)
    product(
      space, rows: part.rows, .floats(space.ngrams, stride: channels), projection, into: x, C,
      addend: .result)
    keep(x, part.rows * C)
  }

  private func gatherNgrams(_ part: Part, _ space: Workspace, trains: Bool) {
    let (O, W) = (configuration.ngramOrders.count, configuration.ngramWidth)
    let rowsPerTable = configuration.ngramRows
    for sequence in 0..<part.sequences {
      let bytes = part.inputs + sequence * part.length
      for t in 0..<part.length {
        let row = sequence * part.length + t
        for o in 0..<O {
          let out = space.ngrams + (row * O + o) * W
          let found = NgramHash.row(
            bytes, position: t, order: configuration.ngramOrders[o], rows: rowsPerTable)
          if let found {
            out.update(from: tableArena.base + (o * rowsPerTable + found) * W, count: W)
          } else {
            out.update(repeating: 0, count: W)
          }
          if trains {
            let position = part.firstSequence * part.length + row
            tableRowStorage[position * O + o] = Int32(found ?? -1)
          }
        }
      }
    }
  }

  /// Rounds rows that are kept, where activations are to be.
  func keep(_ x: UnsafeMutablePointer<Float>, _ count: Int) {
    activations?.round(x, count, into: x)
  }

  /// Applies the hash rows' dropout mask to `x (R, O·W)`.
  func maskNgrams(_ part: Part, _ x: UnsafeMutablePointer<Float>) {
    mask(part, x, columns: configuration.ngramChannels, rate: configuration.ngramDropout, site: 0)
  }

  /// Applies a site's dropout mask to `x (R, columns)`; nothing outside training or at rate 0.
  func mask(
    _ part: Part, _ x: UnsafeMutablePointer<Float>, columns: Int, rate: Double, site: Int
  ) {
    guard rate > 0, let dropout = part.dropout else { return }
    let count = part.length * columns
    for sequence in 0..<part.sequences {
      let random = DropoutKey(
        seed: dropout.seed, step: dropout.step,
        sequence: UInt64(part.firstSequence + sequence)
      ).random(site: site)
      kernels.dropout(
        x + sequence * count, count, random.low, random.high, CounterRandom.threshold(rate),
        Float(1 / (1 - rate)))
    }
  }

  /// Norm, token shift, attention and residual: `middle = input + attention(...)`.
  func attentionForward(_ part: Part, _ space: Workspace, layer: Int) {
    let C = configuration.width
    let a = space.layers[layer]
    guard let tensors = layout.blocks[layer].attention,
      let matrices = packed.blocks[layer].attention
    else { return }
    normAndShift(
      part, a.input, gain: tensors.gain, shift: tensors.shift, out: a.attentionRows,
      inverse: a.attentionInverse)
    product(
      space, rows: part.rows, .floats(a.attentionRows, stride: C), matrices.queryKeyValue,
      into: a.queryKeyValue, 3 * C)
    if let raw = a.rawValues, tensors.valueShare != nil {
      copyValues(part.rows, of: a.queryKeyValue, into: raw)
    }
    mixValues(part.rows, of: a.queryKeyValue, first: space.firstValues, tensors)
    rotate(part, a, kernels.rotary)
    keep(a.queryKeyValue, part.rows * 3 * C)
    for sequence in 0..<part.sequences {
      for head in 0..<configuration.heads {
        kernels.span("heads") { attend(part, space, a, sequence: sequence, head: head) }
      }
    }
    keep(a.attended, part.rows * C)
    addBranch(
      part, space, from: .floats(a.attended, stride: C), matrices.output, base: a.input,
      into: a.middle, site: 1 + 2 * layer)
  }

  /// Norm, token shift, perceptron and residual: `next = middle + perceptron(...)`.
  func perceptronForward(
    _ part: Part, _ space: Workspace, layer: Int, next: UnsafeMutablePointer<Float>
  ) {
    let C = configuration.width
    let block = layout.blocks[layer]
    let a = space.layers[layer]
    normAndShift(
      part, a.middle, gain: block.hiddenGain, shift: block.hiddenShift, out: a.hiddenRows,
      inverse: a.hiddenInverse)
    product(
      space, rows: part.rows, .floats(a.hiddenRows, stride: C), packed.blocks[layer].up,
      into: a.hidden, space.hiddenStride,
      epilogue: fusesActivation ? space.activated.epilogue : .none)
    var activated = space.activated
    if !fusesActivation {
      let stride = space.hiddenStride
      keep(a.hidden, part.rows * stride)
      // The gradient's memory: the backward pass has not begun.
      kernels.activate(configuration.activation, a.hidden, part.rows * stride, space.dHidden)
      activated = .floats(space.dHidden, stride: stride)
    }
    addBranch(
      part, space, from: activated, packed.blocks[layer].down, base: a.middle, into: next,
      site: 2 + 2 * layer)
  }

  /// Whether the products of the perceptron apply its activation on the way.
  var fusesActivation: Bool { activations == nil && configuration.activation == .squaredReLU }

  /// Mixes the first block's values into those of a later one, `v ← v + λ·(v₀ − v)`; keeps the first
  /// block's in `first`.
  func mixValues(
    _ rows: Int, of queryKeyValue: UnsafeMutablePointer<Float>,
    first: UnsafeMutablePointer<Float>?, _ tensors: ParameterLayout.Attention
  ) {
    guard let first else { return }
    guard let tensor = tensors.valueShare else {
      return copyValues(rows, of: queryKeyValue, into: first)
    }
    let C = configuration.width
    let share = parameterArena.base[tensor.offset]
    for row in 0..<rows {
      let value = queryKeyValue + row * 3 * C + 2 * C
      kernels.combine(1 - share, value, share, first + row * C, C, value)
    }
  }

  private func copyValues(
    _ rows: Int, of queryKeyValue: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>
  ) {
    let C = configuration.width
    for row in 0..<rows {
      (out + row * C).update(from: queryKeyValue + row * 3 * C + 2 * C, count: C)
    }
  }

  /// `out = base + dropout(input · W)`; `out` may be `base`.
  private func addBranch(
    _ part: Part, _ space: Workspace, from input: Activations, _ matrix: PackedWeights.Matrix,
    base: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>, site: Int
  ) {
    let C = configuration.width
    if configuration.dropout > 0, part.dropout != nil {
      product(space, rows: part.rows, input, matrix, into: space.rowsA, C)
      mask(part, space.rowsA, columns: C, rate: configuration.dropout, site: site)
      kernels.combine(1, base, 1, space.rowsA, part.rows * C, out)
    } else {
      product(
        space, rows: part.rows, input, matrix, into: out, C, addend: .rows(base, stride: C))
    }
    keep(out, part.rows * C)
  }

  private func normAndShift(
    _ part: Part, _ x: UnsafePointer<Float>, gain: ParameterLayout.Tensor,
    shift: ParameterLayout.Tensor?, out: UnsafeMutablePointer<Float>,
    inverse: UnsafeMutablePointer<Float>
  ) {
    let C = configuration.width
    let p = parameterArena.base
    kernels.rmsNorm(x, p + gain.offset, part.rows, C, out, inverse)
    if let shift {
      for sequence in 0..<part.sequences {
        kernels.tokenShift(
          out + sequence * part.length * C, p + shift.offset, part.length, C)
      }
    }
    keep(out, part.rows * C)
  }

  /// Calls `kernel` for the queries and the keys of every sequence.
  func rotate(_ part: Part, _ a: Workspace.Layer, _ kernel: (Rotation) -> Void) {
    let (C, H, D) = (configuration.width, configuration.heads, configuration.headSize)
    let gain = Float(configuration.qkGain / Double(D).squareRoot())
    for sequence in 0..<part.sequences {
      let first = sequence * part.length
      for (offset, factor, inverse) in [(0, gain, a.queryInverse), (C, 1, a.keyInverse)] {
        kernel(
          Rotation(
            x: a.queryKeyValue + first * 3 * C + offset, T: part.length, stride: 3 * C, H: H, D: D,
            cosines: rotary.cosines, sines: rotary.sines, factor: factor,
            inverseRMS: inverse + first * H))
      }
    }
  }

  /// Causal attention of one head of one sequence, a block of queries at a time.
  private func attend(
    _ part: Part, _ space: Workspace, _ a: Workspace.Layer, sequence: Int, head: Int
  ) {
    let (C, D, H) = (configuration.width, configuration.headSize, configuration.heads)
    let (T, first, weightStride) = (part.length, sequence * part.length, space.weightStride)
    let query = a.queryKeyValue + first * 3 * C + head * D
    let (key, value) = (query + C, query + 2 * C)
    packHead(space, 0, key, 1, 3 * C, D, T)
    packHead(space, 1, value, 3 * C, 1, T, D)
    var t = 0
    while t < T {
      let rows = min(Workspace.queryRows, T - t)
      let end = t + rows
      headProduct(
        space, rows: rows, N: end, K: D, query + t * 3 * C, 3 * C, panels: 0, packedRows: D,
        into: space.weights, weightStride, triangle: .result(diagonal: t))
      kernels.causalSoftmax(
        space.weights, rows, t, end, weightStride, a.logSum + (sequence * H + head) * T + t)
      headProduct(
        space, rows: rows, N: D, K: end, space.weights, weightStride, panels: 1, packedRows: T,
        into: a.attended + (first + t) * C + head * D, C, triangle: .operand(diagonal: t))
      t = end
    }
  }
}
