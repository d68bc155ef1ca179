import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Testing
import Training

/// Training with hidden spans: warm-up, target encoder, and what is saved.
@Suite struct JEPATrainingTests {
  static func configuration(warmup: Int = 5, steps: Int = 40) -> TrainingConfiguration {
    var configuration = Fixture.configuration()
    configuration.objective = .jepa
    configuration.jepaWarmup = warmup
    configuration.steps = steps
    return configuration
  }

  @Test func theWarmUpIsThatOfARunWithoutTheObjective() throws {
    let configuration = Self.configuration()
    var plain = configuration
    plain.objective = .nextByte
    let (trainer, other) = (try Fixture.trainer(configuration), try Fixture.trainer(plain))
    let count = other.engine.layout.count
    let predictor = Array(trainer.engine.parameters[count...])
    for step in 1...7 {
      let (report, expected) = (trainer.takeStep(), other.takeStep())
      #expect((report.jepaLoss != nil) == (step > 5))
      #expect(expected.jepaLoss == nil)
      let same = trainer.engine.parameters[..<count].elementsEqual(other.engine.parameters)
      #expect(same == (step <= 5), "step \(step)")
      #expect((Array(trainer.engine.parameters[count...]) == predictor) == (step <= 5))
    }
    #expect(other.latentStatistics == nil)
  }

  /// The target's keep rises from 0.996 to 1 along half a cosine, with a step that advances.
  @Test func theTargetFollowsTheModel() throws {
    let trainer = try Fixture.trainer(Self.configuration())
    let target = try #require(trainer.engine.targetEncoder)
    for _ in 0..<5 { _ = trainer.takeStep() }
    #expect(trainer.latentStatistics == nil)
    var expected: [Double] = []
    for step in 5..<40 {
      if step == 5 { expected = Self.weights(trainer.engine) }
      _ = trainer.takeStep()
      let keep = 1 - 0.004 * (1 + cos(Double.pi * Double(step - 5) / 34)) / 2
      let weights = Self.weights(trainer.engine)
      for i in expected.indices { expected[i] = keep * expected[i] + (1 - keep) * weights[i] }
    }
    let got = (Array(target.parameters) + Array(target.tables)).map(Double.init)
    #expect(relativeDistance(got, expected) < 1e-6)
    #expect(relativeDistance(got, Self.weights(trainer.engine)) > 1e-3)
    let latents = try #require(trainer.latentStatistics)
    #expect(latents.deviation > 0.01 && latents.rank > 1)
  }

  /// The model's parameters and tables, without the predictor's.
  static func weights(_ engine: Transformer) -> [Double] {
    (Array(engine.parameters[..<engine.layout.modelCount]) + Array(engine.tables)).map(Double.init)
  }

  /// Forty steps bring the predicted latents nearer to their targets, beside learning the text.
  @Test(arguments: JEPAConfiguration.Loss.allCases)
  func thePredictorLearns(loss: JEPAConfiguration.Loss) throws {
    var configuration = Self.configuration(warmup: 0, steps: 60)
    configuration.jepa.loss = loss
    configuration.jepa.weight = 1
    let trainer = try Fixture.trainer(configuration)
    let reports = (0..<60).map { _ in trainer.takeStep() }
    func mean(_ reports: some Collection<Trainer.StepReport>) -> Double {
      reports.compactMap(\.jepaLoss).reduce(0, +) / Double(reports.count)
    }
    let (first, last) = (mean(reports.prefix(5)), mean(reports.suffix(10)))
    #expect(last < 0.9 * first, "\(first) to \(last)")
    #expect(reports.suffix(10).map(\.loss.value).reduce(0, +) / 10 < 3)
  }

  /// A restored run is at a loss for its last windows: it must read them again.
  @Test(arguments: [4, 6, 12])
  func aRestoredRunHasTheSameStatistics(stop: Int) throws {
    let configuration = Self.configuration(warmup: 5, steps: 12)
    let trainer = try Fixture.trainer(configuration)
    for _ in 0..<stop { _ = trainer.takeStep() }
    let expected = trainer.latentStatistics
    #expect((expected == nil) == (stop == 4))
    try CheckpointTests.withFile { path in
      try Checkpoint.save(trainer, origin: CheckpointTests.origin, to: path)
      let again = try Fixture.trainer(configuration)
      try Checkpoint(path: path).restore(into: again)
      #expect(again.latentStatistics == expected)
      // Looking changes nothing.
      if stop < 12 {
        let (next, other) = (again.takeStep(), trainer.takeStep())
        #expect(next.loss == other.loss && next.jepaLoss == other.jepaLoss)
      }
    }
  }

