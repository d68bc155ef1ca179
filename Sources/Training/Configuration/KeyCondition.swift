internal import LanguageModel

/// Where certain keys count: only beside certain values of others.
///
/// Keys without a condition always do.
public struct KeyCondition: Sendable {
  /// Names of the keys.
  public let keys: [String]
  /// What must hold, to follow "only where".
  public let text: String
  let holds: @Sendable (TrainingConfiguration) -> Bool

  private init(
    _ text: String, _ keys: [String], _ holds: @escaping @Sendable (TrainingConfiguration) -> Bool
  ) {
    self.text = text
    self.keys = keys
    self.holds = holds
  }

  private static func named(_ prefix: String) -> [String] {
    ConfigurationKey.all.map(\.name).filter { $0.hasPrefix(prefix) }
  }

  /// A key may have several; it counts where all of them hold.
  public static let all: [KeyCondition] = [
    KeyCondition("objective is jepa", named("jepa_")) { $0.objective.hasJEPA },
    KeyCondition("there is no curriculum", ["jepa_warmup"]) { $0.curriculum.phases.isEmpty },
    KeyCondition("corruption is above 0", ["corruption_span"]) { $0.corruption > 0 },
    KeyCondition("extra_bytes is above 0", ["extra_weight"]) { $0.extraBytes > 0 },
    KeyCondition("context_warmup is above 0", ["context_start"]) { $0.contextWarmup > 0 },
    KeyCondition(
      "objective is nca", ["nca_weight", "nca_steps", "nca_rule", "nca_low", "nca_high"]
    ) { $0.objective.hasNCA },
    KeyCondition("format is not float32", named("format_")) { $0.format.isOn },
    KeyCondition("model is ngram", ["contexts"]) { $0.model.encoder == .contexts },
    KeyCondition(
      "model is not ngram",
      ["token_shift", "attention", "activation", "value_residual", "dropout"]
    ) { $0.model.encoder == .blocks },
    KeyCondition("model is not ngram or objective is jepa", ["mlp"]) {
      $0.model.encoder == .blocks || $0.objective.hasJEPA
    },
    KeyCondition(
      "there is attention or objective is jepa", ["heads", "qk_gain", "rotary_base"]
    ) { $0.model.encoder == .blocks && $0.model.attention || $0.objective.hasJEPA },
    KeyCondition("attention is true and attn_layers is above 1", ["value_residual"]) {
      $0.model.attention && $0.model.layers > 1
    },
    KeyCondition("schedule is phi", ["phi_tau"]) { $0.schedule == .phi },
    KeyCondition("schedule is linear or wsd-sqrt", ["decay"]) {
      [.linear, .wsdSqrt].contains($0.schedule)
    },
    KeyCondition(
      "ngram_orders is not []", ["ngram_rows", "ngram_dropout", "table_lr", "table_decay"]
    ) {
      !$0.model.ngramOrders.isEmpty
    },
    KeyCondition("ngram_orders is not [] or model is ngram", ["ngram_width"]) {
      !$0.model.ngramOrders.isEmpty || $0.model.encoder == .contexts
    },
    KeyCondition("optimizer is muon, muon-cautious or normuon", ["muon_lr", "muon_weight_decay"]) {
      $0.optimizer.rules.matrices.takesMatrices
    },
    KeyCondition("optimizer is sgd, muon, muon-cautious or normuon", ["momentum"]) {
      $0.optimizer == .sgd || $0.optimizer.rules.matrices.takesMatrices
    },
    KeyCondition("optimizer is not sgd", ["beta1", "beta2"]) { $0.optimizer != .sgd },
    // Under schedule-free these are the hash tables' alone.
    KeyCondition(
      "optimizer is not schedule-free or ngram_orders is not []",
      ["schedule", "decay", "phi_tau", "average_power", "ema_decay"]
    ) { $0.optimizer != .scheduleFree || !$0.model.ngramOrders.isEmpty },
  ]
}

extension TrainingConfiguration {
  /// Says which keys have no effect here.
  ///
  /// - Parameter keys: Names of keys that were set.
  /// - Returns: Their names and where they would count; nil if all do.
  public func ineffective(among keys: Set<String>) -> String? {
    var named: Set<String> = []
    let groups = KeyCondition.all.compactMap { condition -> String? in
      let idle = condition.keys.filter { keys.contains($0) && !named.contains($0) }
      if idle.isEmpty || condition.holds(self) { return nil }
      named.formUnion(idle)
      return "\(idle.joined(separator: ", ")) (only where \(condition.text))"
    }
    return groups.isEmpty ? nil : groups.joined(separator: "; ")
  }
}
