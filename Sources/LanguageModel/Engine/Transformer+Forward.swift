internal import KernelInterface
internal import Kernels

extension Transformer {
  /// Runs windows through all layers, leaving activations and, in `logits`, the output.
  func forward(_ part: Part, _ space: Workspace, trains: Bool) {
    let (C, V) = (configuration.width, ModelConfiguration.vocabulary)
    let p = parameterArena.base
    forwardBlocks(part, space, trains: trains)
    kernels.span("head") {
      kernels.rmsNorm(
        space.output, p + layout.finalGain.offset, part.rows, C, space.finalRows,
        space.finalInverse)
    }
    let rows = kernels.span("automaton") { addAutomata(part, space) }
    kernels.span("head") {
      product(
        space, rows: part.rows, .floats(rows, stride: C), packed.head,
        into: space.logits, V, addend: .rows(p + layout.headBias.offset, stride: 0))
    }
  }

  /// Runs windows through all blocks, leaving activations and, in `output`, the residual stream.
  func forwardBlocks(_ part: Part, _ space: Workspace, trains: Bool) {
    kernels.span("embedding") { embed(part, space, trains: trains) }
    for layer in 0..<configuration.layers {
      let next =
        layer + 1 < configuration.layers ? space.layers[layer + 1].input : space.output
      kernels.span("attention") { attentionForward(part, space, layer: layer) }
      kernels.span("perceptron") { perceptronForward(part, space, layer: layer, next: next) }
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
  private func embed(_ part: Part, _ space: Workspace, trains: Bool) {
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
    product(
      space, rows: part.rows, .floats(space.ngrams, stride: channels), projection, into: x, C,
      addend: .result)
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
  private func attentionForward(_ part: Part, _ space: Workspace, layer: Int) {
    let C = configuration.width
    let block = layout.blocks[layer]
    let a = space.layers[layer]
    normAndShift(
      part, a.input, gain: block.attentionGain, shift: block.attentionShift,
      out: a.attentionRows, inverse: a.attentionInverse)
    product(
      space, rows: part.rows, .floats(a.attentionRows, stride: C),
      packed.blocks[layer].queryKeyValue, into: a.queryKeyValue, 3 * C)
    rotate(part, a, kernels.rotary)
    for sequence in 0..<part.sequences {
      for head in 0..<configuration.heads {
        kernels.span("heads") { attend(part, space, a, sequence: sequence, head: head) }
      }
    }
    addBranch(
      part, space, from: .floats(a.attended, stride: C), packed.blocks[layer].attentionOutput,
      base: a.input, into: a.middle, site: 1 + 2 * layer)
  }

  /// Norm, token shift, ReLU² perceptron and residual: `next = middle + perceptron(...)`.
  private func perceptronForward(
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
      into: a.hidden, space.hiddenStride, epilogue: space.activated.epilogue)
    addBranch(
      part, space, from: space.activated, packed.blocks[layer].down, base: a.middle, into: next,
      site: 2 + 2 * layer)
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
  }

  private func normAndShift(
    _ part: Part, _ x: UnsafePointer<Float>, gain: ParameterLayout.Tensor,
    shift: ParameterLayout.Tensor?, out: UnsafeMutablePointer<Float>,
    inverse: UnsafeMutablePointer<Float>
  ) {
    let C = configuration.width
    let p = parameterArena.base
    kernels.rmsNorm(x, p + gain.offset, part.rows, C, out, inverse)
    guard let shift else { return }
    for sequence in 0..<part.sequences {
      kernels.tokenShift(
        out + sequence * part.length * C, p + shift.offset, part.length, C)
    }
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
