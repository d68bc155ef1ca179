extension Reference {
  /// What the JEPA objective adds to the loss of one window.
  ///
  ///     scale · Σ_q latentLoss(predicted[q], targets[q]) + varianceScale · varianceCovariance(latents)
  public struct JEPATerm<Scalar: ReferenceScalar>: Sendable {
    public var configuration: JEPAConfiguration
    /// The hidden spans.
    public var spans: [SpanMask.Span]
    /// What the target encoder makes of the whole window, `(n, C)`: ``Model/targetLatents(inputs:)``.
    public var targets: [Scalar]
    /// Weight of each hidden position.
    public var scale: Scalar
    /// Weight of the variance–covariance term.
    public var varianceScale: Scalar

    public init(
      configuration: JEPAConfiguration, spans: [SpanMask.Span], targets: [Scalar], scale: Scalar,
      varianceScale: Scalar
    ) {
      self.configuration = configuration
      self.spans = spans
      self.targets = targets
      self.scale = scale
      self.varianceScale = varianceScale
    }
  }
}

extension Reference.Model {
  typealias Span = SpanMask.Span

  /// Returns the latents of a model that serves as target encoder: the last block's output, normed
  /// without a gain and without dropout, `(n, C)`.
  public func targetLatents(inputs: [UInt8]) -> [Scalar] {
    let ones = [Scalar](repeating: 1, count: configuration.width)
    return Reference.rmsNorm(forward(inputs, dropout: nil).stream, gain: ones)
  }

  /// Everything that the predictor's backward pass needs.
  struct PredictorTrace {
    /// `(n, 2C)`.
    var keyValue: [Scalar] = []
    /// One a span: the heads' outputs, what follows, and the predictions, `(length, …)`.
    var heads: [[Scalar]] = [], attended: [[Scalar]] = [], normed: [[Scalar]] = []
    var raised: [[Scalar]] = [], predicted: [[Scalar]] = []
  }

  /// Predicts the latents of hidden spans from the latents before each of them.
  func predict(_ latents: [Scalar], spans: [Span]) -> PredictorTrace {
    guard let predictor = layout.predictor else {
      preconditionFailure("[Model.predict] the layout has no predictor")
    }
    var trace = PredictorTrace(keyValue: product(latents, predictor.keyValue))
    for span in spans {
      var heads: [Scalar] = Reference.zeros(span.length * configuration.width)
      for h in 0..<configuration.heads {
        let head = crossHead(h, span, keyValue: trace.keyValue)
        let out = Reference.crossAttentionHead(
          query: head.query, key: head.key, value: head.value, headSize: configuration.headSize,
          scale: scale, precision: precision)
        Reference.setColumns(
          &heads, width: configuration.width, from: h * configuration.headSize, to: out,
          columns: configuration.headSize)
      }
      let attended = product(heads, predictor.output)
      let normed = Reference.rmsNorm(attended, gain: values(predictor.gain))
      let raised = product(normed, predictor.up)
      let lowered = product(Reference.squaredReLU(raised), predictor.down)
      trace.heads.append(heads)
      trace.attended.append(attended)
      trace.normed.append(normed)
      trace.raised.append(raised)
      trace.predicted.append(Reference.sum(attended, lowered))
    }
    return trace
  }

  /// The objective's term of one window's loss.
  func loss(_ term: Reference.JEPATerm<Scalar>, latents: [Scalar]) -> Scalar {
    let C = configuration.width
    let predicted = predict(latents, spans: term.spans).predicted
    var sum: Scalar = 0
    for (span, rows) in zip(term.spans, predicted) {
      for k in 0..<span.length {
        sum += Reference.latentLoss(
          Array(rows[(k * C)..<((k + 1) * C)]), target: target(span.start + k, of: term),
          term.configuration.loss)
      }
    }
    return term.scale * sum + term.varianceScale
      * Reference.varianceCovariance(latents, width: C)
  }

