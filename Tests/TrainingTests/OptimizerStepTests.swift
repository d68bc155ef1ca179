import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Testing
import Training

/// The first steps of a whole run against the formulas, tensor by tensor.
@Suite struct OptimizerStepTests {
  static func parameters(_ trainer: Trainer) -> [Double] {
    trainer.engine.parameters.map(Double.init)
  }

  /// At step 1 the corrected moments are the clipped gradient and its square, so that AdamW moves
  /// each element by `rate · g/(|g| + ε)`, near its whole rate whatever the gradient.
  @Test(arguments: [0.05, 0, 1e9], TrainingConfiguration.Optimizer.allCases)
  func theFirstStepMovesEachTensorByItsOwnRule(
    clip: Double, optimizer: TrainingConfiguration.Optimizer
  ) throws {
    var configuration = Fixture.configuration(optimizer: optimizer)
    configuration.clip = clip
    configuration.warmup = 0.05
    let trainer = try Fixture.trainer(configuration)
    // Away from the zeros at which some tensors start, so that decay shows.
    for (i, value) in Fixture.floats(trainer.engine.layout.count, seed: 4).enumerated() {
      trainer.engine.parameters[i] += 0.05 * value
    }
    trainer.engine.parametersChanged()
    let before = Self.parameters(trainer)
    let report = trainer.takeStep()
    let after = Self.parameters(trainer)
    let gradient = trainer.engine.gradient.map(Double.init)
    let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(report.gradientNorm - norm) < 1e-5 * norm)
    #expect(norm > 0.05)
    let scale = clip == 0.05 ? clip / norm : 1
    // Warm-up over 3 of 60 steps: the first has a third of the peak.
    let factor = 1.0 / 3
    for tensor in trainer.engine.layout.tensors {
      let p = Array(before[tensor.range])
      let g = gradient[tensor.range].map { $0 * scale }
      let expected: [Double]
      func adamW(_ share: Double, decays: Bool) -> [Double] {
        zip(p, g).map { p, g in
          -0.004 * factor * share * (g / (abs(g) + 1e-8) + (decays ? 0.01 * p : 0))
        }
      }
      func muon(fused: Int) -> [Double] {
        let columns = tensor.columns / fused
        var moved = [Double](repeating: 0, count: tensor.count)
        for part in 0..<fused {
          let places = (0..<tensor.rows).flatMap { i in
            (0..<columns).map { i * tensor.columns + part * columns + $0 }
          }
          // u = (1 − β)g + β(1 − β)g with β = 0.85.
          let matrix = DoubleMatrix(
            rows: tensor.rows, columns: columns, values: places.map { 0.15 * 1.85 * g[$0] })
          let size = max(1, Double(columns) / Double(tensor.rows)).squareRoot()
          for (place, o) in zip(places, matrix.newtonSchulz().values) {
            moved[place] = -0.02 * factor * (size * o + 0.1 * p[place])
          }
        }
        return moved
      }
      switch (tensor.role, optimizer) {
      case (.embedding, _): expected = adamW(5, decays: true)
      case (.gain, _), (.shift, _): expected = adamW(2.5, decays: false)
      case (.bias, _): expected = adamW(1, decays: false)
      case (.block(let fused), .muon): expected = muon(fused: fused)
      case (.blockOutput, .muon): expected = muon(fused: 1)
      default: expected = adamW(1, decays: true)
      }
      let moved = zip(after[tensor.range], p).map { $0 - $1 }
      // The parameters' own rounding, 6e-8 of 1, beside steps of 1e-3 or more.
      #expect(relativeDistance(moved, expected) < 2e-4, "\(tensor.name)")
    }
  }

  @Test func twoStepsOfAdamWKeepTheirMoments() throws {
    var configuration = Fixture.configuration(optimizer: .adamw)
    configuration.clip = 0
    configuration.schedule = .constant
    configuration.warmup = 0
    let trainer = try Fixture.trainer(configuration)
    _ = trainer.takeStep()
    let g1 = trainer.engine.gradient.map(Double.init)
    let before = Self.parameters(trainer)
    _ = trainer.takeStep()
    let g2 = trainer.engine.gradient.map(Double.init)
    let after = Self.parameters(trainer)
    let bias = trainer.engine.layout.headBias
    let expected = bias.range.map { i in
      let m = (0.9 * 0.1 * g1[i] + 0.1 * g2[i]) / (1 - 0.81)
      let v = (0.98 * 0.02 * g1[i] * g1[i] + 0.02 * g2[i] * g2[i]) / (1 - 0.98 * 0.98)
      return -0.004 * m / (v.squareRoot() + 1e-8)
    }
    let moved = bias.range.map { after[$0] - before[$0] }
    #expect(relativeDistance(moved, expected) < 1e-4)
  }
}
