import LanguageModel
import Testing
import Training

/// What a key does where it is said to count, and that it does nothing where it is said not to.
@Suite struct KeyConditionTests {
  /// A key, another value for it, and the other keys without which it counts, and with which.
  struct Case: Sendable, CustomTestStringConvertible {
    let key: String, value: ConfigurationValue
    let idle: [String: ConfigurationValue], active: [String: ConfigurationValue]

    var testDescription: String { key }
  }

  private static let jepa: [String: ConfigurationValue] = [
    "objective": .text("jepa"), "jepa_warmup": .integer(2), "jepa_ratio": .real(0.5),
    "jepa_variance": .real(0.1),
  ]

  private static let ngram: [String: ConfigurationValue] = [
    "model": .text("ngram"), "attn_layers": .integer(0), "ngram_orders": .integers([]),
  ]
  private static let bare: [String: ConfigurationValue] = ["attention": .flag(false)]

  static let cases: [Case] = objectiveCases + modelCases + formatCases

  private static let formatCases: [Case] =
    ([
      ("format_rounding", .text("stochastic")), ("format_master", .flag(false)),
      ("format_activations", .flag(true)), ("format_state", .flag(true)),
    ] as [(String, ConfigurationValue)]).map {
      Case(key: $0.0, value: $0.1, idle: [:], active: ["format": .text("bf16")])
    }

  private static let modelCases: [Case] =
    ([
      ("token_shift", .flag(false)), ("attention", .flag(false)), ("activation", .text("gelu")),
      ("value_residual", .flag(true)), ("dropout", .real(0.4)),
    ] as [(String, ConfigurationValue)]).map {
      Case(key: $0.0, value: $0.1, idle: ngram, active: [:])
    }
    + ([
      ("heads", .integer(4)), ("qk_gain", .real(1)), ("rotary_base", .real(50)),
    ] as [(String, ConfigurationValue)]).flatMap { key, value in
      [(bare, [:]), (ngram, ngram.merging(jepa) { $1 }), (bare, bare.merging(jepa) { $1 })].map {
        Case(key: key, value: value, idle: $0.0, active: $0.1)
      }
    }
    + [
      Case(key: "contexts", value: .integer(2), idle: [:], active: ngram),
      Case(key: "mlp", value: .integer(24), idle: ngram, active: ngram.merging(jepa) { $1 }),
      Case(
        key: "ngram_width", value: .integer(3), idle: bare.merging(noTables) { $1 }, active: ngram),
      Case(
        key: "value_residual", value: .flag(true), idle: ["attn_layers": .integer(1)], active: [:]),
      Case(key: "value_residual", value: .flag(true), idle: bare, active: [:]),
    ]

  private static let noTables: [String: ConfigurationValue] = ["ngram_orders": .integers([])]
  private static let nca: [String: ConfigurationValue] = [
    "objective": .text("nca"), "nca_high": .real(3.169),
  ]

