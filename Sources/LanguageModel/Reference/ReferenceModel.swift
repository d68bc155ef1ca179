extension Reference {
  /// The whole model, with its parameters, over one sequence at a time.
  public struct Model<Scalar: ReferenceScalar>: Sendable {
    public let configuration: ModelConfiguration
    /// Where each tensor lies in ``parameters``.
    public let layout: ParameterLayout
    /// Dense parameters, `layout.count` elements; the padding between tensors is never read.
    public var parameters: [Scalar]
    /// Hash tables, shape `(O, ngramRows, W)`.
    public var tables: [Scalar]
    /// The bytes beyond the next one that training predicts too; nil for none.
    public let extra: ExtraBytesConfiguration?
    /// What is rounded before it is multiplied; under `float32` nothing, whatever `Scalar` is.
    public var precision = Precision.float32

    /// - Precondition: The arrays have `count` and `tableCount` elements of the layout.
    public init(
      configuration: ModelConfiguration, jepa: JEPAConfiguration? = nil,
      extra: ExtraBytesConfiguration? = nil, parameters: [Scalar], tables: [Scalar]
    ) {
      self.configuration = configuration
      self.extra = extra
      layout = ParameterLayout(configuration, jepa: jepa, extra: extra)
      Reference.require("Model.parameters", count: parameters.count, is: layout.count)
      Reference.require("Model.tables", count: tables.count, is: layout.tableCount)
      self.parameters = parameters
      self.tables = tables
    }

    /// Returns the logits of the byte after each input byte, without dropout.
    ///
    /// - Parameter inputs: 1…T bytes, shape `(n)`.
    /// - Returns: Shape `(n, 256)`.
    public func logits(inputs: [UInt8]) -> [Scalar] {
      forward(inputs, dropout: nil).logits
    }

    /// Returns the weighted sum of the targets' negative log-likelihoods, in nats.
    ///
    ///     loss = Σ_t weights[t] · −ln softmax(logits[t, :])[targets[t]]
    ///
    /// - Parameters:
    ///   - inputs: 1…T bytes, shape `(n)`.
    ///   - targets: The bytes to predict, shape `(n)`.
    ///   - weights: One factor per position, shape `(n)`.
    ///   - dropout: The masks of training, or nil for none.
    ///   - jepa: What the JEPA objective adds.
    ///   - ncaWeights: One factor of the automaton's penalty per position, shape `(n)`; by default
    ///     `weights`.
    /// - Returns: Without JEPA and penalties, 0 where every weight is. The bytes beyond the next one are
    ///   part of it.
    public func loss(
      inputs: [UInt8], targets: [UInt8], weights: [Scalar], dropout: DropoutKey?,
      jepa: JEPATerm<Scalar>? = nil, ncaWeights: [Scalar]? = nil
    ) -> Scalar {
      Reference.require("Model.loss", count: targets.count, is: inputs.count)
      let trace = forward(inputs, dropout: dropout)
      let loss = Reference.softmaxCrossEntropy(trace.logits, targets: targets, weights: weights)
      return loss + extraLoss(latents: trace.normed, targets: targets, weights: weights)
        + (jepa.map { self.loss($0, latents: trace.normed) } ?? 0)
        + (trace.automata.map { penalty($0, weights: ncaWeights ?? weights) } ?? 0)
    }

    /// The elements of one tensor.
    func values(_ tensor: ParameterLayout.Tensor) -> [Scalar] {
      Array(parameters[tensor.range])
    }

    func forward(_ inputs: [UInt8], dropout: DropoutKey?) -> Trace {
      precondition(
        (1...configuration.context).contains(inputs.count),
        "[Model.forward] \(inputs.count) inputs, expected 1…\(configuration.context)")
      var trace = encode(inputs, dropout: dropout)
      trace.automata = runAutomata(trace.normed)
      let products = product(trace.automata?.rows ?? trace.normed, layout.head)
      trace.logits = Reference.addBias(products, bias: values(layout.headBias))
      return trace
    }
  }
}
