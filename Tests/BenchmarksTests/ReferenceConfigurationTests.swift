import Benchmarks
import LanguageModel
import Testing
import Training

@Suite struct ReferenceConfigurationTests {
  @Test(arguments: ReferenceConfiguration.all.map(\.name))
  func everyConfigurationIsValid(name: String) throws {
    let reference = try #require(ReferenceConfiguration.all.first { $0.name == name })
    try reference.training.validate()
  }

  /// Counted by hand for A: 4 blocks of (3 + 1 + 4 + 4) · 256² weights, and a head of 256².
  @Test func operationsAreSixAWeightAndSixAnAttendedChannel() throws {
    let reference = ReferenceConfiguration.all[0]
    let model = reference.training.model
    let layout = ParameterLayout(model)
    #expect(layout.matrixElements == 4 * 12 * 65_536 + 65_536)
    #expect(
      layout.operations(perPositionOf: model)
        == 6 * Double(49 * 65_536) + 6 * Double(4 * 256 * 256))
  }
}