  /// Adds the term's gradients to the predictor's and returns that in the latents, `(n, C)`.
  func backward(
    _ term: Reference.JEPATerm<Scalar>, latents: [Scalar], into gradients: inout Gradients
  ) -> [Scalar] {
    guard let predictor = layout.predictor else {
      preconditionFailure("[Model.backward] the layout has no predictor")
    }
    let C = configuration.width
    let trace = predict(latents, spans: term.spans)
    var dKeyValue: [Scalar] = Reference.zeros(trace.keyValue.count)
    for (index, span) in term.spans.enumerated() {
      var dPredicted: [Scalar] = []
      for k in 0..<span.length {
        dPredicted += Reference.latentLossBackward(
          Array(trace.predicted[index][(k * C)..<((k + 1) * C)]),
          target: target(span.start + k, of: term), term.configuration.loss
        ).map { term.scale * $0 }
      }
      let activated = Reference.squaredReLU(trace.raised[index])
      let down = productBackward(dPredicted, x: activated, weights: predictor.down)
      gradients.add(down.dWeights, to: predictor.down)
      let dRaised = Reference.squaredReLUBackward(down.dX, x: trace.raised[index])
      let up = productBackward(dRaised, x: trace.normed[index], weights: predictor.up)
      gradients.add(up.dWeights, to: predictor.up)
      let norm = Reference.rmsNormBackward(
        up.dX, x: trace.attended[index], gain: values(predictor.gain))
      gradients.add(norm.dGain, to: predictor.gain)
      let output = productBackward(
        Reference.sum(dPredicted, norm.dX), x: trace.heads[index], weights: predictor.output)
      gradients.add(output.dWeights, to: predictor.output)
      backwardHeads(
        output.dX, span, predictor, keyValue: trace.keyValue, dKeyValue: &dKeyValue,
        into: &gradients)
    }
    let fused = productBackward(dKeyValue, x: latents, weights: predictor.keyValue)
    gradients.add(fused.dWeights, to: predictor.keyValue)
    let variance = Reference.varianceCovarianceBackward(latents, width: C)
    return zip(fused.dX, variance).map { $0 + term.varianceScale * $1 }
  }

  private func backwardHeads(
    _ dHeads: [Scalar], _ span: Span, _ predictor: ParameterLayout.Predictor, keyValue: [Scalar],
    dKeyValue: inout [Scalar], into gradients: inout Gradients
  ) {
    let (C, D) = (configuration.width, configuration.headSize)
    let ones = [Scalar](repeating: 1, count: D)
    var dQuery: [Scalar] = Reference.zeros(predictor.query.count)
    for h in 0..<configuration.heads {
      let head = crossHead(h, span, keyValue: keyValue)
      let d = Reference.crossAttentionHeadBackward(
        Reference.columns(dHeads, width: C, from: h * D, columns: D), query: head.query,
        key: head.key, value: head.value, headSize: D, scale: scale, precision: precision)
      let dRotated = Reference.rotaryBackward(
        Reference.zeros(span.start * D) + d.dQuery, headSize: D, base: configuration.rotaryBase)
      let dRawQuery = Reference.rmsNormBackward(
        Array(dRotated[(span.start * D)...]), x: head.rawQuery, gain: ones
      ).dX
      let dRawKey = Reference.rmsNormBackward(
        Reference.rotaryBackward(d.dKey, headSize: D, base: configuration.rotaryBase),
        x: head.rawKey, gain: ones
      ).dX
      for k in 0..<span.length {
        for i in 0..<D { dQuery[k * C + h * D + i] += dRawQuery[k * D + i] }
      }
      for t in 0..<span.start {
        for i in 0..<D {
          dKeyValue[t * 2 * C + h * D + i] += dRawKey[t * D + i]
          dKeyValue[t * 2 * C + C + h * D + i] += d.dValue[t * D + i]
        }
      }
    }
    gradients.add(dQuery, to: predictor.query)
  }

  private var scale: Scalar { Scalar(Reference.AttentionShape(configuration).scale) }

  private func target(_ position: Int, of term: Reference.JEPATerm<Scalar>) -> [Scalar] {
    let C = configuration.width
    return Array(term.targets[(position * C)..<((position + 1) * C)])
  }

  /// One head of the predictor: a query for each place of the span, turned to its position, and the
  /// keys and values of the positions before the span.
  private func crossHead(_ h: Int, _ span: Span, keyValue: [Scalar]) -> Reference.Head<Scalar> {
    guard let predictor = layout.predictor else {
      preconditionFailure("[Model.crossHead] the layout has no predictor")
    }
    let (C, D) = (configuration.width, configuration.headSize)
    let ones = [Scalar](repeating: 1, count: D)
    let before = Array(keyValue[..<(span.start * 2 * C)])
    let rawKey = Reference.columns(before, width: 2 * C, from: h * D, columns: D)
    let value = Reference.columns(before, width: 2 * C, from: C + h * D, columns: D)
    let queries = Array(values(predictor.query)[..<(span.length * C)])
    let rawQuery = Reference.columns(queries, width: C, from: h * D, columns: D)
    func turned(_ x: [Scalar]) -> [Scalar] {
      Reference.rotary(x, headSize: D, base: configuration.rotaryBase)
    }
    // Rows of zeros before the span give its rows their positions.
    let query = turned(
      Reference.zeros(span.start * D) + Reference.rmsNorm(rawQuery, gain: ones))
    return Reference.Head(
      rawQuery: rawQuery, rawKey: rawKey, value: value, query: Array(query[(span.start * D)...]),
      key: turned(Reference.rmsNorm(rawKey, gain: ones)))
  }
}
