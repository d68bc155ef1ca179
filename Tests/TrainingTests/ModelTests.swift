import Foundation
import LanguageModel
import Testing
import Training

@Suite struct ModelTests {
  @Test func namesDifferAndTheFirstIsTheDefault() {
    #expect(Set(Model.all.map(\.name)).count == Model.all.count)
    #expect(Model.all[0].configuration == TrainingConfiguration())
    #expect(Model.named("none") == nil)
  }

  @Test(arguments: Model.all)
  func aModelIsAValidConfigurationThatSurvivesItsJSON(model: Model) throws {
    try model.configuration.validate()
    #expect(model.configuration.modelName == model.name)
    #expect(
      model.configuration.value(try #require(ConfigurationKey.named("model"))) == .text(model.name))
    #expect(try TrainingConfiguration(json: model.configuration.json()) == model.configuration)
    let values = model.configuration.entries.map { (name: $0.name, value: $0.value) }
    #expect(try TrainingConfiguration(values: values) == model.configuration)
    #expect(try TrainingConfiguration(model: .text(model.name)) == model.configuration)
  }

  /// The name comes first whatever the order of the keys, and what is set beside it wins.
  @Test func otherKeysOverrideTheModels() throws {
    let configuration = try TrainingConfiguration(
      values: [("hidden", .integer(54)), ("batch", .integer(3)), ("model", .text("trinity3k"))])
    #expect(configuration.model.width == 54)
    #expect(configuration.batch == 3)
    #expect(configuration.model.heads == 27)
    #expect(configuration.modelName == "trinity3k")
  }

  @Test(arguments: [ConfigurationValue.text("trinity"), .integer(3)])
  func anUnknownNameIsRefusedWithTheKnownOnes(value: ConfigurationValue) throws {
    let error = try #require(throws: TrainingError.self) {
      try TrainingConfiguration(model: value)
    }
    #expect(error.code == .configuration)
    #expect(error.hint.contains("ngram") && error.hint.contains("trinity3k"))
  }

  /// A checkpoint from before there were models to choose from.
  @Test func aConfigurationWithoutTheKeysIsTheDefaultModel() throws {
    let old = try TrainingConfiguration(json: Data(#"{"hidden": 64, "model": "hybrid"}"#.utf8))
    #expect(old.model.encoder == .blocks && old.model.attention)
    #expect(old.model.width == 64)
  }

  /// The baseline's count of parameters: that of the earlier program, whose vocabulary was half ours,
  /// plus a bias.
  @Test func theBaselineHasTheEarlierParameters() {
    let layout = ParameterLayout(Model.named("ngram")?.configuration.model ?? ModelConfiguration())
    let halved = layout.tensors.filter { $0.name != "head.bias" }.reduce(0) {
      $0 + ($1.name == "up" ? $1.count : $1.count / 2)
    }
    // The earlier program says 114,688, which has four tables of contexts and one for the last byte.
    #expect(halved == 114_688)
  }

  /// A frozen version is what its record says, for ever: these are all its keys that are not defaults.
  @Test func iglaV1IsFrozen() throws {
    let frozen = try #require(Model.named("igla-v1")).configuration
    let standard = TrainingConfiguration()
    let changed = zip(frozen.entries, standard.entries).filter { $0.value != $1.value }
      .map { "\($0.0.name) = \($0.0.value)" }
    #expect(
      changed.sorted() == [
        "batch = integer(8)", "dropout = real(0.2)", "heads = integer(4)",
        "hidden = integer(192)", "lr = real(0.002)", "mlp = integer(768)",
        "model = text(\"igla-v1\")", "muon_lr = real(0.01)", "ngram_dropout = real(0.8)",
        "ngram_orders = integers([2, 3, 4, 5, 6])", "ngram_rows = integer(16384)",
        "qk_gain = real(1.0)", "shards = integer(1)", "steps = integer(9000)",
        "table_lr = real(0.01)",
      ])
    var newest = try #require(Model.named("igla")).configuration
    try newest.set("model", to: .text("igla-v1"))
    #expect(newest == frozen, "there is no later version yet")
  }

  @Test func theSpecificationsHeadsHaveNineChannels() throws {
    let model = try #require(Model.named("trinity3k")).configuration.model
    #expect((model.width, model.heads, model.headSize) == (243, 27, 9))
  }
}
