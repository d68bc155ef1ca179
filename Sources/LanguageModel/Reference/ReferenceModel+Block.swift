extension Reference.Model {
  /// What the backward pass needs of one block's forward pass, in the order of computation.
  struct BlockTrace {
    /// The block's input, `(n, C)`.
    var input: [Scalar] = []
    /// Norm before attention, `(n, C)`.
    var normed: [Scalar] = []
    /// The same after the token shift.
    var shifted: [Scalar] = []
    /// The block's own values, `(n, C)`, before the first block's were mixed in.
    var ownValues: [Scalar] = []
    /// `(n, 3C)`.
    var queryKeyValue: [Scalar] = []
    /// All heads' results, `(n, C)`.
    var heads: [Scalar] = []
    /// The stream after attention, `(n, C)`.
    var middle: [Scalar] = []
    /// Norm before the perceptron, `(n, C)`.
    var hiddenNormed: [Scalar] = []
    /// The same after the token shift.
    var hiddenShifted: [Scalar] = []
    /// Before and after the activation, `(n, F)`.
    var raised: [Scalar] = [], activated: [Scalar] = []
    /// The stream after the perceptron, `(n, C)`.
    var output: [Scalar] = []
  }

  /// Runs block `index` on the residual stream `x`, shape `(n, C)`.
  ///
  ///     middle = x + dropout(attention(shift(rmsNorm(x)) · queryKeyValue) · output), or x
  ///     output = middle + dropout(squaredReLU(shift(rmsNorm(middle)) · up) · down)
  /// Blocks after the first take its values, `firstValues`, in for a learned share.
  func forwardBlock(
    _ index: Int, _ x: [Scalar], firstValues: [Scalar]?, dropout: DropoutKey?
  ) -> BlockTrace {
    let block = layout.blocks[index]
    let rate = configuration.dropout
    var trace = BlockTrace()

    trace.input = x
    trace.middle = x
    if let attention = block.attention {
      trace.normed = Reference.rmsNorm(x, gain: values(attention.gain))
      trace.shifted = shifted(trace.normed, by: attention.shift)
      trace.queryKeyValue = product(trace.shifted, attention.queryKeyValue)
      let C = configuration.width
      trace.ownValues = Reference.columns(
        trace.queryKeyValue, width: 3 * C, from: 2 * C, columns: C)
      if let share = attention.valueShare, let firstValues {
        let part = values(share)[0]
        let mixed = zip(trace.ownValues, firstValues).map { $0 + part * ($1 - $0) }
        Reference.setColumns(
          &trace.queryKeyValue, width: 3 * C, from: 2 * C, to: mixed, columns: C)
      }
      trace.heads = Reference.attention(
        trace.queryKeyValue, shape: Reference.AttentionShape(configuration), precision: precision)
      let attended = product(trace.heads, attention.output)
      trace.middle = Reference.sum(
        x, Reference.dropout(attended, rate: rate, random: dropout?.random(site: 1 + 2 * index)))
    }

    trace.hiddenNormed = Reference.rmsNorm(trace.middle, gain: values(block.hiddenGain))
    trace.hiddenShifted = shifted(trace.hiddenNormed, by: block.hiddenShift)
    trace.raised = product(trace.hiddenShifted, block.up)
    trace.activated = Reference.activation(configuration.activation, trace.raised)
    let lowered = product(trace.activated, block.down)
    trace.output = Reference.sum(
      trace.middle,
      Reference.dropout(lowered, rate: rate, random: dropout?.random(site: 2 + 2 * index)))
    return trace
  }

  private func shifted(_ x: [Scalar], by factor: ParameterLayout.Tensor?) -> [Scalar] {
    guard let factor else { return x }
    return Reference.tokenShift(x, factor: values(factor))
  }
}
