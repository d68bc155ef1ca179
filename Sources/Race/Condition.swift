/// When a parameter of a search space applies: where every parameter named here does, and has one of
/// its values.
///
/// A parameter that does not apply is left out of the configuration.
public struct Condition: Hashable, Sendable, Codable {
  public var values: [String: [ParameterValue]]

  public init(_ values: [String: [ParameterValue]]) {
    self.values = values.mapValues { $0.map(\.normalized) }
  }

  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode([String: [ParameterValue]].self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }

  /// One line, such as `objective is jepa or jepa+nca`.
  var text: String {
    values.sorted { $0.key < $1.key }.map { name, values in
      "\(name) is " + values.map(\.description).joined(separator: " or ")
    }.joined(separator: " and ")
  }
}

extension SearchSpace {
  /// Throws `configuration` when a condition can never hold, or waits for itself.
  static func validate(_ conditions: [String: Condition], _ domains: [String: Domain]) throws {
    func refuse(_ name: String, _ problem: String, _ hint: String) throws -> Never {
      throw RaceError(.configuration, "parameter '\(name)': \(problem)", hint: hint)
    }
    for (name, condition) in conditions.sorted(by: { $0.key < $1.key }) {
      guard domains[name] != nil else {
        try refuse(name, "it has a condition and no values", "give it values")
      }
      for (parent, values) in condition.values.sorted(by: { $0.key < $1.key }) {
        guard let domain = domains[parent] else {
          try refuse(
            name, "its condition names '\(parent)', which the space does not have",
            "the parameters are \(domains.keys.sorted().joined(separator: ", "))")
        }
        if values.isEmpty { try refuse(name, "its condition has no values", "list at least one") }
        for value in values where !domain.holds(value) {
          try refuse(
            name, "its condition wants \(parent) = \(value), which is never drawn",
            "name values that '\(parent)' takes")
        }
      }
      var path: Set<String> = []
      func visit(_ parameter: String) throws {
        guard path.insert(parameter).inserted else {
          try refuse(name, "its condition leads back to '\(parameter)'", "break the circle")
        }
        for parent in conditions[parameter]?.values.keys.sorted() ?? [] { try visit(parent) }
        path.remove(parameter)
      }
      try visit(name)
    }
  }

  /// Whether a parameter applies beside the other values.
  func applies(_ name: String, in configuration: Configuration) -> Bool {
    guard let condition = conditions[name] else { return true }
    return condition.values.allSatisfy { parent, values in
      applies(parent, in: configuration)
        && configuration[parent].map(values.contains) ?? false
    }
  }

  /// The configuration without the parameters that do not apply.
  func applicable(_ configuration: Configuration) -> Configuration {
    guard !conditions.isEmpty else { return configuration }
    return Configuration(
      configuration.values.filter { applies($0.key, in: configuration) })
  }
}

extension Domain {
  /// Whether the value may be drawn.
  func holds(_ value: ParameterValue) -> Bool {
    if case .fixed(let own) = normalized { return own == value }
    return normalized.unit(of: value) != nil
  }
}
