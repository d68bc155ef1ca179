internal import KernelInterface
internal import Kernels

extension Transformer {
  /// Adds the gradient of `scale · Σ −ln p(target)`, times its factor, to `gradient` and returns
  /// `Σ −ln p(target)`.
  ///
  /// Reads the activations that ``forward(_:_:trains:)`` just left. The automata's figures
  /// are added to `automata`. `latents` is called when `rowsA`
  /// holds the gradient in the normed output, which it may add to, and `dResidual` is free.
  func backward(
    _ part: Part, _ space: Workspace, targets: UnsafePointer<UInt8>, scale: Float,
    factors: ObjectiveFactors, gradient: UnsafeMutablePointer<Float>, automata: inout AutomatonSums,
    latents: () -> Void
  ) -> Double {
    let (C, V) = (configuration.width, ModelConfiguration.vocabulary)
    let rows = part.rows
    let loss = kernels.span("cross-entropy") {
      var loss = 0.0
      let share = scale * Float(factors.nextByte)
      for row in 0..<rows {
        loss += Double(kernels.crossEntropy(space.logits + row * V, V, Int(targets[row]), share))
      }
      kernels.addRows(space.logits, rows, V, gradient + layout.headBias.offset)
      return loss
    }
    kernels.span("head") {
      linearBackward(
        rows, space, packed.head, input: space.automaton?.rows ?? space.finalRows, C,
        dOut: space.logits, V,
        dInput: space.rowsA, C, gradient)
    }
    kernels.span("automaton") {
      automataBackward(part, space, scale: scale * Float(factors.nca), gradient, &automata)
    }
    kernels.span("extra bytes") {
      extraBytesBackward(
        part, space, targets: targets, scale: scale * Float(factors.nextByte), gradient)
    }
    latents()
    encoder.backward(self, part, space, gradient)
    return loss
  }

  /// Backward of `out = input · W`: `dW += inputᵀ · dOut` and `dInput = dOut · Wᵀ`.
  ///
  /// The prologue makes the input of what is given; the epilogue ends `dInput`.
  func linearBackward(
    _ rows: Int, _ space: Workspace, _ matrix: PackedWeights.Matrix,
    input: UnsafePointer<Float>, _ inputStride: Int, prologue: OperandPrologue = .none,
    dOut: UnsafePointer<Float>, _ dOutStride: Int, dInput: UnsafeMutablePointer<Float>,
    _ dInputStride: Int, epilogue: ProductEpilogue = .none,
    _ gradient: UnsafeMutablePointer<Float>
  ) {
    if let mixed = space.mixed {
      return mixedBackward(
        mixed, rows: rows, matrix, input: input, inputStride, prologue: prologue, dOut: dOut,
        dOutStride, dInput: dInput, dInputStride, epilogue: epilogue, gradient)
    }
    let (ins, outs) = (matrix.tensor.rows, matrix.tensor.columns)
    kernels.pack(dOut, dOutStride, 1, rows, outs, space.panels)
    kernels.packRows(input, inputStride, rows, ins, prologue, space.rowPanels)
    kernels.multiply(
      MatrixProduct(
        M: ins, N: outs, K: rows, rowPanels: space.rowPanels, panels: space.panels,
        c: gradient + matrix.tensor.offset, cRow: outs, accumulate: true))
    kernels.multiply(
      MatrixProduct(
        M: rows, N: ins, K: outs, a: dOut, aRow: dOutStride,
        panels: packed.arena.base + matrix.backward, c: dInput, cRow: dInputStride,
        addend: .nothing, epilogue: epilogue))
  }

  /// The gradient of a branch's output: that of the residual stream, masked as the branch was.
  private func branchGradient(
    _ part: Part, _ space: Workspace, site: Int
  )
    -> UnsafeMutablePointer<Float>
  {
    guard configuration.dropout > 0, part.dropout != nil else { return space.dResidual }
    let C = configuration.width
    space.rowsA.update(from: space.dResidual, count: part.rows * C)
    mask(part, space.rowsA, columns: C, rate: configuration.dropout, site: site)
    return space.rowsA
  }

