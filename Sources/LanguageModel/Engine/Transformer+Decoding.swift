internal import KernelInterface
internal import Kernels

extension Transformer {
  /// Reads the next `count` bytes of the cache's window and predicts the byte after them.
  ///
  /// Afterwards the cache's `logits` and `probabilities` are those of the last position. Each
  /// position's numbers come from the same operations in the same order in whatever pieces the
  /// window is read and whatever the number of threads, so they are the same bits as long as they are
  /// finite. Bits may differ from those of a forward pass over the window at once, whose sums may run
  /// in another order.
  ///
  /// - Precondition: `cache.bytes` holds the window, and `cache.count + count` is at most `context`.
  /// - Complexity: O(count · (parameters + context · width)); one position reads each weight once.
  func read(_ count: Int, into cache: KeyValueCache) {
    precondition(
      count > 0 && cache.count + count <= configuration.context,
      "[read] \(count) bytes after \(cache.count), expected 1…\(configuration.context) together")
    packIfNeeded()
    var left = count
    while left > 0 {
      let rows = min(cache.rows, left)
      encoder.read(self, rows: rows, cache)
      cache.count += rows
      left -= rows
      if left == 0 { predict(after: rows - 1, cache) }
    }
  }

  /// `out = addend + input · W` and the epilogue, the columns shared out among threads where that
  /// pays.
  func share(
    rows: Int, _ input: UnsafePointer<Float>, _ inputStride: Int, _ matrix: PackedWeights.Matrix,
    into out: UnsafeMutablePointer<Float>, _ outStride: Int, addend: ProductAddend = .nothing,
    epilogue: ProductEpilogue = .none
  ) {
    let (K, N, P) = (matrix.tensor.rows, matrix.tensor.columns, kernels.panelWidth)
    let panels = (N + P - 1) / P
    let pieces = rows * K * N < Self.sharedWork ? 1 : min(crew.threads, panels)
    let a = SendablePointer(input)
    let c = SendableMutablePointer(out)
    let b = SendablePointer(UnsafePointer(packed.arena.base + matrix.forward))
    crew.run(tasks: pieces) { piece, _ in
      let first = piece * panels / pieces
      let last = (piece + 1) * panels / pieces
      kernels.multiply(
        MatrixProduct(
          M: rows, N: min(N, last * P) - first * P, K: K, a: a.pointer, aRow: inputStride,
          panels: b.pointer + first * P * K, c: c.pointer + first * P, cRow: outStride,
          addend: addend.columns(from: first * P), epilogue: epilogue.columns(from: first * P)))
    }
  }

  /// Products of fewer multiplications end before a second thread has begun.
  private static var sharedWork: Int { 1 << 20 }

  /// Writes byte embedding plus projected hash rows to the stream.
  func embed(_ rows: Int, _ cache: KeyValueCache) {
    let (C, O, W) = (
      configuration.width, configuration.ngramOrders.count, configuration.ngramWidth
    )
    let table = parameterArena.base + layout.embedding.offset
    for row in 0..<rows {
      let position = cache.count + row
      (cache.stream + row * C).update(from: table + Int(cache.bytes[position]) * C, count: C)
      for o in 0..<O {
        let out = cache.ngrams + (row * O + o) * W
        let found = NgramHash.row(
          cache.bytes, position: position, order: configuration.ngramOrders[o],
          rows: configuration.ngramRows)
        if let found {
          out.update(
            from: tableArena.base + (o * configuration.ngramRows + found) * W, count: W)
        } else {
          out.update(repeating: 0, count: W)
        }
      }
    }
    guard let projection = packed.ngramProjection else { return }
    share(rows: rows, cache.ngrams, O * W, projection, into: cache.stream, C, addend: .result)
  }

  /// Adds the attention of the new positions to their stream and keeps their keys and values.
  func attention(_ rows: Int, _ cache: KeyValueCache, layer: Int) {
    let (C, H, D) = (configuration.width, configuration.heads, configuration.headSize)
    guard let tensors = layout.blocks[layer].attention,
      let matrices = packed.blocks[layer].attention
    else { return }
    normAndShift(
      rows, cache, gain: tensors.gain, shift: tensors.shift,
      before: cache.layers[layer].attentionRow)
    let x = cache.queryKeyValue
    share(rows: rows, cache.normed + C, C, matrices.queryKeyValue, into: x, 3 * C)
    mixValues(rows, of: x, first: cache.firstValues, tensors)
    let gain = Float(configuration.qkGain / Double(D).squareRoot())
    rotate(rows, x, factor: gain, cache)
    rotate(rows, x + C, factor: 1, cache)
    for head in 0..<H {
      store(rows, cache, layer: layer, head: head)
      attend(rows, cache, layer: layer, head: head)
    }
    share(rows: rows, cache.attended, C, matrices.output, into: cache.stream, C, addend: .result)
  }

