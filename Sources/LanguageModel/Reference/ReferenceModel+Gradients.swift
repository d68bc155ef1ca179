extension Reference.Model {
  /// Adds the loss's gradients in every parameter to two arrays, and returns the loss.
  ///
  /// - Parameters:
  ///   - inputs: 1…T bytes, shape `(n)`.
  ///   - targets: The bytes to predict, shape `(n)`.
  ///   - weights: One factor per position, shape `(n)`.
  ///   - dropout: The masks of training, or nil for none.
  ///   - jepa: What the JEPA objective adds; its targets get no gradient.
  ///   - ncaWeights: One factor of the automaton's penalty per position; by default `weights`.
  ///   - dParameters: Added to; `layout.count` elements, of which the padding is left alone.
  ///   - dTables: Added to; shape `(O, ngramRows, W)`.
  /// - Returns: The same loss as ``loss(inputs:targets:weights:dropout:)``, in nats.
  public func gradients(
    inputs: [UInt8], targets: [UInt8], weights: [Scalar], dropout: DropoutKey?,
    jepa: Reference.JEPATerm<Scalar>? = nil, ncaWeights: [Scalar]? = nil,
    parameters dParameters: inout [Scalar],
    tables dTables: inout [Scalar]
  ) -> Scalar {
    Reference.require("Model.gradients", count: targets.count, is: inputs.count)
    Reference.require("Model.gradients", count: dParameters.count, is: layout.count)
    Reference.require("Model.gradients", count: dTables.count, is: layout.tableCount)
    let trace = forward(inputs, dropout: dropout)
    var loss = Reference.softmaxCrossEntropy(trace.logits, targets: targets, weights: weights)
    var gradients = Gradients(parameters: dParameters)

    let dLogits = Reference.softmaxCrossEntropyBackward(
      logits: trace.logits, targets: targets, weights: weights)
    let V = ModelConfiguration.vocabulary
    gradients.add(Reference.addBiasBackward(dLogits, columns: V), to: layout.headBias)
    let head = productBackward(
      dLogits, x: trace.automata?.rows ?? trace.normed, weights: layout.head)
    gradients.add(head.dWeights, to: layout.head)
    var dNormed = head.dX
    if let automata = trace.automata {
      loss += penalty(automata, weights: ncaWeights ?? weights)
      dNormed = backward(
        automata, dNormed, normed: trace.normed, weights: ncaWeights ?? weights, into: &gradients)
    }
    loss += extraLoss(latents: trace.normed, targets: targets, weights: weights)
    dNormed = Reference.sum(
      dNormed,
      backwardExtra(latents: trace.normed, targets: targets, weights: weights, into: &gradients))
    if let jepa {
      loss += self.loss(jepa, latents: trace.normed)
      dNormed = Reference.sum(dNormed, backward(jepa, latents: trace.normed, into: &gradients))
    }
    backwardEncoder(
      dNormed, trace: trace, inputs: inputs, dropout: dropout, into: &gradients, tables: &dTables)
    dParameters = gradients.parameters
    return loss
  }

  /// The flat array of dense gradients, added to tensor by tensor.
  struct Gradients {
    var parameters: [Scalar]

    mutating func add(_ gradient: [Scalar], to tensor: ParameterLayout.Tensor) {
      Reference.require("Model.gradients", count: gradient.count, is: tensor.count)
      for i in gradient.indices { parameters[tensor.offset + i] += gradient[i] }
    }
  }

  /// Passes `dOutput`, shape `(n, C)`, backward through the perceptron half of block `index`.
  ///
  /// - Returns: The gradient in the stream after attention, shape `(n, C)`.
  func backwardPerceptron(
    _ index: Int, _ dOutput: [Scalar], trace: BlockTrace, dropout: DropoutKey?,
    into gradients: inout Gradients
  ) -> [Scalar] {
    let block = layout.blocks[index]
    // lowered = activation(raised) · down, then dropout, then added to the stream
    let dLowered = Reference.dropoutBackward(
      dOutput, rate: configuration.dropout, random: dropout?.random(site: 2 + 2 * index))
    let down = productBackward(dLowered, x: trace.activated, weights: block.down)
    gradients.add(down.dWeights, to: block.down)
    let dRaised = Reference.activationBackward(
      configuration.activation, down.dX, x: trace.raised)
    // raised = shift(rmsNorm(middle)) · up
    let up = productBackward(dRaised, x: trace.hiddenShifted, weights: block.up)
    gradients.add(up.dWeights, to: block.up)
    let dNormed = backwardShift(
      up.dX, x: trace.hiddenNormed, factor: block.hiddenShift, into: &gradients)
    let norm = Reference.rmsNormBackward(
      dNormed, x: trace.middle, gain: values(block.hiddenGain))
    gradients.add(norm.dGain, to: block.hiddenGain)
    return Reference.sum(dOutput, norm.dX)
  }

  /// Passes `dMiddle`, shape `(n, C)`, backward through the attention half of block `index`.
  ///
  /// - Returns: The gradient in the block's input, shape `(n, C)`.
  func backwardAttention(
    _ index: Int, _ dMiddle: [Scalar], trace: BlockTrace, firstValues: [Scalar],
    dropout: DropoutKey?, dFirstValues: inout [Scalar], into gradients: inout Gradients
  ) -> [Scalar] {
    guard let block = layout.blocks[index].attention else { return dMiddle }
    // attended = attention(queryKeyValue) · output, then dropout, then added
    let dAttended = Reference.dropoutBackward(
      dMiddle, rate: configuration.dropout, random: dropout?.random(site: 1 + 2 * index))
    let output = productBackward(dAttended, x: trace.heads, weights: block.output)
    gradients.add(output.dWeights, to: block.output)
    var dQueryKeyValue = Reference.attentionBackward(
      output.dX, queryKeyValue: trace.queryKeyValue,
      shape: Reference.AttentionShape(configuration), precision: precision)
    let C = configuration.width
    var dValues = Reference.columns(dQueryKeyValue, width: 3 * C, from: 2 * C, columns: C)
    if let share = block.valueShare {
      // values = own + share · (first − own)
      let part = values(share)[0]
      var dShare: Scalar = 0
      for i in dValues.indices {
        dShare += dValues[i] * (firstValues[i] - trace.ownValues[i])
        dFirstValues[i] += part * dValues[i]
        dValues[i] *= 1 - part
      }
      gradients.add([dShare], to: share)
    } else if index == 0 {
      dValues = Reference.sum(dValues, dFirstValues)
    }
    Reference.setColumns(&dQueryKeyValue, width: 3 * C, from: 2 * C, to: dValues, columns: C)
    // queryKeyValue = shift(rmsNorm(input)) · W
    let fused = productBackward(dQueryKeyValue, x: trace.shifted, weights: block.queryKeyValue)
    gradients.add(fused.dWeights, to: block.queryKeyValue)
    let dNormed = backwardShift(
      fused.dX, x: trace.normed, factor: block.shift, into: &gradients)
    let norm = Reference.rmsNormBackward(
      dNormed, x: trace.input, gain: values(block.gain))
    gradients.add(norm.dGain, to: block.gain)
    return Reference.sum(dMiddle, norm.dX)
  }

  private func backwardShift(
    _ dOut: [Scalar], x: [Scalar], factor: ParameterLayout.Tensor?,
    into gradients: inout Gradients
  ) -> [Scalar] {
    guard let factor else { return dOut }
    let d = Reference.tokenShiftBackward(dOut, x: x, factor: values(factor))
    gradients.add(d.dFactor, to: factor)
    return d.dX
  }
}
