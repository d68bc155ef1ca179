import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Testing
import Training

@Suite struct MixedPrecisionTests {
  static let variants = KernelSet.available.map(\.name)

  static func trainer(
    _ variant: String, precision: Precision = .mixedBFloat16, threads: Int = 1
  ) throws -> Trainer {
    var configuration = Fixture.configuration()
    configuration.precision = precision
    return try Fixture.trainer(configuration, variant: variant, threads: threads)
  }

  /// Sixty steps come as far as in float32: the losses of single steps differ by less than 0.005.
  @Test(arguments: variants)
  func sixtyStepsLearnAsMuch(variant: String) throws {
    let runs = try Precision.allCases.map { precision in
      let trainer = try Self.trainer(variant, precision: precision)
      return (0..<60).map { _ in trainer.takeStep().loss.value }
    }
    let differences = zip(runs[0], runs[1]).map { abs($0 - $1) }
    #expect(differences.allSatisfy { $0 < 0.005 })
    #expect(differences.contains { $0 > 0 })
  }

  @Test(arguments: variants)
  func oneAndTwoThreadsGiveTheSameBits(variant: String) throws {
    let states = try [1, 2, 3].map { threads in
      let trainer = try Self.trainer(variant, threads: threads)
      for _ in 0..<12 { _ = trainer.takeStep() }
      return trainer.engine.parameters.map(\.bitPattern) + trainer.engine.tables.map(\.bitPattern)
    }
    let same = states.allSatisfy { $0 == states[0] }
    #expect(same)
  }

  /// Weights and their averages stay float32: bits that bf16 has not are in use.
  @Test func weightsKeepTheirPrecision() throws {
    let trainer = try Self.trainer("portable")
    for _ in 0..<3 { _ = trainer.takeStep() }
    let up = trainer.engine.layout.blocks[0].up.range
    let short = up.filter { trainer.engine.parameters[$0].bitPattern & 0xFFFF == 0 }
    #expect(short.count < up.count / 100)
  }

  @Test func aCheckpointGoesOnBitForBitAndServesNoOtherPrecision() throws {
    let path = FileManager.default.temporaryDirectory.path + "/igla-mixed-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let whole = try Self.trainer("portable")
    for _ in 0..<5 { _ = whole.takeStep() }
    let origin = Checkpoint.Origin(
      corpus: "test", corpusHash: "", trainedOn: "train", kernels: "portable")
    try Checkpoint.save(whole, origin: origin, to: path)
    let saved = try Checkpoint(path: path)
    #expect(saved.configuration.precision == .mixedBFloat16)
    let resumed = try Self.trainer("portable")
    try saved.restore(into: resumed)
    for _ in 0..<5 { _ = (whole.takeStep(), resumed.takeStep()) }
    let same =
      whole.engine.parameters.map(\.bitPattern) == resumed.engine.parameters.map(\.bitPattern)
    #expect(same)

    let other = try Self.trainer("portable", precision: .float32)
    let error = #expect(throws: TrainingError.self) { try saved.restore(into: other) }
    #expect(error?.code == .foreignCheckpoint)
    #expect(error?.message.contains("precision is mixed-bf16 there and float32 here") == true)
  }
}
