import Foundation
import KernelInterface
import Kernels
import Testing

/// The cellular automaton's kernels against their equations in `Double`.
@Suite struct CellularAutomatonTests {
  typealias Automaton = CellularAutomaton

  /// Weights and drives of some rows, and the gradients that come back from behind.
  struct Operands {
    var drive: [Double], seed: [Double], direction: [Double], value: [Double], rule: [Double]
    var dReadout: [Double], dEntropy: [Double]
    let rows: Int

    init(rows: Int) {
      self.rows = rows
      func numbers(_ count: Int, _ seed: UInt64, _ scale: Float) -> [Double] {
        Sample.floats(count, seed: seed, scale: scale).map(Double.init)
      }
      drive = numbers(rows * 90, 1, 2)
      seed = numbers(729, 2, 2)
      direction = numbers(9, 3, 1)
      value = numbers(9, 4, 1)
      rule = numbers(171, 5, 1.5)
      dReadout = numbers(rows * 81, 6, 1)
      dEntropy = numbers(rows, 7, 3)
    }

    /// Readout and entropy of one row.
    func run(_ row: Int, steps: Int, drivesSteps: Bool) -> (readout: [Double], entropy: Double) {
      let given = (0..<729).map {
        drive[row * 90 + $0 / 9] * direction[$0 % 9] + drive[row * 90 + 81 + $0 % 9]
      }
      var grid = softmax((0..<729).map { seed[$0] + given[$0] })
      for _ in 0..<steps {
        grid = softmax(
          (0..<729).map { at in
            let (y, x, k) = (at / 81, at / 9 % 9, at % 9)
            let around = [((y + 8) % 9, x), ((y + 1) % 9, x), (y, (x + 8) % 9), (y, (x + 1) % 9)]
            var logit = rule[162 + k] + (drivesSteps ? given[at] : 0)
            for j in 0..<9 {
              logit += grid[y * 81 + x * 9 + j] * rule[j * 9 + k]
              for (y, x) in around { logit += grid[y * 81 + x * 9 + j] * rule[81 + j * 9 + k] }
            }
            return logit
          })
      }
      let readout = (0..<81).map { i in (0..<9).reduce(0) { $0 + grid[i * 9 + $1] * value[$1] } }
      let entropy = (0..<9).reduce(0.0) { sum, k in
        let p = (0..<81).reduce(0) { $0 + grid[$1 * 9 + k] } / 81
        return sum - p * log2(p)
      }
      return (readout, entropy)
    }

    private func softmax(_ x: [Double]) -> [Double] {
      x.indices.map { at in
        let row = x[(at / 9 * 9)..<(at / 9 * 9 + 9)]
        return exp(x[at]) / row.reduce(0) { $0 + exp($1) }
      }
    }

    /// `Σ dReadout · readout + dEntropy · entropy`.
    func objective(steps: Int, drivesSteps: Bool) -> Double {
      (0..<rows).reduce(0.0) { sum, row in
        let result = run(row, steps: steps, drivesSteps: drivesSteps)
        return sum + dEntropy[row] * result.entropy
          + (0..<81).reduce(0) { $0 + dReadout[row * 81 + $1] * result.readout[$1] }
      }
    }
  }

  /// Arrays with canaries around, and the gradients.
  final class Run {
    let drive: Guarded, readout: Guarded, entropy: Guarded, grids: Guarded, scratch: Guarded
    let weights: [Guarded]
    let gradients: [Guarded]
    let automaton: Automaton

    init(_ o: Operands, steps: Int, drivesSteps: Bool, keeps: Bool, lanes: Int) {
      drive = Guarded(o.drive.map { Float($0) })
      readout = Guarded(unwritten: o.rows * 81)
      entropy = Guarded(unwritten: o.rows)
      grids = Guarded(
        unwritten: Automaton.gridElements(rows: o.rows, steps: steps, keeps: keeps, lanes: lanes))
      scratch = Guarded(unwritten: Automaton.scratchElements(lanes: lanes))
      weights = [o.seed, o.direction, o.value, o.rule].map { Guarded($0.map { Float($0) }) }
      gradients = weights.map { Guarded([Float](repeating: 1, count: $0.count)) }
      automaton = Automaton(
        rows: o.rows, steps: steps, drive: drive.pointer, seed: weights[0].pointer,
        direction: weights[1].pointer, value: weights[2].pointer, rule: weights[3].pointer,
        drivesSteps: drivesSteps, grids: grids.pointer, keepsGrids: keeps,
        readout: readout.pointer, entropy: entropy.pointer, scratch: scratch.pointer)
    }

    func gradient(learnsRule: Bool) -> CellularAutomatonGradient {
      CellularAutomatonGradient(
        seed: gradients[0].pointer, direction: gradients[1].pointer, value: gradients[2].pointer,
        rule: learnsRule ? gradients[3].pointer : nil)
    }

    var intact: Bool {
      ([drive, readout, entropy, grids, scratch] + weights + gradients).allSatisfy(\.intact)
    }
  }

  /// What float32 may be off by, in results near 1.
  ///
  /// A logit is a sum of some 50 products of up to 1.5, each off by ε/2: together 40 ε = 5e-6. A
  /// softmax's share moves by a quarter of that, and a step more adds as much again.
  static let tolerance = 2e-5

