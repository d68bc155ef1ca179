import Foundation
import Testing
import Training

@Suite struct ConfigurationKeyTests {
  /// A value of the key's kind that is not its default.
  static func other(than value: ConfigurationValue, for key: String) -> ConfigurationValue {
    switch value {
    case .integer(let value): .integer(value + 1)
    case .real(let value): .real(value + 0.015625)
    case .flag(let value): .flag(!value)
    case .integers: .integers([3, 7])
    case .text(let text):
      .text(
        [
          "optimizer": "adamw", "schedule": "cosine", "precision": "mixed-bf16",
          "model": "trinity3k", "objective": "jepa", "format": "bf16", "activation": "gelu",
          "format_rounding": "stochastic", "jepa_loss": "cosine", "nca_rule": "majority",
          "curriculum": "5 nca=1, rest next=1",
        ][key] ?? text)
    }
  }

  @Test(arguments: ConfigurationKey.all.map(\.name))
  func aKeyRoundTripsAndTouchesNoOther(name: String) throws {
    let key = try #require(ConfigurationKey.named(name))
    let start = TrainingConfiguration()
    var configuration = start
    let value = Self.other(than: start.value(key), for: name)
    try configuration.set(name, to: value)
    #expect(configuration.value(key) == value)
    for other in ConfigurationKey.all where other.name != name {
      #expect(configuration.value(other) == start.value(other), "\(other.name)")
    }
    #expect(configuration != start)
    // As text, the way a flag or an environment variable gives it.
    let text = try #require(ConfigurationValue(value.description, like: start.value(key)))
    #expect(text == value)
    #expect(!key.help.isEmpty)
  }

  @Test func entriesListEveryKeyOnce() {
    let names = TrainingConfiguration().entries.map(\.name)
    #expect(names == ConfigurationKey.all.map(\.name))
    #expect(Set(names).count == names.count)
    #expect(Set(ConfigurationKey.all.map(\.flag)).count == names.count)
    #expect(Set(ConfigurationKey.all.map(\.environment)).count == names.count)
  }

  @Test(
    arguments: zip(
      ["seed", "steps", "hidden", "lr", "attn_layers", "optimizer", "format", "precision"],
      [
        "--seed TRIOS_SEED", "--steps TRIOS_STEPS", "--hidden TRIOS_HIDDEN", "--lr TRIOS_LR",
        "--attn-layers TRIOS_ATTN_LAYERS", "--optimizer TRIOS_OPTIMIZER",
        "--format TRIOS_FORMAT_TYPE", "--precision TRIOS_PRECISION",
      ]))
  func flagsAndEnvironmentAreNamedAsPromised(name: String, spelling: String) throws {
    let key = try #require(ConfigurationKey.named(name))
    #expect(key.flag + " " + key.environment == spelling)
  }

  @Test(arguments: [
    ("seeds", "seed"), ("atn_layers", "attn_layers"), ("optimiser", "optimizer"),
    ("mun_lr", "muon_lr"), ("ngram_width_", "ngram_width"),
  ])
  func anUnknownKeySuggestsTheNearest(wrong: String, right: String) {
    var configuration = TrainingConfiguration()
    let error = #expect(throws: TrainingError.self) {
      try configuration.set(wrong, to: .integer(1))
    }
    #expect(error?.code == .configuration)
    #expect(error?.message.contains("'\(wrong)'") == true)
    #expect(error?.hint.contains("'\(right)'") == true)
    #expect(configuration == TrainingConfiguration())
  }

  @Test func aKeyLikeNoOtherPointsToTheHelp() {
    var configuration = TrainingConfiguration()
    let error = #expect(throws: TrainingError.self) {
      try configuration.set("flux_capacitor", to: .integer(1))
    }
    #expect(error?.hint.contains("--help") == true)
  }

  @Test(
    arguments: [
      ("seed", .real(1.5)), ("seed", .text("7")), ("lr", .text("fast")), ("lr", .flag(true)),
      ("token_shift", .integer(1)), ("optimizer", .text("adam")), ("optimizer", .text("SGD")),
      ("precision", .text("bf16")),
      ("optimizer", .integer(0)),
      ("schedule", .text("Linear")), ("schedule", .text("wsd")), ("mup_base", .real(64)),
      ("ngram_orders", .integer(3)), ("format", .text("gf8")),
      ("model", .text("mixer")), ("qk_gain", .integers([1])),
    ] as [(String, ConfigurationValue)])
  func aValueOfTheWrongKindIsRefused(name: String, value: ConfigurationValue) {
    var configuration = TrainingConfiguration()
    let error = #expect(throws: TrainingError.self) { try configuration.set(name, to: value) }
    #expect(error?.code == .configuration)
    #expect(error?.message.contains("'\(name)'") == true)
    #expect(error?.message.contains("'\(value.description)'") == true)
    #expect(configuration == TrainingConfiguration())
  }

  @Test(arguments: [
    "muon", "adamw", "sgd", "lion", "muon-cautious", "normuon", "schedule-free",
  ])
  func everyOptimiserIsChosenByItsName(name: String) throws {
    var configuration = TrainingConfiguration()
    try configuration.set("optimizer", to: .text(name))
    #expect(configuration.optimizer.rawValue == name)
    #expect(TrainingConfiguration.Optimizer.allCases.count == 7)
  }

  /// A file of before a key existed means what it meant.
  @Test func keysThatAreNotThereKeepTheirDefaults() throws {
    let old = Data(#"{"schedule": "linear", "optimizer": "muon", "lr": 0.004}"#.utf8)
    #expect(try TrainingConfiguration(json: old) == TrainingConfiguration())
  }

  @Test func aDifferenceIsTheFirstKeyThatDiffers() {
    var configuration = TrainingConfiguration()
    #expect(configuration.difference(from: TrainingConfiguration()) == nil)
    configuration.emaDecay = 0.5
    configuration.beta2 = 0.9
    let difference = configuration.difference(from: TrainingConfiguration())
    #expect(difference?.name == "beta2")
    #expect(difference?.own == .real(0.9))
    #expect(difference?.other == .real(0.98))
  }

  @Test func aWholeNumberServesAsAReal() throws {
    var configuration = TrainingConfiguration()
    try configuration.set("lr", to: .integer(1))
    #expect(configuration.learningRate == 1)
  }

  @Test(
    arguments: [
      ("12", .integer(0)), ("1e-3", .real(0)), ("no", .flag(true)), ("on", .flag(false)),
      ("2, 3,4", .integers([])), ("[]", .integers([1])),
    ] as [(String, ConfigurationValue)])
  func textIsReadAsTheKindOfItsExample(text: String, example: ConfigurationValue) {
    let expected: [String: ConfigurationValue] = [
      "12": .integer(12), "1e-3": .real(0.001), "no": .flag(false), "on": .flag(true),
      "2, 3,4": .integers([2, 3, 4]), "[]": .integers([]),
    ]
    #expect(ConfigurationValue(text, like: example) == expected[text])
  }

  @Test(
    arguments: [
      ("1.5", .integer(0)), ("", .integer(0)), ("12x", .integer(0)), ("quick", .real(0)),
      ("maybe", .flag(true)), ("2,b", .integers([])),
    ] as [(String, ConfigurationValue)])
  func textOfAnotherKindIsNotRead(text: String, example: ConfigurationValue) {
    #expect(ConfigurationValue(text, like: example) == nil)
  }
}
