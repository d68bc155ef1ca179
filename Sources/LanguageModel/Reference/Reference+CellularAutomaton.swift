extension Reference {
  /// A cellular automaton with its weights; `KernelInterface.CellularAutomaton` has the equations.
  package struct Automaton<Scalar: ReferenceScalar> {
    package static var side: Int { 9 }
    package static var cells: Int { 81 }
    package static var states: Int { 9 }

    /// Shapes `(81, 9)`, `(9)`, `(9)` and `(19, 9)`: centre, neighbours, bias.
    package var seed: [Scalar], direction: [Scalar], value: [Scalar], rule: [Scalar]
    package var steps: Int
    /// Whether the drive counts in every step, or in the first states alone.
    package var drivesSteps: Bool

    package init(
      seed: [Scalar], direction: [Scalar], value: [Scalar], rule: [Scalar], steps: Int,
      drivesSteps: Bool
    ) {
      self.seed = seed
      self.direction = direction
      self.value = value
      self.rule = rule
      self.steps = steps
      self.drivesSteps = drivesSteps
    }

    /// Gradients in the weights and the drive.
    package struct Gradients {
      package var drive: [Scalar], seed: [Scalar], direction: [Scalar], value: [Scalar]
      package var rule: [Scalar]
    }

    /// The cells above, below, left and right of one, around the torus.
    package static func neighbours(of cell: Int) -> [Int] {
      let (y, x) = (cell / side, cell % side)
      return [
        (y + side - 1) % side * side + x, (y + 1) % side * side + x,
        y * side + (x + side - 1) % side, y * side + (x + 1) % side,
      ]
    }

    /// What one row's drive, shape `(90)`, adds to the logits of all cells, shape `(81, 9)`.
    package func given(_ drive: [Scalar]) -> [Scalar] {
      Reference.require("Automaton.given", count: drive.count, is: Self.cells + Self.states)
      return (0..<Self.cells * Self.states).map {
        let (i, k) = ($0 / Self.states, $0 % Self.states)
        return drive[i] * direction[k] + drive[Self.cells + k]
      }
    }

    /// All states from the first to the last, `steps + 1` grids of shape `(81, 9)`.
    package func run(_ drive: [Scalar]) -> [[Scalar]] {
      let given = given(drive)
      var grids = [Reference.softmax(Reference.sum(seed, given), columns: Self.states)]
      for step in 0..<steps {
        var logits = ruled(grids[step])
        if drivesSteps { logits = Reference.sum(logits, given) }
        grids.append(Reference.softmax(logits, columns: Self.states))
      }
      return grids
    }

    /// The rule's logits of every cell.
    package func ruled(_ grid: [Scalar]) -> [Scalar] {
      let K = Self.states
      var logits: [Scalar] = Reference.zeros(grid.count)
      for cell in 0..<Self.cells {
        let others = Self.neighbours(of: cell)
        for k in 0..<K {
          var logit = rule[2 * K * K + k]
          for j in 0..<K {
            logit += grid[cell * K + j] * rule[j * K + k]
            for other in others {
              logit += grid[other * K + j] * rule[(K + j) * K + k]
            }
          }
          logits[cell * K + k] = logit
        }
      }
      return logits
    }

    /// One number a cell, shape `(81)`.
    package func readout(_ grid: [Scalar]) -> [Scalar] {
      (0..<Self.cells).map { cell in
        (0..<Self.states).reduce(0) { $0 + grid[cell * Self.states + $1] * value[$1] }
      }
    }

    /// The mean over the cells, shape `(9)`.
    package static func mean(_ grid: [Scalar]) -> [Scalar] {
      (0..<states).map { k in
        (0..<cells).reduce(Scalar(0)) { $0 + grid[$1 * states + k] } / Scalar(cells)
      }
    }

    /// The entropy of the mean state, in bits.
    package static func entropy(_ grid: [Scalar]) -> Scalar {
      let ln2 = Scalar.naturalLogarithm(2)
      return mean(grid).reduce(0) {
        $1 > 0 ? $0 - $1 * Scalar.naturalLogarithm($1) / ln2 : $0
      }
    }

    /// Goes back from the gradients in readout, shape `(81)`, and entropy.
    package func backward(
      _ drive: [Scalar], dReadout: [Scalar], dEntropy: Scalar
    ) -> Gradients {
      let K = Self.states
      let grids = run(drive)
      var result = Gradients(
        drive: Reference.zeros(drive.count), seed: Reference.zeros(seed.count),
        direction: Reference.zeros(K), value: Reference.zeros(K),
        rule: Reference.zeros(rule.count))
      let mean = Self.mean(grids[steps])
      let ln2 = Scalar.naturalLogarithm(2)
      var dGrid: [Scalar] = Reference.zeros(seed.count)
      for cell in 0..<Self.cells {
        for k in 0..<K {
          let at = cell * K + k
          let dMean = -(Scalar.naturalLogarithm(mean[k]) + 1) / ln2
          dGrid[at] = dReadout[cell] * value[k] + dEntropy * dMean / Scalar(Self.cells)
          result.value[k] += dReadout[cell] * grids[steps][at]
        }
      }
      for step in (0...steps).reversed() {
        let dLogits = Self.softmaxBackward(dGrid, probabilities: grids[step])
        if step == 0 || drivesSteps { addDrive(dLogits, drive, to: &result) }
        if step == 0 {
          result.seed = dLogits
        } else {
          dGrid = ruleBackward(dLogits, grid: grids[step - 1], into: &result)
        }
      }
      return result
    }

    private func addDrive(_ dLogits: [Scalar], _ drive: [Scalar], to result: inout Gradients) {
      for at in dLogits.indices {
        let (cell, k) = (at / Self.states, at % Self.states)
        result.drive[cell] += dLogits[at] * direction[k]
        result.drive[Self.cells + k] += dLogits[at]
        result.direction[k] += dLogits[at] * drive[cell]
      }
    }

    /// Adds the rule's gradient in one step and returns that in the grid that it started from.
    private func ruleBackward(
      _ dLogits: [Scalar], grid: [Scalar], into result: inout Gradients
    ) -> [Scalar] {
      let K = Self.states
      var dGrid: [Scalar] = Reference.zeros(grid.count)
      for cell in 0..<Self.cells {
        let others = Self.neighbours(of: cell)
        for k in 0..<K {
          let d = dLogits[cell * K + k]
          result.rule[2 * K * K + k] += d
          for j in 0..<K {
            result.rule[j * K + k] += grid[cell * K + j] * d
            dGrid[cell * K + j] += rule[j * K + k] * d
            for other in others {
              result.rule[(K + j) * K + k] += grid[other * K + j] * d
              dGrid[other * K + j] += rule[(K + j) * K + k] * d
            }
          }
        }
      }
      return dGrid
    }

    private static func softmaxBackward(_ d: [Scalar], probabilities s: [Scalar]) -> [Scalar] {
      s.indices.map { at in
        let first = at / states * states
        let mean = (first..<(first + states)).reduce(Scalar(0)) { $0 + s[$1] * d[$1] }
        return s[at] * (d[at] - mean)
      }
    }
  }
}
