import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Testing
import Training

@Suite struct CheckpointTests {
  static let origin = Checkpoint.Origin(
    corpus: "miller", corpusHash: "00", trainedOn: "train", kernels: "portable")

  /// Runs `body` with a path that is gone afterwards.
  static func withFile(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "igla-checkpoint-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path + "/checkpoint.safetensors")
  }

  @Test func aMeanOfSomethingElseThanANumberIsNoCheckpoint() throws {
    #expect(try Checkpoint.meanOf(nil, path: "a") == 1)
    #expect(try Checkpoint.meanOf("2", path: "a") == 2)
    for entry in ["1", "0", "-2", "two", "", "2.0", "99999999999999999999"] {
      let error = #expect(throws: TrainingError.self) {
        try Checkpoint.meanOf(entry, path: "a.safetensors")
      }
      #expect(error?.code == .corruptCheckpoint)
      #expect(error?.message.contains("a.safetensors is a mean of '\(entry)'") == true)
    }
  }

  static func scored(_ trainer: Trainer) throws -> [UInt32] {
    let scorer = try TrainerTests.scorer(trainer)
    trainer.writeScoredWeights(to: scorer)
    return scorer.parameters.map(\.bitPattern) + scorer.tables.map(\.bitPattern)
  }

  static func bits(_ trainer: Trainer) throws -> [UInt32] {
    trainer.engine.parameters.map(\.bitPattern) + trainer.engine.tables.map(\.bitPattern)
      + (try scored(trainer))
  }

  @Test(
    arguments: TrainingConfiguration.Optimizer.allCases, [(16.0, 0.0), (0, 0.9), (0, 0)])
  func aResumedRunHasTheBitsOfAWholeOne(
    optimizer: TrainingConfiguration.Optimizer, average: (power: Double, decay: Double)
  ) throws {
    var configuration = Fixture.configuration(optimizer: optimizer)
    (configuration.averagePower, configuration.emaDecay) = average
    let whole = try Fixture.trainer(configuration)
    for _ in 0..<11 { _ = whole.takeStep() }
    try Self.withFile { path in
      let cut = try Fixture.trainer(configuration)
      for _ in 0..<6 { _ = cut.takeStep() }
      try Checkpoint.save(cut, origin: Self.origin, to: path)
      let checkpoint = try Checkpoint(path: path)
      let rest = try Fixture.trainer(configuration, threads: 2)
      try checkpoint.restore(into: rest)
      #expect(rest.step == 6)
      let same = try Self.bits(rest) == Self.bits(cut)
      #expect(same)
      let scorer = try TrainerTests.scorer(rest)
      try checkpoint.writeScoredWeights(to: scorer)
      let scored =
        try scorer.parameters.map(\.bitPattern) + scorer.tables.map(\.bitPattern)
        == Self.scored(cut)
      #expect(scored)
      for _ in 0..<5 { _ = rest.takeStep() }
      let equal = try Self.bits(rest) == Self.bits(whole)
      #expect(equal)
    }
  }

  /// What a rule does not need is neither reserved nor saved.
  @Test func onlyTheStateThatIsNeededIsSaved() throws {
    func size(_ optimizer: TrainingConfiguration.Optimizer, power: Double) throws -> Int {
      var configuration = Fixture.configuration(optimizer: optimizer)
      configuration.averagePower = power
      configuration.model.ngramOrders = []
      let trainer = try Fixture.trainer(configuration)
      var bytes = 0
      try Self.withFile { path in
        try Checkpoint.save(trainer, origin: Self.origin, to: path)
        bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      }
      // In whole copies of the parameters, the header apart.
      return bytes / (4 * trainer.engine.layout.tensors.reduce(0) { $0 + $1.count })
    }
    #expect(try size(.sgd, power: 0) == 2)
    #expect(try size(.lion, power: 16) == 3)
    #expect(try size(.adamw, power: 0) == 3)
    #expect(try size(.muon, power: 16) == 4)
    #expect(try size(.scheduleFree, power: 0) == 4)
    #expect(try size(.scheduleFree, power: 16) == 4)
  }

  private static func mean(
    _ paths: [String], _ configuration: TrainingConfiguration, to path: String
  ) throws -> Transformer {
    let engine = try Transformer(
      configuration: configuration.model, kernels: KernelSet.select("portable"), threads: 1,
      batch: 0)
    try Checkpoint.saveMean(
      of: paths.map { try Checkpoint(path: $0) }, using: engine, to: path)
    return engine
  }

  @Test(arguments: [TrainingConfiguration.Optimizer.muon, .scheduleFree])
  func aMeanHasTheMeanOfTheScoredWeights(optimizer: TrainingConfiguration.Optimizer) throws {
    let configuration = Fixture.configuration(optimizer: optimizer)
    let trainer = try Fixture.trainer(configuration)
    let scorer = try TrainerTests.scorer(trainer)
    try Self.withFile { path in
      var sum: [Double] = []
      var paths: [String] = []
      for part in 1...3 {
        for _ in 0..<4 { _ = trainer.takeStep() }
        paths.append(path + ".\(part)")
        try Checkpoint.save(trainer, origin: Self.origin, to: paths[part - 1])
        trainer.writeScoredWeights(to: scorer)
        let weights = (Array(scorer.parameters) + Array(scorer.tables)).map(Double.init)
        sum = sum.isEmpty ? weights : zip(sum, weights).map { $0 + $1 }
      }
      _ = try Self.mean(paths, configuration, to: path)
      let saved = try Checkpoint(path: path)
      #expect(saved.meanOf == 3 && saved.step == 12)
      try saved.writeScoredWeights(to: scorer)
      let got = Array(scorer.parameters) + Array(scorer.tables)
      let exact = got == sum.map { Float($0 / 3) }
      #expect(exact)
      let error = #expect(throws: TrainingError.self) { try saved.restore(into: trainer) }
      #expect(error?.code == .foreignCheckpoint)
      #expect(error?.message.contains("mean of 3") == true)
      let again = #expect(throws: TrainingError.self) {
        try Self.mean([paths[0], path], configuration, to: path + ".mean")
      }
      #expect(again?.message.contains("itself a mean") == true)
    }
  }

  @Test func whatDiffersIsNotAveraged() throws {
    try Self.withFile { path in
      var configuration = Fixture.configuration()
      for (part, rate) in [0.004, 0.002].enumerated() {
        configuration.learningRate = rate
        let trainer = try Fixture.trainer(configuration)
        _ = trainer.takeStep()
        try Checkpoint.save(trainer, origin: Self.origin, to: path + ".\(part)")
        var other = Self.origin
        other.corpusHash = "01"
        try Checkpoint.save(trainer, origin: other, to: path + ".\(part).other")
      }
      let error = #expect(throws: TrainingError.self) {
        try Self.mean([path + ".0", path + ".1"], configuration, to: path)
      }
      #expect(error?.code == .configuration)
      #expect(error?.message.contains("lr: 0.004 in the first and 0.002 in another") == true)
      let foreign = #expect(throws: TrainingError.self) {
        try Self.mean([path + ".0", path + ".0.other"], configuration, to: path)
      }
      #expect(foreign?.code == .foreignCheckpoint)
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }
}