  /// Norms and turns the new queries, or the new keys, in place.
  private func rotate(
    _ rows: Int, _ x: UnsafeMutablePointer<Float>, factor: Float, _ cache: KeyValueCache
  ) {
    let (C, H, D) = (configuration.width, configuration.heads, configuration.headSize)
    let angles = cache.count * (D / 2)
    kernels.rotary(
      Rotation(
        x: x, T: rows, stride: 3 * C, H: H, D: D, cosines: rotary.cosines + angles,
        sines: rotary.sines + angles, factor: factor, inverseRMS: cache.unused))
  }

  /// Puts one head's new keys and values into its panels.
  private func store(_ rows: Int, _ cache: KeyValueCache, layer: Int, head: Int) {
    let (C, D, T) = (configuration.width, configuration.headSize, configuration.context)
    let P = kernels.panelWidth
    let keys = cache.layers[layer].keys + head * cache.keySize
    let values = cache.layers[layer].values + head * cache.valueSize
    for row in 0..<rows {
      let t = cache.count + row
      let key = cache.queryKeyValue + row * 3 * C + C + head * D
      let value = key + C
      let column = keys + t / P * D * P + t % P
      for i in 0..<D { column[i * P] = key[i] }
      for i in 0..<D { values[(i / P * T + t) * P + i % P] = value[i] }
    }
  }

  /// Causal attention of one head's new queries over all positions so far.
  private func attend(_ rows: Int, _ cache: KeyValueCache, layer: Int, head: Int) {
    let (C, D, T) = (configuration.width, configuration.headSize, configuration.context)
    let weightStride = cache.weightStride
    let keys = cache.layers[layer].keys + head * cache.keySize
    let values = cache.layers[layer].values + head * cache.valueSize
    var row = 0
    while row < rows {
      let count = min(Workspace.queryRows, rows - row)
      let first = cache.count + row
      let end = first + count
      kernels.multiply(
        MatrixProduct(
          M: count, N: end, K: D, a: cache.queryKeyValue + row * 3 * C + head * D, aRow: 3 * C,
          panels: keys, c: cache.weights, cRow: weightStride, accumulate: false))
      kernels.causalSoftmax(cache.weights, count, first, end, weightStride, cache.unused)
      kernels.multiply(
        MatrixProduct(
          M: count, N: D, K: end, a: cache.weights, aRow: weightStride, panels: values,
          packedRows: T,
          c: cache.attended + row * C + head * D, cRow: C, accumulate: false))
      row += count
    }
  }

  /// Adds the perceptron's output to the stream.
  func perceptron(_ rows: Int, _ cache: KeyValueCache, layer: Int) {
    let C = configuration.width
    let block = layout.blocks[layer]
    normAndShift(
      rows, cache, gain: block.hiddenGain, shift: block.hiddenShift,
      before: cache.layers[layer].hiddenRow)
    let stride = cache.hiddenStride
    share(
      rows: rows, cache.normed + C, C, packed.blocks[layer].up, into: cache.hidden, stride,
      epilogue: fusesActivation ? .squaredReLU(into: cache.hidden, stride: stride) : .none)
    if !fusesActivation {
      kernels.activate(configuration.activation, cache.hidden, rows * stride, cache.hidden)
    }
    share(
      rows: rows, cache.hidden, stride, packed.blocks[layer].down, into: cache.stream, C,
      addend: .result)
  }

  /// Norms the stream's rows into `normed`, and adds the shifted rows before them.
  ///
  /// `before` is the last normed row of the positions so far, and is replaced by that of these.
  private func normAndShift(
    _ rows: Int, _ cache: KeyValueCache, gain: ParameterLayout.Tensor,
    shift: ParameterLayout.Tensor?, before: UnsafeMutablePointer<Float>
  ) {
    let C = configuration.width
    let p = parameterArena.base
    kernels.rmsNorm(cache.stream, p + gain.offset, rows, C, cache.normed + C, cache.unused)
    guard let shift else { return }
    cache.normed.update(from: before, count: C)
    before.update(from: cache.normed + rows * C, count: C)
    if cache.count == 0 {
      kernels.tokenShift(cache.normed + C, p + shift.offset, rows, C)
    } else {
      kernels.tokenShift(cache.normed, p + shift.offset, rows + 1, C)
    }
  }

  /// Writes logits and probabilities of the byte after a row of the stream.
  private func predict(after row: Int, _ cache: KeyValueCache) {
    let (C, V) = (configuration.width, ModelConfiguration.vocabulary)
    encoder.writeLatents(self, row: row, cache)
    var rows = cache.normed
    if let scratch = cache.automaton, let automaton = packed.automaton {
      share(
        rows: 1, cache.normed, C, automaton.drive, into: scratch.drive, CellularAutomaton.drives)
      runAutomata(scratch, rows: 1)
      share(
        rows: 1, scratch.readout, CellularAutomaton.cells, automaton.output, into: scratch.rows, C,
        addend: .rows(cache.normed, stride: C))
      rows = scratch.rows
    }
    share(
      rows: 1, rows, C, packed.head, into: cache.logits, V,
      addend: .rows(parameterArena.base + layout.headBias.offset, stride: 0))
    cache.probabilities.update(from: cache.logits, count: V)
    kernels.softmax(cache.probabilities, V)
  }
}