  func perceptronBackward(
    _ part: Part, _ space: Workspace, layer: Int, _ gradient: UnsafeMutablePointer<Float>
  ) {
    let C = configuration.width
    let (rows, stride) = (part.rows, space.hiddenStride)
    let a = space.layers[layer]
    let dOut = branchGradient(part, space, site: 2 + 2 * layer)
    if fusesActivation {
      linearBackward(
        rows, space, packed.blocks[layer].down, input: a.hidden, stride, prologue: .squaredReLU,
        dOut: dOut, C, dInput: space.dHidden, stride,
        epilogue: .squaredReLUGradient(of: a.hidden, stride: stride), gradient)
    } else {
      // Its input is packed before the input's gradient takes its place.
      kernels.activate(configuration.activation, a.hidden, rows * stride, space.dHidden)
      linearBackward(
        rows, space, packed.blocks[layer].down, input: space.dHidden, stride, dOut: dOut, C,
        dInput: space.dHidden, stride, gradient)
      kernels.activateBackward(configuration.activation, a.hidden, rows * stride, space.dHidden)
    }
    linearBackward(
      rows, space, packed.blocks[layer].up, input: a.hiddenRows, C, dOut: space.dHidden, stride,
      dInput: space.rowsA, C, gradient)
    normAndShiftBackward(
      part, space, x: a.middle, gain: layout.blocks[layer].hiddenGain,
      shift: layout.blocks[layer].hiddenShift, inverse: a.hiddenInverse, gradient)
  }

  func attentionBackward(
    _ part: Part, _ space: Workspace, layer: Int, _ gradient: UnsafeMutablePointer<Float>
  ) {
    let C = configuration.width
    let a = space.layers[layer]
    guard let tensors = layout.blocks[layer].attention,
      let matrices = packed.blocks[layer].attention
    else { return }
    let dOut = branchGradient(part, space, site: 1 + 2 * layer)
    linearBackward(
      part.rows, space, matrices.output, input: a.attended, C, dOut: dOut, C, dInput: space.rowsB,
      C, gradient)
    for sequence in 0..<part.sequences {
      for head in 0..<configuration.heads {
        kernels.span("heads") { attendBackward(part, space, a, sequence: sequence, head: head) }
      }
    }
    mixValuesBackward(part.rows, space, tensors, layer: layer, gradient)
    rotate(part, a) { rotation in
      kernels.rotaryBackward(
        rotation, space.dQueryKeyValue + (rotation.x - a.queryKeyValue))
    }
    linearBackward(
      part.rows, space, matrices.queryKeyValue, input: a.attentionRows, C,
      dOut: space.dQueryKeyValue, 3 * C, dInput: space.rowsA, C, gradient)
    normAndShiftBackward(
      part, space, x: a.input, gain: tensors.gain, shift: tensors.shift,
      inverse: a.attentionInverse, gradient)
  }

  /// From the gradient in a block's mixed values to that in its own, in the share, and, added up until
  /// the first block takes it, in the first block's.
  private func mixValuesBackward(
    _ rows: Int, _ space: Workspace, _ tensors: ParameterLayout.Attention, layer: Int,
    _ gradient: UnsafeMutablePointer<Float>
  ) {
    guard let first = space.firstValues, let dFirst = space.dFirstValues else { return }
    let C = configuration.width
    if layer == configuration.layers - 1 { dFirst.update(repeating: 0, count: rows * C) }
    guard let share = tensors.valueShare, let raw = space.layers[layer].rawValues else {
      for row in 0..<rows {
        kernels.addScaled(dFirst + row * C, 1, C, space.dQueryKeyValue + row * 3 * C + 2 * C)
      }
      return
    }
    let part = parameterArena.base[share.offset]
    var sum = 0.0
    for row in 0..<rows {
      let d = space.dQueryKeyValue + row * 3 * C + 2 * C
      var dot: Float = 0
      for i in 0..<C { dot += d[i] * (first[row * C + i] - raw[row * C + i]) }
      sum += Double(dot)
      kernels.addScaled(d, part, C, dFirst + row * C)
      kernels.combine(1 - part, d, 0, d, C, d)
    }
    gradient[share.offset] += Float(sum)
  }

