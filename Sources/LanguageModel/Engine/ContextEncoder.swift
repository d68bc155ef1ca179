internal import KernelInterface

/// Weighted embeddings of the last bytes, a norm without parameters, one ReLU² layer.
///
/// `Reference.Model` says what is computed.
struct ContextEncoder: ByteEncoder {
  /// Where each distance's embeddings begin among the parameters, from distance 0, and their weights.
  private let tables: [(offset: Int, weight: Float)]

  init(_ configuration: ModelConfiguration, _ layout: ParameterLayout) {
    let before = layout.contexts?.tables ?? []
    tables =
      [(layout.embedding.offset, 1)]
      + before.enumerated().map { ($1.offset, Float(configuration.contextWeight($0))) }
  }

  func forward(_ engine: Transformer, _ part: Part, _ space: Workspace, trains: Bool) {
    let (C, W) = (engine.configuration.width, engine.configuration.ngramWidth)
    let kernels = engine.kernels
    let (rows, up) = (engine.contextRows(of: space), engine.contextUp)
    kernels.span("embedding") {
      for sequence in 0..<part.sequences {
        let first = sequence * part.length
        for t in 0..<part.length {
          embed(
            engine, part.inputs + first, at: t, into: rows.centred + (first + t) * W)
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
    let (rows, up) = (engine.contextRows(of: space), engine.contextUp)
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
          embedBackward(
            engine, part.inputs + first, at: t, rows.dCentred + (first + t) * W, gradient)
        }
      }
    }
  }

  /// Nothing: what a position gives depends on the window's bytes alone.
  func read(_ engine: Transformer, rows: Int, _ cache: KeyValueCache) {}

  func writeLatents(_ engine: Transformer, row: Int, _ cache: KeyValueCache) {
    let (C, W) = (engine.configuration.width, engine.configuration.ngramWidth)
    let up = engine.contextUp
    // The rows before this one were counted already.
    let position = cache.count - 1
    let (centred, normed) = (cache.ngrams, cache.ngrams + W)
    embed(engine, cache.bytes, at: position, into: centred)
    normed.update(repeating: 1, count: W)
    engine.kernels.rmsNorm(centred, normed, 1, W, normed, cache.unused)
    engine.share(rows: 1, normed, W, up, into: cache.stream, C)
    engine.kernels.squaredReLU(cache.stream, C, cache.normed)
  }

  /// Writes the weighted sum of the embeddings of the bytes that position `t` sees, less its mean.
  private func embed(
    _ engine: Transformer, _ bytes: UnsafePointer<UInt8>, at t: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    let W = engine.configuration.ngramWidth
    out.update(repeating: 0, count: W)
    for distance in 0..<min(tables.count, t + 1) {
      let (offset, weight) = tables[distance]
      let row = engine.parameterBase + offset + Int(bytes[t - distance]) * W
      engine.kernels.addScaled(row, weight, W, out)
    }
    Self.subtractMean(out, W)
  }

  /// Adds the gradients of the embeddings; `d` is written over.
  private func embedBackward(
    _ engine: Transformer, _ bytes: UnsafePointer<UInt8>, at t: Int,
    _ d: UnsafeMutablePointer<Float>, _ gradient: UnsafeMutablePointer<Float>
  ) {
    let W = engine.configuration.ngramWidth
    Self.subtractMean(d, W)
    for distance in 0..<min(tables.count, t + 1) {
      let (offset, weight) = tables[distance]
      engine.kernels.addScaled(d, weight, W, gradient + offset + Int(bytes[t - distance]) * W)
    }
  }

  private static func subtractMean(_ x: UnsafeMutablePointer<Float>, _ count: Int) {
    var sum: Float = 0
    for i in 0..<count { sum += x[i] }
    let mean = sum / Float(count)
    for i in 0..<count { x[i] -= mean }
  }
}

extension Transformer {
  fileprivate func contextRows(of space: Workspace) -> Workspace.Contexts {
    guard let rows = space.contexts else {
      preconditionFailure("[ContextEncoder] the workspace is another encoder's")
    }
    return rows
  }

  fileprivate var contextUp: PackedWeights.Matrix {
    guard let up = packed.contextUp else {
      preconditionFailure("[ContextEncoder] the weights are another encoder's")
    }
    return up
  }
}
