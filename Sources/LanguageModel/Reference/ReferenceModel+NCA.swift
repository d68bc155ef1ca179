extension Reference.Model {
  /// What the automata of a window's positions do.
  struct AutomatonTrace {
    /// `(n, 90)`.
    var drive: [Scalar] = []
    /// One number a cell, `(n, 81)`.
    var readout: [Scalar] = []
    /// Of each position's mean state, in bits, `(n)`.
    var entropy: [Scalar] = []
    /// What the head reads, `(n, C)`.
    var rows: [Scalar] = []
  }

  /// The model's automaton; nil without one.
  var automaton: Reference.Automaton<Scalar>? {
    guard let tensors = layout.automaton, let nca = configuration.nca else { return nil }
    return Reference.Automaton(
      seed: values(tensors.seed), direction: values(tensors.direction),
      value: values(tensors.value),
      rule: tensors.rule.map(values) ?? NCAConfiguration.softMajority.map { Scalar($0) },
      steps: nca.steps, drivesSteps: nca.rule == .learned)
  }

  /// Lets the normed rows, shape `(n, C)`, drive the automata, and adds what these say to the rows.
  func runAutomata(_ normed: [Scalar]) -> AutomatonTrace? {
    guard let automaton, let tensors = layout.automaton else { return nil }
    var trace = AutomatonTrace(drive: product(normed, tensors.drive))
    for row in Self.rows(trace.drive, width: tensors.drive.columns) {
      guard let last = automaton.run(row).last else { continue }
      trace.readout += automaton.readout(last)
      trace.entropy.append(Reference.Automaton.entropy(last))
    }
    trace.rows = Reference.sum(normed, product(trace.readout, tensors.output))
    return trace
  }

  /// Entropy of the mean state, in bits, after each input byte, shape `(n)`; empty without NCA.
  public func entropies(inputs: [UInt8]) -> [Scalar] {
    forward(inputs, dropout: nil).automata?.entropy ?? []
  }

  /// The objective's term of one window's loss: `Σ_t weights[t] · weight · penalty(entropy[t])`.
  func penalty(_ trace: AutomatonTrace, weights: [Scalar]) -> Scalar {
    guard let nca = configuration.nca else { return 0 }
    return zip(weights, trace.entropy).reduce(0) {
      $0 + $1.0 * Scalar(nca.weight) * nca.penalty($1.1).value
    }
  }

  /// Adds the automaton's gradients, of the predictions and of the penalty.
  ///
  /// - Parameters:
  ///   - trace: Of the forward pass.
  ///   - dRows: Gradient in what the head reads, `(n, C)`.
  ///   - normed: The rows that drive the automata.
  ///   - weights: One factor of the penalty per position.
  ///   - gradients: Added to.
  /// - Returns: The gradient in the normed rows, `(n, C)`.
  func backward(
    _ trace: AutomatonTrace, _ dRows: [Scalar], normed: [Scalar], weights: [Scalar],
    into gradients: inout Gradients
  ) -> [Scalar] {
    guard let automaton, let tensors = layout.automaton, let nca = configuration.nca else {
      return dRows
    }
    let output = productBackward(dRows, x: trace.readout, weights: tensors.output)
    gradients.add(output.dWeights, to: tensors.output)
    let drives = Self.rows(trace.drive, width: tensors.drive.columns)
    let dReadouts = Self.rows(output.dX, width: tensors.output.rows)
    var dDrive: [Scalar] = []
    for t in drives.indices {
      let d = automaton.backward(
        drives[t], dReadout: dReadouts[t],
        dEntropy: weights[t] * Scalar(nca.weight) * nca.penalty(trace.entropy[t]).derivative)
      dDrive += d.drive
      gradients.add(d.seed, to: tensors.seed)
      gradients.add(d.direction, to: tensors.direction)
      gradients.add(d.value, to: tensors.value)
      if let rule = tensors.rule { gradients.add(d.rule, to: rule) }
    }
    let drive = productBackward(dDrive, x: normed, weights: tensors.drive)
    gradients.add(drive.dWeights, to: tensors.drive)
    return Reference.sum(dRows, drive.dX)
  }

  private static func rows(_ x: [Scalar], width: Int) -> [[Scalar]] {
    (0..<(x.count / width)).map { Array(x[($0 * width)..<(($0 + 1) * width)]) }
  }
}
