internal import KernelInterface
internal import Kernels

/// Sums over positions of what their automata are like.
struct AutomatonSums {
  var entropy = 0.0, penalty = 0.0
  var violations = 0
}

extension Transformer {
  /// The automata of the last step's positions; nil for a model without one.
  public var ncaStatistics: NCAStatistics? {
    if automatonSums.isEmpty { return nil }
    let positions = Double(batch * configuration.context)
    return NCAStatistics(
      entropy: automatonSums.reduce(0) { $0 + $1.entropy } / positions,
      violations: Double(automatonSums.reduce(0) { $0 + $1.violations }) / positions,
      loss: automatonSums.reduce(0) { $0 + $1.penalty } / positions)
  }

  /// Lets the normed rows drive the automata and adds what these say.
  ///
  /// - Returns: What the head reads, `(R, C)`: the normed rows themselves without automata.
  func addAutomata(_ part: Part, _ space: Workspace) -> UnsafeMutablePointer<Float> {
    guard let scratch = space.automaton, let matrices = packed.automaton else {
      return space.finalRows
    }
    let C = configuration.width
    product(
      space, rows: part.rows, .floats(space.finalRows, stride: C), matrices.drive,
      into: scratch.drive, CellularAutomaton.drives)
    runAutomata(scratch, rows: part.rows)
    product(
      space, rows: part.rows, .floats(scratch.readout, stride: CellularAutomaton.cells),
      matrices.output, into: scratch.rows, C, addend: .rows(space.finalRows, stride: C))
    return scratch.rows
  }

  /// Runs the automata of `rows` drives, leaving readouts and entropies.
  func runAutomata(_ scratch: AutomatonScratch, rows: Int) {
    guard let automaton = automaton(scratch, rows: rows) else { return }
    kernels.automaton(automaton)
  }

  private func automaton(_ scratch: AutomatonScratch, rows: Int) -> CellularAutomaton? {
    guard let tensors = layout.automaton, let nca = configuration.nca else { return nil }
    let p = parameterArena.base
    return CellularAutomaton(
      rows: rows, steps: nca.steps, drive: scratch.drive, seed: p + tensors.seed.offset,
      direction: p + tensors.direction.offset, value: p + tensors.value.offset,
      rule: tensors.rule.map { p + $0.offset } ?? scratch.rule, drivesSteps: nca.rule == .learned,
      grids: scratch.grids, keepsGrids: scratch.keepsGrids, readout: scratch.readout,
      entropy: scratch.entropy, scratch: scratch.scratch)
  }

  /// Adds the automata's gradients, and to `space.rowsA` that in the normed rows.
  ///
  /// `space.rowsA` holds the gradient in what the head reads; `space.dResidual` is written over.
  func automataBackward(
    _ part: Part, _ space: Workspace, scale: Float, _ gradient: UnsafeMutablePointer<Float>,
    _ sums: inout AutomatonSums
  ) {
    guard let scratch = space.automaton, let matrices = packed.automaton,
      let tensors = layout.automaton, let nca = configuration.nca,
      let automaton = automaton(scratch, rows: part.rows)
    else { return }
    let (C, rows) = (configuration.width, part.rows)
    let factor = scale * Float(nca.weight)
    for row in 0..<rows {
      let entropy = scratch.entropy[row]
      let penalty = nca.penalty(entropy)
      sums.entropy += Double(entropy)
      sums.penalty += Double(penalty.value)
      sums.violations += penalty.value == 0 ? 0 : 1
      scratch.entropy[row] = factor * penalty.derivative
    }
    // The readouts are packed before their gradient takes their place.
    linearBackward(
      rows, space, matrices.output, input: scratch.readout, CellularAutomaton.cells,
      dOut: space.rowsA, C, dInput: scratch.readout, CellularAutomaton.cells, gradient)
    kernels.automatonBackward(
      automaton,
      CellularAutomatonGradient(
        seed: gradient + tensors.seed.offset, direction: gradient + tensors.direction.offset,
        value: gradient + tensors.value.offset, rule: tensors.rule.map { gradient + $0.offset }))
    linearBackward(
      rows, space, matrices.drive, input: space.finalRows, C, dOut: scratch.drive,
      CellularAutomaton.drives, dInput: space.dResidual, C, gradient)
    kernels.addScaled(space.dResidual, 1, rows * C, space.rowsA)
  }
}
