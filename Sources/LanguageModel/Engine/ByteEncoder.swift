/// What turns a part's bytes into latents, one row a position: that in which the models differ.
///
/// The engine's arrays are laid out for it by ``ParameterLayout``; head, objectives, shards, scores
/// and packing are the engine's and read no more of it than its latents.
protocol ByteEncoder: Sendable {
  /// Leaves the latents in `space.finalRows`, what the backward pass needs, and in `space.output`
  /// the rows that the JEPA objective's target encoder norms.
  func forward(_ engine: Transformer, _ part: Part, _ space: Workspace, trains: Bool)

  /// Adds the parameters' gradients, from `space.rowsA`, the gradient in the latents.
  ///
  /// Reads what ``forward(_:_:_:trains:)`` just left.
  func backward(
    _ engine: Transformer, _ part: Part, _ space: Workspace,
    _ gradient: UnsafeMutablePointer<Float>)

  /// Reads the next `rows` bytes of a window, after `cache.count` that were read.
  func read(_ engine: Transformer, rows: Int, _ cache: KeyValueCache)

  /// Writes the latents of row `row` of those just read to the first row of `cache.normed`.
  func writeLatents(_ engine: Transformer, row: Int, _ cache: KeyValueCache)
}

extension ModelConfiguration {
  /// The encoder of a model with this layout.
  func byteEncoder(_ layout: ParameterLayout) -> any ByteEncoder {
    switch encoder {
    case .blocks: BlockEncoder()
    case .contexts: ContextEncoder(self, layout)
    }
  }
}
