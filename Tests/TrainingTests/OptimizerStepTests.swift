import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Testing
import Training

/// The first steps of a whole run against the formulas, tensor by tensor.
@Suite struct OptimizerStepTests {
  static func doubles(_ values: UnsafeMutableBufferPointer<Float>) -> [Double] {
    values.map(Double.init)
  }

  /// How far `a` and `b` are apart, as a share of how far `b` is from `p`, beyond what the rounding of
  /// `a` to `Float` explains.
  static func distance(
    _ a: [Double], _ b: [Double], from p: [Double], in range: Range<Int>
  ) -> Double {
    func norm(_ value: (Int) -> Double) -> Double {
      range.reduce(0) { $0 + value($1) * value($1) }.squareRoot()
    }
    let moved = norm { b[$0] - p[$0] }
    return relativeDistance(range.map { a[$0] - p[$0] }, range.map { b[$0] - p[$0] })
      - Double(Float.ulpOfOne) * norm { p[$0] } / moved
  }

  /// Five steps, of which the first three warm up; the clip shortens all gradients, none or none.
  @Test(arguments: [0.05, 0, 1e9], TrainingConfiguration.Optimizer.allCases)
  func eachStepMovesEachTensorByItsOwnRule(
    clip: Double, optimizer: TrainingConfiguration.Optimizer
  ) throws {
    var configuration = Fixture.configuration(optimizer: optimizer)
    configuration.clip = clip
    configuration.warmup = 0.05
    configuration.beta1 = 0.8
    configuration.weightDecay = 0.3
    configuration.embeddingDecay = 0.5
    configuration.mupBase = optimizer == .sgd ? 0 : 12
    let trainer = try Fixture.trainer(configuration)
    // Away from the zeros at which some tensors start, so that decay shows.
    for (i, value) in Fixture.floats(trainer.engine.layout.count, seed: 4).enumerated() {
      trainer.engine.parameters[i] += 0.05 * value
    }
    trainer.engine.parametersChanged()
    var reference = ReferenceOptimizer(configuration, layout: trainer.engine.layout)
    for n in 1...5 {
      let before = Self.doubles(trainer.engine.parameters)
      let report = trainer.takeStep()
      let after = Self.doubles(trainer.engine.parameters)
      let gradient = Self.doubles(trainer.engine.gradient)
      let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(report.gradientNorm - norm) < 1e-5 * norm)
      #expect(norm > 0.05)
      let scale = clip == 0.05 ? clip / norm : 1
      // Warm-up over 3 of 60 steps; no schedule falls yet.
      let expected = reference.step(
        n, before, gradient.map { $0 * scale }, factor: min(1, Double(n) / 3))
      for tensor in trainer.engine.layout.tensors {
        // Five Newton–Schulz steps in Float: see `MuonTests`.
        let distance = Self.distance(after, expected, from: before, in: tensor.range)
        #expect(distance < 3e-5, "step \(n), \(tensor.name)")
      }
    }
  }

  /// The predictor's own steps count from the first one with hidden spans: bias corrections, Muon's
  /// momentum and Schedule-Free's average; its first comes when the model's tensors take their fourth.
  @Test(arguments: TrainingConfiguration.Optimizer.allCases)
  func thePredictorsStepsCountFromItsFirst(
    optimizer: TrainingConfiguration.Optimizer
  ) throws {
    var configuration = Fixture.configuration(optimizer: optimizer)
    (configuration.objective, configuration.jepaWarmup) = (.jepa, 3)
    configuration.clip = 0
    configuration.warmup = 0.05
    configuration.momentum = 0.97
    let trainer = try Fixture.trainer(configuration)
    for (i, value) in Fixture.floats(trainer.engine.layout.count, seed: 4).enumerated() {
      trainer.engine.parameters[i] += 0.05 * value
    }
    trainer.engine.parametersChanged()
    var reference = ReferenceOptimizer(configuration, layout: trainer.engine.layout)
    for n in 1...7 {
      let before = Self.doubles(trainer.engine.parameters)
      _ = trainer.takeStep()
      let after = Self.doubles(trainer.engine.parameters)
      let expected = reference.step(
        n, before, Self.doubles(trainer.engine.gradient), factor: min(1, Double(n) / 3))
      for tensor in trainer.engine.layout.tensors {
        if tensor.name.hasPrefix("jepa.") && n <= 3 {
          #expect(after[tensor.range] == before[tensor.range])
          continue
        }
        let distance = Self.distance(after, expected, from: before, in: tensor.range)
        #expect(distance < 3e-5, "step \(n), \(tensor.name)")
      }
    }
  }

  @Test func scheduleFreeScoresItsOwnAverage() throws {
    for power in [0.0, 16] {
      var configuration = Fixture.configuration(optimizer: .scheduleFree)
      configuration.averagePower = power
      // Neither falls, not even in the last step.
      configuration.schedule = .linear
      configuration.steps = 6
      configuration.warmup = 0.5
      let trainer = try Fixture.trainer(configuration)
      let scorer = try TrainerTests.scorer(trainer)
      var reference = ReferenceOptimizer(configuration, layout: trainer.engine.layout)
      for n in 1...6 {
        let before = Self.doubles(trainer.engine.parameters)
        let norm = trainer.takeStep().gradientNorm
        let scale = norm > 1 ? 1 / norm : 1
        let gradient = Self.doubles(trainer.engine.gradient).map { $0 * scale }
        _ = reference.step(n, before, gradient, factor: min(1, Double(n) / 3))
        trainer.writeScoredWeights(to: scorer)
        let scored = Self.doubles(scorer.parameters)
        // Some roundings of 6e-8 a step.
        #expect(relativeDistance(scored, reference.x) < 1e-6, "step \(n)")
        #expect(scored != Self.doubles(trainer.engine.parameters))
        #expect(Array(scorer.tables) == Array(trainer.engine.tables) || power > 0)
      }
    }
  }

  @Test func twoStepsOfAdamWKeepTheirMoments() throws {
    var configuration = Fixture.configuration(optimizer: .adamw)
    configuration.clip = 0
    configuration.schedule = .constant
    configuration.warmup = 0
    let trainer = try Fixture.trainer(configuration)
    _ = trainer.takeStep()
    let g1 = Self.doubles(trainer.engine.gradient)
    let before = Self.doubles(trainer.engine.parameters)
    _ = trainer.takeStep()
    let g2 = Self.doubles(trainer.engine.gradient)
    let after = Self.doubles(trainer.engine.parameters)
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
