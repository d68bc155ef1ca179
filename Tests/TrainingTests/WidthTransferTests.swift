import KernelInterface
import Kernels
import LanguageModel
import Testing
import Training

/// Coordinate checks: how far a step moves what the model computes, at three widths.
@Suite struct WidthTransferTests {
  private struct Movement {
    /// Root mean square change a step of the logits, and of the normed stream before the head.
    var logits = 0.0, stream = 0.0
  }

  private static func configuration(
    _ optimizer: TrainingConfiguration.Optimizer, width: Int, base: Int
  ) -> TrainingConfiguration {
    var configuration = Fixture.configuration(optimizer: optimizer)
    configuration.model.width = width
    configuration.model.hidden = 2 * width
    // Heads of one size: their logits do not grow.
    configuration.model.heads = width / 32
    configuration.model.context = 16
    configuration.model.ngramOrders = []
    configuration.model.dropout = 0
    configuration.schedule = .constant
    configuration.warmup = 0
    configuration.learningRate = optimizer == .lion ? 0.0002 : 0.0005
    configuration.weightDecay = 0
    configuration.averagePower = 0
    configuration.mupBase = base
    return configuration
  }

  /// Logits of the bytes after some text, and the rows that the head is multiplied with.
  private static func outputs(
    _ trainer: Trainer, _ scorer: Transformer
  ) throws -> (logits: [Float], stream: [Float]) {
    trainer.writeScoredWeights(to: scorer)
    func logits() throws -> [Float] {
      let predictor = try BytePredictor(engine: scorer)
      return Fixture.text[300..<312].flatMap { byte in
        predictor.append(byte)
        return Array(predictor.logits)
      }
    }
    let real = try logits()
    // An identity for a head shows its input.
    let (layout, V) = (scorer.layout, ModelConfiguration.vocabulary)
    for i in layout.head.range { scorer.parameters[i] = 0 }
    for i in layout.headBias.range { scorer.parameters[i] = 0 }
    for i in 0..<layout.head.rows { scorer.parameters[layout.head.offset + i * V + i] = 1 }
    scorer.parametersChanged()
    let stream = try logits()
    let C = layout.head.rows
    return (real, stream.enumerated().filter { $0.offset % V < C }.map(\.element))
  }

  private static func rms(_ a: [Float], _ b: [Float]) -> Double {
    let sum = zip(a, b).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
    return (sum / Double(a.count)).squareRoot()
  }

  private static func movement(
    _ optimizer: TrainingConfiguration.Optimizer, width: Int, base: Int
  ) throws -> Movement {
    let trainer = try Trainer(
      configuration: configuration(optimizer, width: width, base: base), text: Fixture.text,
      kernels: KernelSet.select(nil), threads: 1)
    let scorer = try Transformer(
      configuration: trainer.configuration.model, kernels: trainer.engine.kernels, threads: 1,
      batch: 0)
    var movement = Movement()
    var before = try outputs(trainer, scorer)
    for _ in 0..<6 {
      _ = trainer.takeStep()
      let after = try outputs(trainer, scorer)
      movement.logits += rms(after.logits, before.logits) / 6
      movement.stream += rms(after.stream, before.stream) / 6
      before = after
    }
    return movement
  }

  @Test(arguments: [TrainingConfiguration.Optimizer.adamw, .lion, .scheduleFree, .muon])
  func withMuPAStepMovesEveryWidthAlike(optimizer: TrainingConfiguration.Optimizer) throws {
    let all = try [64, 128, 256].map { try Self.movement(optimizer, width: $0, base: 64) }
    for movement in all {
      #expect(movement.logits / all[0].logits > 0.5 && movement.logits / all[0].logits < 2)
      #expect(movement.stream / all[0].stream > 0.5 && movement.stream / all[0].stream < 2)
    }
  }

  @Test(arguments: [TrainingConfiguration.Optimizer.adamw, .lion, .scheduleFree])
  func withoutItAStepMovesWiderModelsFurther(
    optimizer: TrainingConfiguration.Optimizer
  ) throws {
    let all = try [64, 128, 256].map { try Self.movement(optimizer, width: $0, base: 0) }
    #expect(all[2].logits / all[0].logits > 2)
    #expect(all[2].stream / all[0].stream > 2, "\(all)")
  }

  @Test func theRatesOfWhatReadsTheWidthFallWithIt() {
    var configuration = TrainingConfiguration()
    configuration.model.width = 256
    #expect(configuration.widthShare(.head) == 1)
    configuration.mupBase = 64
    #expect(configuration.widthShare(.head) == 0.25)
    #expect(configuration.widthShare(.block(fused: 3)) == 0.25)
    #expect(configuration.widthShare(.blockOutput) == 0.25)
    for role in [
      ParameterLayout.Role.embedding, .ngramProjection, .bias, .gain, .shift, .cellSeed, .cellRule,
      .cellReadout,
    ] {
      #expect(configuration.widthShare(role) == 1)
    }
  }
}