  /// From `rowsA`, the gradient of the shifted normed rows, to the residual stream's.
  private func normAndShiftBackward(
    _ part: Part, _ space: Workspace, x: UnsafePointer<Float>, gain: ParameterLayout.Tensor,
    shift: ParameterLayout.Tensor?, inverse: UnsafeMutablePointer<Float>,
    _ gradient: UnsafeMutablePointer<Float>
  ) {
    let C = configuration.width
    let p = parameterArena.base
    if let shift {
      // The rows before the shift were overwritten by it; norming again is cheaper than keeping.
      kernels.rmsNorm(x, p + gain.offset, part.rows, C, space.rowsB, inverse)
      for sequence in 0..<part.sequences {
        let first = sequence * part.length * C
        kernels.tokenShiftBackward(
          space.rowsA + first, space.rowsB + first, p + shift.offset, part.length, C,
          gradient + shift.offset)
      }
    }
    kernels.rmsNormBackward(
      x, p + gain.offset, inverse, space.rowsA, part.rows, C, space.dResidual,
      gradient + gain.offset)
  }

  /// Backward of one head: from its output's gradient in `rowsB` to that of q, k and v.
  private func attendBackward(
    _ part: Part, _ space: Workspace, _ a: Workspace.Layer, sequence: Int, head: Int
  ) {
    let (C, D, H) = (configuration.width, configuration.headSize, configuration.heads)
    let (T, first) = (part.length, sequence * part.length)
    let (stride, weightStride) = (3 * C, space.weightStride)
    let query = a.queryKeyValue + first * stride + head * D
    let (key, value) = (query + C, query + 2 * C)
    let dQuery = space.dQueryKeyValue + first * stride + head * D
    let (dKey, dValue) = (dQuery + C, dQuery + 2 * C)
    let dOut = space.rowsB + first * C + head * D
    packHead(space, 0, key, 1, stride, D, T)
    packHead(space, 2, value, 1, stride, D, T)
    packHead(space, 1, key, stride, 1, T, D)
    var t = 0
    while t < T {
      let rows = min(Workspace.queryRows, T - t)
      let end = t + rows
      headProduct(
        space, rows: rows, N: end, K: D, query + t * stride, stride, panels: 0, packedRows: D,
        into: space.weights, weightStride, triangle: .result(diagonal: t))
      kernels.causalSoftmaxAgain(
        space.weights, rows, t, end, weightStride, a.logSum + (sequence * H + head) * T + t)
      headProduct(
        space, rows: rows, N: end, K: D, dOut + t * C, C, panels: 2, packedRows: D,
        into: space.dWeights, weightStride, triangle: .result(diagonal: t))
      packHead(space, 3, dOut + t * C, C, 1, rows, D)
      transposedHeadProduct(
        space, rows: rows, first: t, end: end, space.weights, panels: 3, into: dValue)
      kernels.causalSoftmaxBackward(space.weights, space.dWeights, rows, t, end, weightStride)
      headProduct(
        space, rows: rows, N: D, K: end, space.dWeights, weightStride, panels: 1, packedRows: T,
        into: dQuery + t * stride, stride, triangle: .operand(diagonal: t))
      packHead(space, 3, query + t * stride, stride, 1, rows, D)
      transposedHeadProduct(
        space, rows: rows, first: t, end: end, space.dWeights, panels: 3, into: dKey)
      t = end
    }
  }

  func embedBackward(
    _ part: Part, _ space: Workspace, _ gradient: UnsafeMutablePointer<Float>
  ) {
    let C = configuration.width
    for row in 0..<part.rows {
      kernels.addScaled(
        space.dResidual + row * C, 1, C,
        gradient + layout.embedding.offset + Int(part.inputs[row]) * C)
    }
    guard let projection = packed.ngramProjection else { return }
    let channels = configuration.ngramChannels
    let dNgrams =
      tableGradientArena.base + part.firstSequence * part.length * channels
    linearBackward(
      part.rows, space, projection, input: space.ngrams, channels, dOut: space.dResidual, C,
      dInput: dNgrams, channels, gradient)
    maskNgrams(part, dNgrams)
  }
}
