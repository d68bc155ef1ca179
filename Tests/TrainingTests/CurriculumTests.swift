import Foundation
import LanguageModel
import Testing
import Training

@Suite struct CurriculumTests {
  static let text = "4 nca=1, 5 next=0.5 jepa=1 rate=0.25, rest next=1 nca=0.5"

  /// NCA, then JEPA, then the next byte.
  static func configuration(_ text: String = text, steps: Int = 14) throws -> TrainingConfiguration
  {
    var configuration = Fixture.configuration()
    configuration.objective = .jepaAndNCA
    // A band that the first states are outside of.
    (configuration.nca.low, configuration.nca.high) = (2.9, 3.1)
    configuration.steps = steps
    configuration.curriculum = try #require(Curriculum(text))
    return configuration
  }

  @Test func textIsReadAndWrittenAgain() throws {
    let curriculum = try #require(
      Curriculum(" 4  nca=1,5 jepa=1.0 next=0.5 rate=0.25,rest next=1 nca=5e-1"))
    #expect(curriculum.description == Self.text)
    #expect(Curriculum(curriculum.description) == curriculum)
    #expect(curriculum.phases.map(\.length) == [.steps(4), .steps(5), .rest])
    #expect(curriculum.phases[0].factors == ObjectiveFactors(nextByte: 0, jepa: 0, nca: 1))
    #expect(curriculum.phases[1].factors == ObjectiveFactors(nextByte: 0.5, jepa: 1, nca: 0))
    #expect(curriculum.phases.map(\.rate) == [1, 0.25, 1])
    #expect(Curriculum(" ")?.phases == [] && Curriculum().description.isEmpty)
    #expect(curriculum.scaled(by: 0.1).phases.map(\.length) == [.steps(1), .steps(1), .rest])
    #expect(curriculum.scaled(by: 2).phases.map(\.length) == [.steps(8), .steps(10), .rest])
    let shares = try #require(Curriculum("12.5% nca=1, 50.0% jepa=1, rest next=1"))
    #expect(shares.description == "12.5% nca=1, 50% jepa=1, rest next=1")
    #expect(shares.scaled(by: 0.1) == shares && !shares.countsSteps && curriculum.countsSteps)
    #expect(shares.hidingSteps(of: 80) == 10..<50 && shares.hidingSteps(of: 8) == 1..<5)
    let most = try #require(Curriculum("9223372036854775807 next=1, rest next=1"))
    #expect(most.scaled(by: 1_000).phases[0].length == .steps(1_000_000_000_000_000_000))
  }

  @Test(arguments: [
    ",", "5", "nca=1", "5 nca=1,", "5 nca", "5 nca=", "5 nca=x", "5 nca=1=2", "5 nac=1",
    "5 nca=1 nca=1", "1.5 nca=1", "half next=1", "5 nca=1; rest next=1",
  ])
  func otherTextIsRefused(text: String) throws {
    // Steps alone are read, and refused as a phase that learns from nothing.
    if let curriculum = Curriculum(text) {
      var configuration = Fixture.configuration()
      configuration.curriculum = curriculum
      #expect(throws: TrainingError.self) { try configuration.validate() }
    }
    var configuration = TrainingConfiguration()
    if text != "5" {
      #expect(throws: TrainingError.self) { try configuration.set("curriculum", to: .text(text)) }
    }
  }

  @Test(arguments: [
    ("rest nca=1, 5 next=1", "phase 1 of the curriculum has the rest"),
    ("0 nca=1, rest jepa=1", "phase 1 of the curriculum has 0 steps"),
    ("5 nca=1, rest rate=2", "phase 2 of the curriculum learns from nothing"),
    ("5 nca=-1 next=1, rest jepa=1", "a factor of -1"),
    ("5 nca=1, rest jepa=inf", "a factor of inf"),
    ("5 nca=1, 8 jepa=1", "have 13 steps, the run has 14"),
    ("5 nca=1, 9 jepa=1, rest next=1", "have 14 steps, the run has 14"),
    ("9223372036854775807 nca=1, 9 jepa=1", "the run has 14"),
    ("0% nca=1, rest jepa=1", "has 0.0 % of the steps"),
    ("101% nca=1, rest jepa=1", "has 101.0 % of the steps"),
    ("nan% nca=1, rest jepa=1", "has nan % of the steps"),
    ("50% nca=1, 40% jepa=1", "have 13 steps, the run has 14"),
    ("60% nca=1, 60% jepa=1", "have 16 steps, the run has 14"),
    ("5 nca=1, rest next=1", "no phase of the curriculum has jepa"),
    ("5 jepa=1, rest next=1", "no phase of the curriculum has nca"),
  ])
  func whatARunCannotDoIsRefused(text: String, message: String) throws {
    let configuration = try Self.configuration(text)
    let error = #expect(throws: TrainingError.self) { try configuration.validate() }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    #expect(error?.hint.isEmpty == false)
  }

  @Test func aPhaseNeedsItsObjective() throws {
    var configuration = try Self.configuration()
    for (objective, missing) in [
      (TrainingConfiguration.Objective.nextByte, "jepa"), (.jepa, "nca"), (.nca, "jepa"),
    ] {
      configuration.objective = objective
      let error = #expect(throws: TrainingError.self) { try configuration.validate() }
      #expect(error?.message.contains("has \(missing), but objective is") == true)
    }
  }

  /// A phase of everything is a run without phases; one without hidden spans is a warm-up.
  @Test(
    arguments: [
      ("rest next=1 jepa=1 nca=1", 0), ("3 next=1 nca=1, rest next=1 jepa=1 nca=1", 3),
    ], TrainingConfiguration.Optimizer.allCases)
  func phasesOfFullWeightAreARunWithout(
    phases: (text: String, warmup: Int), optimizer: TrainingConfiguration.Optimizer
  ) throws {
    var configuration = try Self.configuration(phases.text)
    configuration.optimizer = optimizer
    var plain = configuration
    (plain.curriculum, plain.jepaWarmup) = (Curriculum(), phases.warmup)
    let (trainer, other) = (try Fixture.trainer(configuration), try Fixture.trainer(plain))
    for _ in 0..<7 {
      let (report, expected) = (trainer.takeStep(), other.takeStep())
      #expect(report.loss == expected.loss && report.jepaLoss == expected.jepaLoss)
    }
    #expect(trainer.engine.parameters.elementsEqual(other.engine.parameters))
    #expect(trainer.engine.tables.elementsEqual(other.engine.tables))
    let (target, otherTarget) = (trainer.engine.targetEncoder, other.engine.targetEncoder)
    #expect(try #require(target).parameters.elementsEqual(#require(otherTarget).parameters))
  }

  /// In steps, and in shares of the run: 28 % of 14 steps are 4, 36 % are 5.
  @Test(arguments: [text, "28% nca=1, 36% next=0.5 jepa=1 rate=0.25, rest next=1 nca=0.5"])
  func eachPhaseLearnsFromItsOwnObjectives(text: String) throws {
    let trainer = try Fixture.trainer(Self.configuration(text))
    let layout = trainer.engine.layout
    func isZero(_ range: Range<Int>) -> Bool {
      trainer.engine.gradient[range].allSatisfy { $0 == 0 }
    }
    for step in 1...14 {
      let report = trainer.takeStep()
      let (isNCA, isJEPA) = (step <= 4, (5...9).contains(step))
      #expect((report.jepaLoss != nil) == isJEPA)
      #expect(report.nca != nil)
      // The head learns from the next byte alone, the predictor from hidden spans alone.
      #expect(isZero(layout.head.range) == isNCA, "step \(step)")
      #expect(isZero(layout.modelCount..<layout.count) == !isJEPA, "step \(step)")
      if isNCA {
        let penalised = (report.nca?.loss ?? 0) > 0
        #expect(penalised, "the test's penalty must not be zero")
        #expect(isZero(try #require(layout.automaton).drive.range) == !penalised)
      }
    }
  }

  /// The predictor rests between two phases with hidden spans, while the target goes on.
  @Test(arguments: TrainingConfiguration.Optimizer.allCases)
  func thePredictorRestsBetweenPhases(optimizer: TrainingConfiguration.Optimizer) throws {
    var configuration = try Self.configuration(
      "2 next=1 jepa=1, 3 next=1, 2 next=1 jepa=1, rest next=1 nca=1", steps: 10)
    configuration.optimizer = optimizer
    configuration.clip = 0
    configuration.warmup = 0
    configuration.schedule = .constant
    let trainer = try Fixture.trainer(configuration)
    let layout = trainer.engine.layout
    let target = try #require(trainer.engine.targetEncoder)
    // Away from zeros, beyond which no gradient reaches at first.
    for (i, value) in Fixture.floats(layout.count, seed: 4).enumerated() {
      trainer.engine.parameters[i] += 0.05 * value
    }
    trainer.engine.parametersChanged()
    var reference = ReferenceOptimizer(configuration, layout: layout)
    // What hides is the predictor's first, second, third and fourth step.
    for n in 1...10 {
      let before = OptimizerStepTests.doubles(trainer.engine.parameters)
      let targets = Array(target.parameters)
      let report = trainer.takeStep()
      let after = OptimizerStepTests.doubles(trainer.engine.parameters)
      #expect((report.jepaLoss != nil) == [1, 2, 6, 7].contains(n))
      // All is kept after the last one, and nothing moves beyond it.
      #expect(target.parameters.elementsEqual(targets) == (n > 6), "step \(n)")
      let expected = reference.step(
        n, before, OptimizerStepTests.doubles(trainer.engine.gradient), factor: 1)
      for tensor in layout.tensors {
        if tensor.offset >= layout.modelCount && report.jepaLoss == nil {
          #expect(after[tensor.range] == before[tensor.range], "step \(n), \(tensor.name)")
          continue
        }
        let distance = OptimizerStepTests.distance(after, expected, from: before, in: tensor.range)
        #expect(distance < 3e-5, "step \(n), \(tensor.name)")
      }
    }
  }

  @Test func aPhasesRateMultipliesTheStep() throws {
    func moved(_ rate: String) throws -> [Double] {
      var configuration = try Self.configuration("rest next=1 nca=1 rate=\(rate)")
      configuration.objective = .nca
      let trainer = try Fixture.trainer(configuration)
      let before =
        OptimizerStepTests.doubles(trainer.engine.parameters)
        + OptimizerStepTests.doubles(trainer.engine.tables)
      _ = trainer.takeStep()
      let after =
        OptimizerStepTests.doubles(trainer.engine.parameters)
        + OptimizerStepTests.doubles(trainer.engine.tables)
      return zip(after, before).map { $0 - $1 }
    }
    let whole = try moved("1")
    #expect(try moved("0").allSatisfy { $0 == 0 })
    // The weights' rounding, beside moves of a twentieth of them.
    #expect(try relativeDistance(moved("0.25"), whole.map { 0.25 * $0 }) < 1e-4)
  }

  /// In the middle of each phase, at its end, and with another number of threads.
  @Test(arguments: [2, 4, 6, 9, 11], TrainingConfiguration.Optimizer.allCases)
  func aRunResumesBitForBit(stop: Int, optimizer: TrainingConfiguration.Optimizer) throws {
    var configuration = try Self.configuration()
    configuration.optimizer = optimizer
    let whole = try Fixture.trainer(configuration)
    for _ in 0..<14 { _ = whole.takeStep() }
    let first = try Fixture.trainer(configuration, threads: 2)
    for _ in 0..<stop { _ = first.takeStep() }
    try CheckpointTests.withFile { path in
      try Checkpoint.save(first, origin: CheckpointTests.origin, to: path)
      let second = try Fixture.trainer(configuration)
      try Checkpoint(path: path).restore(into: second)
      for _ in stop..<14 { _ = second.takeStep() }
      #expect(second.engine.parameters.elementsEqual(whole.engine.parameters))
      #expect(second.engine.tables.elementsEqual(whole.engine.tables))
      let (target, expected) = (second.engine.targetEncoder, whole.engine.targetEncoder)
      #expect(try #require(target).parameters.elementsEqual(#require(expected).parameters))
    }
  }
}
