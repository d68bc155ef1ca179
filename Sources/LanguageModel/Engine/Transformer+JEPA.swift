internal import Glibc
internal import KernelInterface
internal import Kernels

extension Transformer {
  /// Copies the model's weights to the target encoder.
  ///
  /// - Precondition: The engine was made with a JEPA objective.
  public func startTarget() { updateTarget(keeping: 0) }

  /// Moves the target encoder's weights, all of them, towards the model's: `τ ← m·τ + (1 − m)·w`.
  ///
  /// - Parameter keeping: `m`, in [0, 1].
  /// - Precondition: The engine was made with a JEPA objective.
  /// - Complexity: O(parameters + table elements); does not allocate.
  public func updateTarget(keeping: Double) {
    guard let target = jepa?.target else {
      preconditionFailure("[updateTarget] the engine has no JEPA objective")
    }
    let (keep, take) = (Float(keeping), Float(1 - keeping))
    func move(
      _ from: UnsafeMutablePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ count: Int
    ) {
      let (source, out) = (SendableMutablePointer(from), SendableMutablePointer(to))
      crew.run(elements: count) { start, count in
        kernels.combine(
          keep, out.pointer + start, take, source.pointer + start, count, out.pointer + start)
      }
    }
    kernels.span("target encoder") {
      move(parameterBase, target.parameterBase, target.layout.count)
      move(tableBase, target.tableBase, target.layout.tableCount)
    }
    target.parametersChanged()
  }

  /// The target encoder; nil without a JEPA objective.
  package var targetEncoder: Transformer? { jepa?.target }

  /// The mean of the latents' losses over the hidden positions of the last step with the objective;
  /// nil without it.
  public var jepaLoss: Double? {
    jepa.map { $0.hidden == 0 ? .nan : $0.losses.reduce(0, +) / Double($0.hidden) }
  }

  /// Adds the objective's gradient to the predictor's, and to `space.rowsA` that in the latents.
  ///
  /// Reads the latents in `space.finalRows`; writes over `space.dResidual` and the perceptron's
  /// scratch memory.
  /// - Returns: The sum of the latents' losses.
  func jepaGradient(
    _ part: Part, _ space: Workspace, _ jepa: JEPAObjective, member: Int,
    _ gradient: UnsafeMutablePointer<Float>
  ) -> Double {
    guard let predictor = packed.predictor, let tensors = layout.predictor else { return 0 }
    let (C, rows) = (configuration.width, part.rows)
    let scratch = jepa.scratches[member]
    let windows = part.firstSequence..<(part.firstSequence + part.sequences)
    let targets = kernels.span("target encoder") { targetRows(part, jepa, member: member) }
    product(
      space, rows: rows, .floats(space.finalRows, stride: C), predictor.keyValue,
      into: scratch.keyValue, 2 * C)
    for sequence in 0..<part.sequences { kernels.rotary(keyRotation(part, scratch, sequence)) }
    let hidden = jepa.forEachSpan(windows) { window, span, row in
      (scratch.query + row * C).update(
        from: parameterArena.base + tensors.query.offset, count: span.length * C)
      kernels.rotary(queryRotation(scratch, span, row))
      for head in 0..<configuration.heads {
        attendSpan(part, space, scratch, span, window: window, row: row, head: head)
      }
    }
    predict(space, scratch, predictor, tensors, rows: hidden)

    let scale = Float(jepa.weight / Double(jepa.hidden))
    var loss = 0.0
    jepa.forEachSpan(windows) { window, span, row in
      let first = window * part.length + span.start
      for k in 0..<span.length {
        loss += latentLoss(
          scratch.predicted + (row + k) * C, target: targets + (first + k) * C,
          jepa.configuration.loss, scale: scale, into: scratch.dPredicted + (row + k) * C)
      }
    }

    predictBackward(space, scratch, predictor, tensors, rows: hidden, gradient)
    scratch.dKeyValue.update(repeating: 0, count: rows * 2 * C)
    jepa.forEachSpan(windows) { window, span, row in
      for head in 0..<configuration.heads {
        attendSpanBackward(part, space, scratch, span, window: window, row: row, head: head)
      }
      kernels.rotaryBackward(queryRotation(scratch, span, row), scratch.dQuery + row * C)
      kernels.addScaled(
        scratch.dQuery + row * C, 1, span.length * C, gradient + tensors.query.offset)
    }
    for sequence in 0..<part.sequences {
      kernels.rotaryBackward(
        keyRotation(part, scratch, sequence),
        scratch.dKeyValue + sequence * part.length * 2 * C)
    }
    linearBackward(
      rows, space, predictor.keyValue, input: space.finalRows, C, dOut: scratch.dKeyValue, 2 * C,
      dInput: space.dResidual, C, gradient)
    kernels.addScaled(space.dResidual, 1, rows * C, space.rowsA)
    if jepa.configuration.variance > 0 {
      let weight = jepa.weight * jepa.configuration.variance / Double(batch)
      for sequence in 0..<part.sequences {
        addVarianceGradient(part, space, scratch, sequence: sequence, weight: weight)
      }
    }
    return loss
  }

