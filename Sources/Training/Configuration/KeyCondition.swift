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

  /// A key may have several; it counts where all of them hold.
  public static let all: [KeyCondition] = [
    KeyCondition(
      "objective is jepa", ConfigurationKey.all.map(\.name).filter { $0.hasPrefix("jepa_") }
    ) { $0.objective == .jepa },
    KeyCondition("schedule is phi", ["phi_tau"]) { $0.schedule == .phi },
    KeyCondition("schedule is linear or wsd-sqrt", ["decay"]) {
      [.linear, .wsdSqrt].contains($0.schedule)
    },
    KeyCondition(
      "ngram_orders is not []", ["ngram_rows", "ngram_width", "ngram_dropout", "table_lr"]
    ) { !$0.model.ngramOrders.isEmpty },
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