  @Test(arguments: variants, [1, 4, 7, 16, 17])
  func readoutAndEntropyAreThoseOfTheEquations(variant: String, rows: Int) throws {
    let kernels = try kernelSet(variant)
    let operands = Operands(rows: rows)
    for (steps, drivesSteps, keeps) in [(1, true, false), (2, true, true), (3, false, false)] {
      let run = Run(
        operands, steps: steps, drivesSteps: drivesSteps, keeps: keeps, lanes: kernels.lanes)
      kernels.automaton(run.automaton)
      #expect(run.intact)
      for row in 0..<rows {
        let expected = operands.run(row, steps: steps, drivesSteps: drivesSteps)
        #expect(abs(Double(run.entropy.pointer[row]) - expected.entropy) < Self.tolerance)
        for i in 0..<81 {
          #expect(
            abs(Double(run.readout.pointer[row * 81 + i]) - expected.readout[i]) < Self.tolerance)
        }
      }
    }
  }

  /// Along a random direction in all weights and drives, the equations move as the gradients say.
  @Test(arguments: variants, [1, 5, 18])
  func gradientsAreTheSlopesOfTheEquations(variant: String, rows: Int) throws {
    let kernels = try kernelSet(variant)
    let operands = Operands(rows: rows)
    for (steps, drivesSteps) in [(1, true), (2, false), (3, true)] {
      let run = Run(
        operands, steps: steps, drivesSteps: drivesSteps, keeps: true, lanes: kernels.lanes)
      kernels.automaton(run.automaton)
      for i in operands.dReadout.indices { run.readout.pointer[i] = Float(operands.dReadout[i]) }
      for i in operands.dEntropy.indices { run.entropy.pointer[i] = Float(operands.dEntropy[i]) }
      kernels.automatonBackward(run.automaton, run.gradient(learnsRule: true))
      #expect(run.intact)
      typealias Place = WritableKeyPath<Operands, [Double]>
      // Gradients are added to: each array of weights' began with ones.
      let places: [(String, Place, Guarded, Double)] = [
        ("drive", \.drive, run.drive, 0), ("seed", \.seed, run.gradients[0], 1),
        ("direction", \.direction, run.gradients[1], 1), ("value", \.value, run.gradients[2], 1),
        ("rule", \.rule, run.gradients[3], 1),
      ]
      for (name, place, gradient, start) in places {
        let count = operands[keyPath: place].count
        let noise = Sample.floats(count, seed: 20).map(Double.init)
        let claimed = zip(gradient.values, noise).reduce(0) { $0 + (Double($1.0) - start) * $1.1 }
        let size = zip(gradient.values, noise).reduce(0) {
          $0 + abs((Double($1.0) - start) * $1.1)
        }
        func value(_ h: Double) -> Double {
          var moved = operands
          for i in noise.indices { moved[keyPath: place][i] += h * noise[i] }
          return moved.objective(steps: steps, drivesSteps: drivesSteps)
        }
        let h = 1e-4
        let slope =
          (4 * (value(h) - value(-h)) / (2 * h) - (value(2 * h) - value(-2 * h)) / (4 * h)) / 3
        #expect(abs(claimed - slope) < 1e-5 * size, "\(name), \(steps) steps")
      }
    }
  }

  /// A rule that is not learned gets no gradient, and nothing else changes by that.
  @Test(arguments: variants)
  func aFixedRuleGetsNoGradient(variant: String) throws {
    let kernels = try kernelSet(variant)
    let operands = Operands(rows: 5)
    let runs = [true, false].map { learns in
      let run = Run(operands, steps: 2, drivesSteps: true, keeps: true, lanes: kernels.lanes)
      kernels.automaton(run.automaton)
      kernels.automatonBackward(run.automaton, run.gradient(learnsRule: learns))
      return run
    }
    #expect(runs[1].gradients[3].values.allSatisfy { $0 == 1 })
    #expect(runs[0].gradients[3].values.contains { $0 != 1 })
    for i in 0..<3 { #expect(runs[0].gradients[i].values == runs[1].gradients[i].values) }
    #expect(runs[0].drive.values == runs[1].drive.values)
  }

  /// One row's result does not depend on the rows beside it, so that a byte at a time gives the same.
  @Test(arguments: variants)
  func aRowsResultIsItsOwn(variant: String) throws {
    let kernels = try kernelSet(variant)
    let all = Operands(rows: 19)
    let run = Run(all, steps: 2, drivesSteps: true, keeps: true, lanes: kernels.lanes)
    kernels.automaton(run.automaton)
    for row in 0..<19 {
      var one = Operands(rows: 1)
      one.drive = Array(all.drive[(row * 90)..<((row + 1) * 90)])
      let single = Run(one, steps: 2, drivesSteps: true, keeps: false, lanes: kernels.lanes)
      kernels.automaton(single.automaton)
      #expect(single.readout.values == Array(run.readout.values[(row * 81)..<((row + 1) * 81)]))
      #expect(single.entropy.values[0] == run.entropy.values[row])
    }
  }

  /// Certain cells: a mean state of one state has no entropy, and logarithms of zero do no harm.
  @Test(arguments: variants)
  func certainStatesHaveNoEntropyAndFiniteGradients(variant: String) throws {
    let kernels = try kernelSet(variant)
    var operands = Operands(rows: 3)
    operands.drive = operands.drive.indices.map { $0 % 90 == 84 ? 300 : 0 }
    let run = Run(operands, steps: 2, drivesSteps: true, keeps: true, lanes: kernels.lanes)
    kernels.automaton(run.automaton)
    #expect(run.entropy.values.allSatisfy { $0 >= 0 && $0 < 1e-30 })
    for i in 0..<3 { run.entropy.pointer[i] = -100 }
    kernels.automatonBackward(run.automaton, run.gradient(learnsRule: true))
    let all = run.gradients.flatMap(\.values) + run.drive.values
    #expect(all.allSatisfy { $0.isFinite })
  }
}