  /// The target encoder's latents of a part, normed without a gain, `(R, C)`.
  private func targetRows(
    _ part: Part, _ jepa: JEPAObjective, member: Int
  ) -> UnsafeMutablePointer<Float> {
    let space = jepa.target.workspaces[member]
    let whole = Part(
      inputs: part.inputs, firstSequence: 0, sequences: part.sequences, length: part.length,
      dropout: nil)
    jepa.target.encoder.forward(jepa.target, whole, space, trains: false)
    kernels.rmsNorm(
      space.output, jepa.scratches[member].ones, part.rows, configuration.width, space.finalRows,
      space.finalInverse)
    return space.finalRows
  }

  private func keyRotation(_ part: Part, _ scratch: JEPAScratch, _ sequence: Int) -> Rotation {
    let first = sequence * part.length
    return Rotation(
      x: scratch.keyValue + first * 2 * configuration.width, T: part.length,
      stride: 2 * configuration.width, H: configuration.heads, D: configuration.headSize,
      cosines: rotary.cosines, sines: rotary.sines, factor: 1,
      inverseRMS: scratch.keyInverse + first * configuration.heads)
  }

  private func queryRotation(_ scratch: JEPAScratch, _ span: SpanMask.Span, _ row: Int) -> Rotation
  {
    let D = configuration.headSize
    let turn = span.start * (D / 2)
    return Rotation(
      x: scratch.query + row * configuration.width, T: span.length, stride: configuration.width,
      H: configuration.heads, D: D, cosines: rotary.cosines + turn, sines: rotary.sines + turn,
      factor: Float(configuration.qkGain / Double(D).squareRoot()),
      inverseRMS: scratch.queryInverse + row * configuration.heads)
  }

  /// The perceptron of the predictor: `predicted = attended + relu²(norm(attended) · up) · down`.
  private func predict(
    _ space: Workspace, _ scratch: JEPAScratch, _ predictor: PackedWeights.Predictor,
    _ tensors: ParameterLayout.Predictor, rows: Int
  ) {
    let (C, stride) = (configuration.width, space.hiddenStride)
    product(
      space, rows: rows, .floats(scratch.heads, stride: C), predictor.output,
      into: scratch.attended, C)
    kernels.rmsNorm(
      scratch.attended, parameterArena.base + tensors.gain.offset, rows, C, scratch.normed,
      scratch.inverse)
    product(
      space, rows: rows, .floats(scratch.normed, stride: C), predictor.up, into: scratch.raised,
      stride, epilogue: space.activated.epilogue)
    product(
      space, rows: rows, space.activated, predictor.down, into: scratch.predicted, C,
      addend: .rows(scratch.attended, stride: C))
  }

  /// From `dPredicted` to the gradient in the heads' outputs, in `rows`.
  private func predictBackward(
    _ space: Workspace, _ scratch: JEPAScratch, _ predictor: PackedWeights.Predictor,
    _ tensors: ParameterLayout.Predictor, rows: Int, _ gradient: UnsafeMutablePointer<Float>
  ) {
    let (C, stride) = (configuration.width, space.hiddenStride)
    linearBackward(
      rows, space, predictor.down, input: scratch.raised, stride, prologue: .squaredReLU,
      dOut: scratch.dPredicted, C, dInput: space.dHidden, stride,
      epilogue: .squaredReLUGradient(of: scratch.raised, stride: stride), gradient)
    linearBackward(
      rows, space, predictor.up, input: scratch.normed, C, dOut: space.dHidden, stride,
      dInput: scratch.rows, C, gradient)
    kernels.rmsNormBackward(
      scratch.attended, parameterArena.base + tensors.gain.offset, scratch.inverse, scratch.rows,
      rows, C, scratch.dPredicted, gradient + tensors.gain.offset)
    linearBackward(
      rows, space, predictor.output, input: scratch.heads, C, dOut: scratch.dPredicted, C,
      dInput: scratch.rows, C, gradient)
  }
}
