internal import KernelInterface

/// Weighted embeddings of the last bytes, a norm without parameters, one ReLU² layer.
///
/// `Reference.Model` says what is computed.
struct ContextEncoder: ByteEncoder {
  func forward(_ engine: Transformer, _ part: Part, _ space: Workspace, trains: Bool) {
    let (C, W) = (engine.configuration.width, engine.configuration.ngramWidth)
    let kernels = engine.kernels
    guard let rows = space.contexts, let up = engine.packed.contextUp else {
      preconditionFailure("[ContextEncoder] the engine has another encoder")
    }
    kernels.span("embedding") {
      for sequence in 0..<part.sequences {
        let first = sequence * part.length
        for t in 0..<part.length {
          engine.embedContexts(
            of: part.inputs + first, at: t, into: rows.centred + (first + t) * W)
        }
      }
      kernels.rmsNorm(rows.centred, rows.ones, part.rows, W, rows.normed, rows.inverse)
      engine.keep(rows.normed, part.rows * W)
    }
    kernels.span("perceptron") {
      engine.product(
        space, rows: part.rows, .floats(rows.normed, stride: W), up, into: space.output, C)
      engine.keep(space.output, part.rows * C)
      kernels.squaredReLU(space.output, part.rows * C, space.finalRows)
      engine.keep(space.finalRows, part.rows * C)
    }
  }

  func backward(
    _ engine: Transformer, _ part: Part, _ space: Workspace,
    _ gradient: UnsafeMutablePointer<Float>
  ) {
    let (C, W) = (engine.configuration.width, engine.configuration.ngramWidth)
    let kernels = engine.kernels
    guard let rows = space.contexts, let up = engine.packed.contextUp else {
      preconditionFailure("[ContextEncoder] the engine has another encoder")
    }
    kernels.span("perceptron") {
      kernels.squaredReLUBackward(space.output, part.rows * C, space.rowsA)
      engine.linearBackward(
        part.rows, space, up, input: rows.normed, W, dOut: space.rowsA, C, dInput: rows.dNormed, W,
        gradient)
    }
    kernels.span("embedding") {
      rows.dCentred.update(repeating: 0, count: part.rows * W)
      kernels.rmsNormBackward(
        rows.centred, rows.ones, rows.inverse, rows.dNormed, part.rows, W, rows.dCentred,
        rows.unused)
      for sequence in 0..<part.sequences {
        let first = sequence * part.length
        for t in 0..<part.length {
          engine.embedContextsBackward(
            of: part.inputs + first, at: t, rows.dCentred + (first + t) * W, gradient)
        }
      }
    }
  }

  /// Nothing: what a position gives depends on the window's bytes alone.
  func read(_ engine: Transformer, rows: Int, _ cache: KeyValueCache) {}

  func writeLatents(_ engine: Transformer, row: Int, _ cache: KeyValueCache) {
    let (C, W) = (engine.configuration.width, engine.configuration.ngramWidth)
    guard let up = engine.packed.contextUp else {
      preconditionFailure("[ContextEncoder] the engine has another encoder")
    }
    // The rows before this one were counted already.
    let position = cache.count - 1
    let (centred, normed) = (cache.ngrams, cache.ngrams + W)
    engine.embedContexts(of: cache.bytes, at: position, into: centred)
    normed.update(repeating: 1, count: W)
    engine.kernels.rmsNorm(centred, normed, 1, W, normed, cache.unused)
    engine.share(rows: 1, normed, W, up, into: cache.stream, C)
    engine.kernels.squaredReLU(cache.stream, C, cache.normed)
  }
}

extension Transformer {
  /// Calls `body` with the embedding of each byte that position `t` sees, the last first, and its
  /// weight.
  private func forEachContext(
    of bytes: UnsafePointer<UInt8>, at t: Int,
    _ body: (_ offset: Int, _ weight: Float) -> Void
  ) {
    guard let contexts = layout.contexts else { return }
    let W = configuration.ngramWidth
    body(layout.embedding.offset + Int(bytes[t]) * W, 1)
    for (index, table) in contexts.tables.enumerated() where t - index - 1 >= 0 {
      body(
        table.offset + Int(bytes[t - index - 1]) * W,
        Float(configuration.contextWeight(index)))
    }
  }

  /// Writes the weighted sum of the embeddings, less its mean.
  fileprivate func embedContexts(
    of bytes: UnsafePointer<UInt8>, at t: Int, into out: UnsafeMutablePointer<Float>
  ) {
    let W = configuration.ngramWidth
    out.update(repeating: 0, count: W)
    forEachContext(of: bytes, at: t) { offset, weight in
      kernels.addScaled(parameterBase + offset, weight, W, out)
    }
    subtractMean(out, W)
  }

  /// Adds the gradients of the embeddings; `d` is written over.
  fileprivate func embedContextsBackward(
    of bytes: UnsafePointer<UInt8>, at t: Int, _ d: UnsafeMutablePointer<Float>,
    _ gradient: UnsafeMutablePointer<Float>
  ) {
    let W = configuration.ngramWidth
    subtractMean(d, W)
    forEachContext(of: bytes, at: t) { offset, weight in
      kernels.addScaled(d, weight, W, gradient + offset)
    }
  }

  private func subtractMean(_ x: UnsafeMutablePointer<Float>, _ count: Int) {
    var sum: Float = 0
    for i in 0..<count { sum += x[i] }
    let mean = sum / Float(count)
    for i in 0..<count { x[i] -= mean }
  }
}