  private static let objectiveCases: [Case] =
    ([
      ("nca_weight", .real(3)), ("nca_steps", .integer(1)), ("nca_rule", .text("majority")),
      ("nca_low", .real(3.16)), ("nca_high", .real(1.6)),
    ] as [(String, ConfigurationValue)]).map {
      Case(
        key: $0.0, value: $0.1, idle: ["objective": .text("next-byte")],
        active: $0.0 == "nca_low" ? nca : ["objective": .text("nca")])
    }
    + ([
      ("jepa_weight", .real(0.9)), ("jepa_ratio", .real(0.2)), ("jepa_spans", .integer(1)),
      ("jepa_shortest", .integer(5)), ("jepa_longest", .integer(4)), ("jepa_loss", .text("cosine")),
      ("jepa_variance", .real(2)), ("jepa_warmup", .integer(4)), ("jepa_decay", .real(0.1)),
    ] as [(String, ConfigurationValue)]).map {
      Case(key: $0.0, value: $0.1, idle: ["objective": .text("next-byte")], active: jepa)
    }
    + [
      Case(
        key: "jepa_warmup", value: .integer(4),
        idle: jepa.merging(["curriculum": .text("3 next=1, rest next=1 jepa=1")]) { $1 },
        active: jepa),
      Case(
        key: "corruption_span", value: .integer(3), idle: [:], active: ["corruption": .real(0.2)]),
      Case(
        key: "extra_weight", value: .real(3), idle: [:], active: ["extra_bytes": .integer(2)]),
      Case(
        key: "context_start", value: .integer(3), idle: [:],
        active: ["context_warmup": .real(0.9), "context_start": .integer(6)]),
      Case(key: "phi_tau", value: .real(2), idle: [:], active: ["schedule": .text("phi")]),
      Case(key: "decay", value: .real(0.9), idle: ["schedule": .text("cosine")], active: [:]),
      Case(
        key: "decay", value: .real(0.9), idle: ["schedule": .text("phi")],
        active: ["schedule": .text("wsd-sqrt")]),
      Case(
        key: "muon_lr", value: .real(0.1), idle: ["optimizer": .text("adamw")],
        active: ["optimizer": .text("normuon")]),
      Case(
        key: "muon_weight_decay", value: .real(0.9), idle: ["optimizer": .text("lion")],
        active: ["optimizer": .text("muon-cautious")]),
      Case(
        key: "momentum", value: .real(0.5), idle: ["optimizer": .text("schedule-free")],
        active: ["optimizer": .text("sgd")]),
      Case(
        key: "beta1", value: .real(0.5), idle: ["optimizer": .text("sgd")],
        active: ["optimizer": .text("muon")]),
      Case(
        key: "beta2", value: .real(0.5), idle: ["optimizer": .text("sgd")],
        active: ["optimizer": .text("lion")]),
    ]
    + ([
      ("ngram_rows", .integer(32)), ("ngram_width", .integer(3)), ("ngram_dropout", .real(0.5)),
      ("table_lr", .real(0.5)), ("table_decay", .real(0.5)),
    ] as [(String, ConfigurationValue)]).map {
      Case(key: $0.0, value: $0.1, idle: ["ngram_orders": .integers([])], active: [:])
    }
    + ([
      ("schedule", .text("cosine")), ("decay", .real(0.9)), ("average_power", .real(2)),
      ("ema_decay", .real(0.5)), ("phi_tau", .real(2)),
    ] as [(String, ConfigurationValue)]).map { key, value in
      var common: [String: ConfigurationValue] = ["optimizer": .text("schedule-free")]
      if key == "ema_decay" { common["average_power"] = .integer(0) }
      if key == "phi_tau" { common["schedule"] = .text("phi") }
      return Case(
        key: key, value: value, idle: common.merging(["ngram_orders": .integers([])]) { $1 },
        active: common)
    }

  /// Every bit of a run of eight steps that is reported or scored.
  private static func bits(_ configuration: TrainingConfiguration) throws -> [UInt64] {
    let trainer = try Fixture.trainer(configuration)
    var bits = (0..<8).flatMap { _ in
      let report = trainer.takeStep()
      return [report.loss.value.bitPattern, (report.jepaLoss ?? 0).bitPattern]
    }
    let scorer = try TrainerTests.scorer(trainer)
    trainer.writeScoredWeights(to: scorer)
    bits += scorer.parameters.map { UInt64($0.bitPattern) }
    return bits + scorer.tables.map { UInt64($0.bitPattern) }
  }

  @Test(arguments: cases)
  func aKeyCountsWhereItIsSaidTo(test: Case) throws {
    for (others, counts) in [(test.idle, false), (test.active, true)] {
      var configuration = Fixture.configuration()
      configuration.steps = 8
      for (name, value) in others { try configuration.set(name, to: value) }
      var changed = configuration
      try changed.set(test.key, to: test.value)
      #expect(changed != configuration)
      let same = try Self.bits(configuration) == Self.bits(changed)
      #expect(same == !counts, "\(test.key) among \(others)")
      let said = configuration.ineffective(among: [test.key])
      #expect((said == nil) == counts)
      #expect(said == nil || said?.hasPrefix("\(test.key) (only where ") == true)
    }
  }

  @Test func everyConditionIsTestedAndNamesKeysThatAre() {
    let conditional = Set(KeyCondition.all.flatMap(\.keys))
    #expect(conditional == Set(Self.cases.map(\.key)))
    for key in conditional { #expect(ConfigurationKey.named(key) != nil, "\(key)") }
    #expect(
      conditional.isSuperset(
        of: ConfigurationKey.all.map(\.name).filter { $0.hasPrefix("jepa_") }))
  }

  @Test func keysOfOneConditionAreNamedTogetherAndOnce() {
    var configuration = TrainingConfiguration()
    #expect(configuration.ineffective(among: []) == nil)
    let all = Set(ConfigurationKey.all.map(\.name))
    #expect(
      configuration.ineffective(among: ["jepa_loss", "phi_tau", "lr", "jepa_spans"])
        == "jepa_spans, jepa_loss (only where objective is jepa); phi_tau (only where schedule is phi)"
    )
    configuration.optimizer = .scheduleFree
    configuration.model.ngramOrders = []
    let said = configuration.ineffective(among: all) ?? ""
    let named = said.split(separator: "; ").flatMap {
      $0.prefix { $0 != "(" }.split(separator: /[ ,]+/).map(String.init)
    }
    #expect(Set(named).count == named.count, "\(said)")
    #expect(Set(named).isSuperset(of: ["decay", "schedule", "phi_tau", "ngram_rows", "muon_lr"]))
  }
}
