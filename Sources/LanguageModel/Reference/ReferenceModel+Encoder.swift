extension Reference.Model {
  /// Everything that the backward pass needs of the forward pass.
  struct Trace {
    /// Hash rows after dropout, `(n, O·W)`; empty without n-grams.
    var ngrams: [Scalar] = []
    /// Sums of embeddings less their means, and the same normed, `(n, W)`; in an encoder of contexts.
    var centred: [Scalar] = [], contextNormed: [Scalar] = []
    var blocks: [BlockTrace] = []
    /// Output of the last block, or the layer of contexts before ReLU², `(n, C)`.
    var stream: [Scalar] = []
    /// The latents: its norm, or its ReLU², `(n, C)`.
    var normed: [Scalar] = []
    /// The cellular automata; nil where the model has none.
    var automata: AutomatonTrace?
    /// `(n, 256)`.
    var logits: [Scalar] = []
  }

  /// Runs the encoder.
  func encode(_ inputs: [UInt8], dropout: DropoutKey?) -> Trace {
    var trace = Trace()
    if let contexts = layout.contexts {
      let sums = Reference.contexts(
        inputs, tables: ([layout.embedding] + contexts.tables).map { values($0) },
        weights: contextWeights, width: configuration.ngramWidth)
      trace.centred = Reference.centredRows(sums, width: configuration.ngramWidth)
      trace.contextNormed = Reference.rmsNorm(trace.centred, gain: contextOnes)
      trace.stream = product(trace.contextNormed, contexts.up)
      trace.normed = Reference.squaredReLU(trace.stream)
      return trace
    }
    var x = Reference.embedding(
      inputs, table: values(layout.embedding), width: configuration.width)
    if let projection = layout.ngramProjection {
      let rows = Reference.ngrams(inputs, tables: tables, configuration: configuration)
      trace.ngrams = Reference.dropout(
        rows, rate: configuration.ngramDropout, random: dropout?.random(site: 0))
      x = Reference.sum(x, product(trace.ngrams, projection))
    }
    for index in layout.blocks.indices {
      let block = forwardBlock(
        index, x, firstValues: trace.blocks.first?.ownValues, dropout: dropout)
      trace.blocks.append(block)
      x = block.output
    }
    trace.stream = x
    trace.normed = Reference.rmsNorm(x, gain: finalGain)
    return trace
  }

  /// Passes `dLatents`, shape `(n, C)`, backward through the encoder.
  func backwardEncoder(
    _ dLatents: [Scalar], trace: Trace, inputs: [UInt8], dropout: DropoutKey?,
    into gradients: inout Gradients, tables dTables: inout [Scalar]
  ) {
    if let contexts = layout.contexts {
      let dStream = Reference.squaredReLUBackward(dLatents, x: trace.stream)
      let up = productBackward(dStream, x: trace.contextNormed, weights: contexts.up)
      gradients.add(up.dWeights, to: contexts.up)
      let norm = Reference.rmsNormBackward(up.dX, x: trace.centred, gain: contextOnes)
      let W = configuration.ngramWidth
      let d = Reference.contextsBackward(
        Reference.centredRows(norm.dX, width: W), inputs: inputs, weights: contextWeights, width: W)
      for (tensor, gradient) in zip([layout.embedding] + contexts.tables, d) {
        gradients.add(gradient, to: tensor)
      }
      return
    }
    let norm = Reference.rmsNormBackward(dLatents, x: trace.stream, gain: finalGain)
    if let gain = layout.finalGain { gradients.add(norm.dGain, to: gain) }
    var dX = norm.dX
    var dFirstValues: [Scalar] = Reference.zeros(dX.count)
    for index in layout.blocks.indices.reversed() {
      let middle = backwardPerceptron(
        index, dX, trace: trace.blocks[index], dropout: dropout, into: &gradients)
      dX = backwardAttention(
        index, middle, trace: trace.blocks[index], firstValues: trace.blocks[0].ownValues,
        dropout: dropout, dFirstValues: &dFirstValues, into: &gradients)
    }
    gradients.add(
      Reference.embeddingBackward(dX, inputs: inputs, width: configuration.width),
      to: layout.embedding)
    if let projection = layout.ngramProjection {
      let d = productBackward(dX, x: trace.ngrams, weights: projection)
      gradients.add(d.dWeights, to: projection)
      let dRows = Reference.dropoutBackward(
        d.dX, rate: configuration.ngramDropout, random: dropout?.random(site: 0))
      Reference.ngramsBackward(
        dRows, inputs: inputs, configuration: configuration, dTables: &dTables)
    }
  }

  private var finalGain: [Scalar] { layout.finalGain.map { values($0) } ?? [] }

  private var contextWeights: [Scalar] {
    [1] + (0..<configuration.contexts).map { Scalar(configuration.contextWeight($0)) }
  }

  private var contextOnes: [Scalar] { Array(repeating: 1, count: configuration.ngramWidth) }
}
