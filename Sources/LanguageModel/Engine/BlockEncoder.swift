internal import KernelInterface

/// Embeddings, blocks, and a last norm.
struct BlockEncoder: ByteEncoder {
  func forward(_ engine: Transformer, _ part: Part, _ space: Workspace, trains: Bool) {
    let configuration = engine.configuration
    engine.kernels.span("embedding") { engine.embed(part, space, trains: trains) }
    for layer in 0..<configuration.layers {
      let next = layer + 1 < configuration.layers ? space.layers[layer + 1].input : space.output
      engine.kernels.span("attention") { engine.attentionForward(part, space, layer: layer) }
      engine.kernels.span("perceptron") {
        engine.perceptronForward(part, space, layer: layer, next: next)
      }
    }
    engine.kernels.span("head") {
      engine.kernels.rmsNorm(
        space.output, engine.finalGain(of: engine.parameterBase), part.rows, configuration.width,
        space.finalRows, space.finalInverse)
      engine.keep(space.finalRows, part.rows * configuration.width)
    }
  }

  func backward(
    _ engine: Transformer, _ part: Part, _ space: Workspace,
    _ gradient: UnsafeMutablePointer<Float>
  ) {
    let kernels = engine.kernels
    let C = engine.configuration.width
    kernels.span("head") {
      space.dResidual.update(repeating: 0, count: part.rows * C)
      kernels.rmsNormBackward(
        space.output, engine.finalGain(of: engine.parameterBase), space.finalInverse, space.rowsA,
        part.rows, C, space.dResidual, engine.finalGain(of: gradient))
    }
    for layer in (0..<engine.configuration.layers).reversed() {
      kernels.span("perceptron") {
        engine.perceptronBackward(part, space, layer: layer, gradient)
      }
      kernels.span("attention") { engine.attentionBackward(part, space, layer: layer, gradient) }
    }
    kernels.span("embedding") { engine.embedBackward(part, space, gradient) }
  }

  func read(_ engine: Transformer, rows: Int, _ cache: KeyValueCache) {
    engine.embed(rows, cache)
    for layer in 0..<engine.configuration.layers {
      engine.attention(rows, cache, layer: layer)
      engine.perceptron(rows, cache, layer: layer)
    }
  }

  func writeLatents(_ engine: Transformer, row: Int, _ cache: KeyValueCache) {
    let C = engine.configuration.width
    engine.kernels.rmsNorm(
      cache.stream + row * C, engine.finalGain(of: engine.parameterBase), 1, C, cache.normed,
      cache.unused)
  }
}

extension Transformer {
  /// The last norm's gain, or its gradient, in an array of the parameters' layout.
  fileprivate func finalGain(of base: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Float> {
    guard let gain = layout.finalGain else {
      preconditionFailure("[BlockEncoder] the layout has no last norm")
    }
    return base + gain.offset
  }
}
