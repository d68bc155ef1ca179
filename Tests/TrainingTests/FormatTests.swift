import Foundation
import GoldenFloat
import KernelInterface
import Kernels
import LanguageModel
import Testing
import Training

/// Training with weights in a 16-bit format.
@Suite struct FormatTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var format = NumberFormat.gf16
    var rounding = FormatConfiguration.Rounding.nearest
    var keepsMaster = true, roundsActivations = false, roundsState = false
    var average = true

    var testDescription: String {
      "\(format.rawValue) \(rounding.rawValue) master \(keepsMaster) "
        + "activations \(roundsActivations) state \(roundsState) average \(average)"
    }

    var configuration: TrainingConfiguration {
      var configuration = Fixture.configuration()
      configuration.format.format = format
      configuration.format.rounding = rounding
      configuration.format.keepsMaster = keepsMaster
      configuration.format.roundsActivations = roundsActivations
      configuration.format.roundsState = roundsState
      configuration.format.allowsNarrowGF16 = true
      if !average { configuration.averagePower = 0 }
      return configuration
    }
  }

  static let cases = [
    Case(), Case(format: .bf16, average: false), Case(rounding: .stochastic),
    Case(keepsMaster: false), Case(rounding: .stochastic, keepsMaster: false, average: false),
    Case(rounding: .stochastic, keepsMaster: false, roundsState: true),
    Case(format: .bf16, rounding: .stochastic, roundsActivations: true, roundsState: true),
  ]

  static func isOf(_ format: NumberFormat, _ x: some Sequence<Float>) -> Bool {
    x.allSatisfy { $0 == (format == .gf16 ? Float(GF16($0)) : bfloat16($0)) }
  }

  private static func bfloat16(_ x: Float) -> Float {
    Float(bitPattern: x.bitPattern & 0xFFFF_0000)
  }

  @Test(arguments: cases)
  func theModelsWeightsAreNumbersOfTheFormat(test: Case) throws {
    let trainer = try Fixture.trainer(test.configuration)
    let plain = try Fixture.trainer(Fixture.configuration())
    #expect(!Self.isOf(test.format, plain.engine.parameters), "initial weights are not, by chance")
    for step in 0..<8 {
      if step > 0 { _ = trainer.takeStep() }
      #expect(Self.isOf(test.format, trainer.engine.parameters))
      #expect(Self.isOf(test.format, trainer.engine.tables))
    }
    let scorer = try TrainerTests.scorer(trainer)
    trainer.writeScoredWeights(to: scorer)
    #expect(Self.isOf(test.format, scorer.parameters))
    #expect(Self.isOf(test.format, scorer.tables))
  }

  @Test(arguments: cases)
  func aResumedRunHasTheBitsOfAWholeOne(test: Case) throws {
    let whole = try Fixture.trainer(test.configuration)
    for _ in 0..<9 { _ = whole.takeStep() }
    try CheckpointTests.withFile { path in
      let cut = try Fixture.trainer(test.configuration)
      for _ in 0..<4 { _ = cut.takeStep() }
      try Checkpoint.save(cut, origin: CheckpointTests.origin, to: path)
      let checkpoint = try Checkpoint(path: path)
      let rest = try Fixture.trainer(test.configuration, threads: 2)
      try checkpoint.restore(into: rest)
      let same = try CheckpointTests.bits(rest) == CheckpointTests.bits(cut)
      #expect(same)
      let scorer = try TrainerTests.scorer(rest)
      try checkpoint.writeScoredWeights(to: scorer)
      let scored =
        try scorer.parameters.map(\.bitPattern) + scorer.tables.map(\.bitPattern)
        == CheckpointTests.scored(cut)
      #expect(scored)
      for _ in 0..<5 { _ = rest.takeStep() }
      let equal = try CheckpointTests.bits(rest) == CheckpointTests.bits(whole)
      #expect(equal)
    }
  }

  /// Steps far below half an ulp: without masters nearest rounding takes each back, stochastic rounding
  /// moves on in the mean, and a master collects them.
  @Test func smallStepsAreLostToNearestRoundingAlone() throws {
    func distance(_ rounding: FormatConfiguration.Rounding, master: Bool) throws -> Double {
      var configuration = Case(rounding: rounding, keepsMaster: master).configuration
      configuration.optimizer = .adamw
      configuration.schedule = .constant
      configuration.warmup = 0
      configuration.averagePower = 0
      (configuration.learningRate, configuration.tableRate) = (1e-6, 0)
      (configuration.weightDecay, configuration.model.ngramOrders) = (0, [])
      let trainer = try Fixture.trainer(configuration)
      let head = trainer.engine.layout.embedding.range
      let before = Array(trainer.engine.parameters[head])
      for _ in 0..<30 { _ = trainer.takeStep() }
      return zip(trainer.engine.parameters[head], before).reduce(0) {
        $0 + Double(abs($1.0 - $1.1))
      }
    }
    let nearest = try distance(.nearest, master: false)
    let stochastic = try distance(.stochastic, master: false)
    let master = try distance(.nearest, master: true)
    #expect(stochastic > 10 * nearest)
    #expect(master > 10 * nearest)
  }

  /// The float arrays of a checkpoint, by name.
  static func tensors(_ path: String) throws -> [String: [Float]] {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let size = Int(data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    let header = try #require(
      JSONSerialization.jsonObject(with: data[8..<(8 + size)]) as? [String: [String: Any]])
    var all: [String: [Float]] = [:]
    for (name, entry) in header where entry["dtype"] as? String == "F32" {
      let place = try #require(entry["data_offsets"] as? [Int])
      all[name] = data[(8 + size + place[0])..<(8 + size + place[1])].withUnsafeBytes {
        Array($0.bindMemory(to: Float.self))
      }
    }
    return all
  }

  /// The optimiser's moments are numbers of the format where they are to be.
  @Test(arguments: [true, false])
  func momentsAreRoundedOnRequest(rounds: Bool) throws {
    let trainer = try Fixture.trainer(Case(roundsState: rounds).configuration)
    for _ in 0..<5 { _ = trainer.takeStep() }
    try CheckpointTests.withFile { path in
      try Checkpoint.save(trainer, origin: CheckpointTests.origin, to: path)
      let moments = try Self.tensors(path).filter {
        $0.key.hasPrefix("optimizer.first.") || $0.key.hasPrefix("optimizer.second.")
          || $0.key.hasSuffix("second_moment")
      }
      #expect(moments.count > 10)
      #expect(moments.values.allSatisfy { Self.isOf(.gf16, $0) } == rounds)
    }
  }

  @Test func lawNineForbidsNarrowModels() throws {
    var configuration = TrainingConfiguration()
    configuration.format.format = .gf16
    let error = try #require(throws: TrainingError.self) { try configuration.validate() }
    #expect(error.code == .configuration)
    #expect(error.message.contains("hidden 128") && error.message.contains("L-R9"))
    #expect(error.hint.contains("--allow-gf16-below-256"))
    configuration.format.allowsNarrowGF16 = true
    try configuration.validate()
    configuration.format.allowsNarrowGF16 = false
    (configuration.model.width, configuration.model.hidden) = (256, 256)
    try configuration.validate()
    configuration.model.width = 254
    configuration.format.format = .bf16
    try configuration.validate()
    configuration.precision = .mixedBFloat16
    #expect(throws: TrainingError.self) { try configuration.validate() }
  }
}
