import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Testing
import Training

/// Training with a cellular automaton in the model: what it moves, and what is saved.
@Suite struct NCATrainingTests {
  static func configuration(steps: Int = 40) -> TrainingConfiguration {
    var configuration = Fixture.configuration()
    configuration.objective = .nca
    configuration.steps = steps
    return configuration
  }

  @Test func theModelHasTheAutomatonOfTheObjective() {
    var configuration = TrainingConfiguration()
    configuration.nca.steps = 3
    #expect(configuration.model.nca == nil)
    for objective in TrainingConfiguration.Objective.allCases {
      configuration.objective = objective
      #expect(configuration.model.nca == (objective.hasNCA ? configuration.nca : nil))
    }
    configuration.objective = .nca
    configuration.nca.steps = 4
    #expect(configuration.model.nca?.steps == 4)
    configuration.model = ModelConfiguration()
    #expect(configuration.model.nca?.steps == 4)
  }

  /// At the first step the head is zero, so that no gradient of the next byte reaches what is before
  /// it: the embedding moves by the penalty alone, where there is one.
  @Test(arguments: [0.25, 0])
  func thePenaltyMovesTheEmbedding(weight: Double) throws {
    var configuration = Self.configuration()
    configuration.nca.weight = weight
    configuration.nca.high = 1.6
    (configuration.weightDecay, configuration.muonWeightDecay) = (0, 0)
    configuration.warmup = 0
    let trainer = try Fixture.trainer(configuration)
    let engine = trainer.engine
    let before = Array(engine.parameters)
    let report = trainer.takeStep()
    let nca = try #require(report.nca)
    #expect(nca.violations > 0.5)
    for name in ["embedding", "ngram.projection", "nca.drive", "nca.seed", "nca.rule"] {
      let tensor = try #require(engine.layout.tensors.first { $0.name == name })
      let moved = tensor.range.contains { engine.parameters[$0] != before[$0] }
      #expect(moved == (weight > 0), "\(name)")
    }
  }

  /// Most positions start outside a narrow band and end inside it, while the text is learned.
  @Test(arguments: NCAConfiguration.Rule.allCases)
  func theEntropyIsLedIntoTheBand(rule: NCAConfiguration.Rule) throws {
    var configuration = Self.configuration(steps: 80)
    configuration.nca.rule = rule
    (configuration.nca.low, configuration.nca.high) = (1.9, 2.1)
    let trainer = try Fixture.trainer(configuration)
    let reports = (0..<80).map { _ in trainer.takeStep() }
    func mean(_ part: some Collection<Trainer.StepReport>) -> Double {
      part.compactMap(\.nca?.violations).reduce(0, +) / Double(part.count)
    }
    let (first, last) = (mean(reports.prefix(3)), mean(reports.suffix(10)))
    #expect(first > 0.6 && last < 0.5 * first, "\(first) to \(last)")
    #expect(reports.suffix(10).map(\.loss.value).reduce(0, +) / 10 < 3)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var optimizer = TrainingConfiguration.Optimizer.muon
    var objective = TrainingConfiguration.Objective.nca
    var rule = NCAConfiguration.Rule.learned
    var precision = Precision.float32
    var testDescription: String {
      "\(optimizer.rawValue) \(objective.rawValue) \(rule.rawValue) \(precision.rawValue)"
    }
  }

  static let cases =
    TrainingConfiguration.Optimizer.allCases.map { Case(optimizer: $0) } + [
      Case(objective: .jepaAndNCA), Case(rule: .majority), Case(precision: .mixedBFloat16),
    ]

  @Test(arguments: cases)
  func aRunResumesBitForBit(test: Case) throws {
    let path = NSTemporaryDirectory() + "nca-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var configuration = Self.configuration(steps: 16)
    configuration.optimizer = test.optimizer
    configuration.objective = test.objective
    configuration.jepaWarmup = 5
    configuration.nca.rule = test.rule
    configuration.precision = test.precision
    let whole = try Fixture.trainer(configuration)
    let first = try Fixture.trainer(configuration, threads: 2)
    for step in 1...16 {
      _ = whole.takeStep()
      if step <= 9 { _ = first.takeStep() }
    }
    let origin = Checkpoint.Origin(
      corpus: "text", corpusHash: "0", trainedOn: "train", kernels: "portable")
    try Checkpoint.save(first, origin: origin, to: path)
    let second = try Fixture.trainer(configuration)
    let saved = try Checkpoint(path: path)
    #expect(saved.configuration == configuration)
    try saved.restore(into: second)
    for _ in 10...16 { _ = second.takeStep() }
    #expect(JEPATrainingTests.state(second) == JEPATrainingTests.state(whole))
    #expect(second.engine.parameters.allSatisfy { $0.isFinite })
    // What is scored has the automaton, and is what the run itself would score.
    let (scorer, other) = (try TrainerTests.scorer(second), try TrainerTests.scorer(second))
    #expect(scorer.layout.automaton != nil)
    try saved.writeScoredWeights(to: scorer)
    first.writeScoredWeights(to: other)
    #expect(Array(scorer.parameters) == Array(other.parameters))
    #expect(Array(scorer.tables) == Array(other.tables))
  }

