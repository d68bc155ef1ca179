import KernelInterface
import Kernels
import LanguageModel
import Testing
import Training

/// What a width changes: how far a step moves what the model computes, and which rate is the best.
///
/// With μP neither; without it, both.
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

  /// Rates a factor of 4 apart, the middle one the best at the width of 32.
  private static let rates = [0.008, 0.032, 0.128]

  /// The place among ``rates`` of that with which sixty steps of AdamW learn a kilobyte best, by the mean
  /// loss of the last ten.
  private static func bestRate(width: Int, base: Int) throws -> Int? {
    let losses = try rates.map { rate in
      var configuration = configuration(.adamw, width: width, base: base)
      configuration.model.heads = width / 16
      configuration.model.context = 32
      (configuration.batch, configuration.shards) = (8, 2)
      (configuration.schedule, configuration.warmup) = (.linear, 0.1)
      configuration.learningRate = rate
      let trainer = try Trainer(
        configuration: configuration, text: Fixture.text, kernels: KernelSet.select(nil),
        threads: 2)
      let all = (0..<60).map { _ in trainer.takeStep().loss.value }
      return all.suffix(10).reduce(0, +) / 10
    }
    return losses.indices.min {
      (losses[$0].isFinite ? losses[$0] : .infinity)
        < (losses[$1].isFinite ? losses[$1] : .infinity)
    }
  }

  /// The middle rate wins by 0.4 nats or more at every width: an eighth of the width does for a search.
  @Test(arguments: [32, 64, 128, 256])
  func withMuPTheBestRateHolds(width: Int) throws {
    #expect(try Self.bestRate(width: width, base: 32) == 1)
  }

  /// Four times the width wants a quarter of the rate, by 0.4 nats.
  @Test(arguments: [(32, 1), (128, 0)])
  func withoutItTheBestRateFallsWithTheWidth(width: Int, best: Int) throws {
    #expect(try Self.bestRate(width: width, base: 0) == best)
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