  /// All positions of a small batch count; of a large one the first 4,096, which are windows in part.
  @Test func statisticsAreThoseOfTheTargetsLatents() throws {
    var configuration = Self.configuration(warmup: 0)
    (configuration.batch, configuration.shards) = (200, 2)
    let trainer = try Fixture.trainer(configuration)
    _ = trainer.takeStep()
    let target = try #require(trainer.engine.targetEncoder)
    var sampler = BatchSampler(seed: 1_000, count: Fixture.text.count, length: 24)
    // One window at a time: no two threads meet.
    nonisolated(unsafe) var latents: [Float] = []
    for b in 0..<200 {
      let start = sampler.start(of: b)
      Fixture.text.withUnsafeBufferPointer { text in
        target.latents(starts: [start], of: text, length: 24) { latents += Array($1) }
      }
    }
    let expected = LatentStatistics(Array(latents[..<(4_096 * 16)]), width: 16)
    let statistics = try #require(trainer.latentStatistics)
    #expect(abs(statistics.deviation / expected.deviation - 1) < 1e-5)
    #expect(abs(statistics.rank / expected.rank - 1) < 1e-5)
  }

  /// With a stop inside the warm-up of four steps, at its end, after its first step with hidden spans,
  /// and later.
  @Test(arguments: TrainingConfiguration.Optimizer.allCases, [3, 4, 5, 9])
  func aRunResumesBitForBit(optimizer: TrainingConfiguration.Optimizer, stop: Int) throws {
    let path = NSTemporaryDirectory() + "jepa-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var configuration = Self.configuration(warmup: 4, steps: 16)
    configuration.optimizer = optimizer
    let whole = try Fixture.trainer(configuration)
    let first = try Fixture.trainer(configuration, threads: 2)
    for step in 1...16 {
      _ = whole.takeStep()
      if step <= stop { _ = first.takeStep() }
    }
    let origin = Checkpoint.Origin(
      corpus: "text", corpusHash: "0", trainedOn: "train", kernels: "portable")
    try Checkpoint.save(first, origin: origin, to: path)
    let second = try Fixture.trainer(configuration)
    let saved = try Checkpoint(path: path)
    try saved.restore(into: second)
    for _ in stop..<16 { _ = second.takeStep() }
    #expect(Self.state(second) == Self.state(whole))
    // What is scored has no predictor, and is what the run itself would score.
    let (scorer, other) = (try TrainerTests.scorer(second), try TrainerTests.scorer(second))
    try saved.writeScoredWeights(to: scorer)
    first.writeScoredWeights(to: other)
    #expect(Array(scorer.parameters) == Array(other.parameters))
    #expect(Array(scorer.tables) == Array(other.tables))
  }

  static func state(_ trainer: Trainer) -> [UInt32] {
    let target = trainer.engine.targetEncoder
    return trainer.engine.parameters.map(\.bitPattern) + trainer.engine.tables.map(\.bitPattern)
      + (target?.parameters.map(\.bitPattern) ?? []) + (target?.tables.map(\.bitPattern) ?? [])
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout TrainingConfiguration) -> Void

    /// `name` is what the message must contain.
    init(_ name: String, _ change: @escaping @Sendable (inout TrainingConfiguration) -> Void) {
      testDescription = name
      self.change = change
    }
  }

  @Test(arguments: [
    Refusal("jepa_warmup is 40") { $0.jepaWarmup = 40 },
    Refusal("jepa_warmup is -1") { $0.jepaWarmup = -1 },
    Refusal("jepa_ratio is 0") { $0.jepa.ratio = 0 },
    Refusal("jepa_ratio is 1") { $0.jepa.ratio = 1 },
    Refusal("jepa_longest 1") { $0.jepa.longest = 1 },
    Refusal("jepa_decay is 1.5") { $0.jepaDecay = 1.5 },
    Refusal("window of 3 bytes") { $0.model.context = 3 },
  ])
  func whatCannotBeIsRefusedByName(refusal: Refusal) throws {
    var configuration = Self.configuration()
    try configuration.validate()
    refusal.change(&configuration)
    let error = #expect(throws: TrainingError.self) { try configuration.validate() }
    #expect(error?.code == .configuration)
    #expect(error?.message.contains(refusal.testDescription) == true, "\(error?.message ?? "")")
    configuration.objective = .nextByte
    #expect(throws: Never.self) { try configuration.validate() }
  }
}