  /// The mean of two runs has a mean automaton.
  @Test func checkpointsAreAveraged() throws {
    let paths = (0..<3).map { _ in
      NSTemporaryDirectory() + "nca-\(UUID().uuidString).safetensors"
    }
    defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
    let trainer = try Fixture.trainer(Self.configuration(steps: 8))
    let origin = Checkpoint.Origin(
      corpus: "text", corpusHash: "0", trainedOn: "train", kernels: "portable")
    for path in paths.prefix(2) {
      for _ in 0..<4 { _ = trainer.takeStep() }
      try Checkpoint.save(trainer, origin: origin, to: path)
    }
    let engine = try TrainerTests.scorer(trainer)
    let seed = try #require(engine.layout.automaton).seed
    let saved = try paths.prefix(2).map { try Checkpoint(path: $0) }
    var expected = [Double](repeating: 0, count: seed.count)
    for checkpoint in saved {
      try checkpoint.writeScoredWeights(to: engine)
      for i in expected.indices { expected[i] += Double(engine.parameters[seed.offset + i]) / 2 }
    }
    try Checkpoint.saveMean(of: saved, using: engine, to: paths[2])
    try Checkpoint(path: paths[2]).writeScoredWeights(to: engine)
    #expect(engine.parameters[seed.range].elementsEqual(expected.map { Float($0) }))
  }

  /// A checkpoint of before there were automata says nothing of them, and has none.
  @Test func configurationsFromBeforeHaveNone() throws {
    let old = Data(#"{"objective": "jepa", "jepa_warmup": 7}"#.utf8)
    let configuration = try TrainingConfiguration(json: old)
    #expect(configuration.model.nca == nil && configuration.objective == .jepa)
    var expected = TrainingConfiguration()
    (expected.objective, expected.jepaWarmup) = (.jepa, 7)
    #expect(configuration == expected)
  }

  @Test(arguments: [
    JEPATrainingTests.Refusal("K = 9") { $0.nca.states = 8 },
    JEPATrainingTests.Refusal("9 × 9") { $0.nca.grid = 8 },
    JEPATrainingTests.Refusal("nca_steps is 0") { $0.nca.steps = 0 },
    JEPATrainingTests.Refusal("nca_steps is 65") { $0.nca.steps = 65 },
    JEPATrainingTests.Refusal("nca_weight is -1.0") { $0.nca.weight = -1 },
    JEPATrainingTests.Refusal("nca_weight is nan") { $0.nca.weight = .nan },
    JEPATrainingTests.Refusal("nca_low 2.8") { $0.nca.low = 2.8 },
    JEPATrainingTests.Refusal("nca_low -0.5") { $0.nca.low = -0.5 },
    JEPATrainingTests.Refusal("nca_high 3.17") { $0.nca.high = 3.17 },
    JEPATrainingTests.Refusal("nca_high nan") { $0.nca.high = .nan },
  ])
  func whatCannotBeIsRefusedByName(refusal: JEPATrainingTests.Refusal) throws {
    var configuration = Self.configuration()
    try configuration.validate()
    refusal.change(&configuration)
    let error = #expect(throws: TrainingError.self) { try configuration.validate() }
    #expect(error?.code == .configuration)
    #expect(error?.message.contains(refusal.testDescription) == true, "\(error?.message ?? "")")
    configuration.objective = .nextByte
    // The law holds where there is no automaton, too.
    if configuration.nca.states == 9 && configuration.nca.grid == 9 {
      #expect(throws: Never.self) { try configuration.validate() }
    } else {
      #expect(throws: TrainingError.self) { try configuration.validate() }
    }
  }

  /// The plan is what is reserved, with kept grids and without.
  @Test func plannedArenasAreThoseThatAreReserved() async {
    await #expect(processExitsWith: .success) {
      for objective in [TrainingConfiguration.Objective.nca, .jepaAndNCA] {
        var configuration = Self.configuration()
        (configuration.objective, configuration.jepaWarmup) = (objective, 0)
        configuration.nca.steps = 3
        let kernels = try KernelSet.select(nil)
        let plan = try MemoryPlanTests.plan(configuration, threads: 2, scorer: true)
        guard FloatArena.reservedBytes == 0 else { exit(2) }
        let trainer = try Trainer(
          configuration: configuration, text: Fixture.text, kernels: kernels, threads: 2)
        let scorer = try Transformer(
          configuration: configuration.model, kernels: kernels, threads: 2, batch: 0)
        let heap = plan.items.filter {
          ["batches", "batch_order", "training_text"].contains($0.name)
        }
        guard plan.total - heap.reduce(0, { $0 + $1.bytes }) == FloatArena.reservedBytes else {
          exit(3)
        }
        withExtendedLifetime((trainer, scorer)) {}
      }
    }
  }
}
