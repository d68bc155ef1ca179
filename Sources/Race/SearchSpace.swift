internal import Determinism

/// The parameters of a search, their domains, and the configurations to try first.
public struct SearchSpace: Hashable, Sendable {
  public let domains: [String: Domain]
  /// When a parameter applies; one without a condition always does.
  public let conditions: [String: Condition]
  /// Configurations proposed before any is drawn.
  ///
  /// A parameter that one leaves out is drawn.
  public let startingPoints: [Configuration]

  /// How often a proposal is redrawn when its configuration exists already.
  public static let maximumDraws = 100

  /// Makes a space, or throws `configuration` with a remedy.
  ///
  /// Refused are empty ranges, logarithms of numbers ≤ 0, conditions that cannot hold, and names in a
  /// starting point that are unknown or do not apply there.
  public init(
    _ domains: [String: Domain], conditions: [String: Condition] = [:],
    startingPoints: [Configuration] = []
  ) throws {
    guard !domains.isEmpty else {
      throw RaceError(
        .configuration, "the search space is empty", hint: "add at least one parameter")
    }
    for name in domains.keys.sorted() {
      try domains[name]?.validate(name: name)
    }
    for (i, point) in startingPoints.enumerated() {
      for name in point.names where domains[name] == nil {
        throw RaceError(
          .configuration, "starting point \(i + 1) has the unknown parameter '\(name)'",
          hint: "the parameters are \(domains.keys.sorted().joined(separator: ", "))")
      }
    }
    try Self.validate(conditions, domains)
    self.domains = domains.mapValues(\.normalized)
    self.conditions = conditions
    self.startingPoints = startingPoints.map { point in
      var full = point
      for case (let name, .fixed(let value)) in domains where point[name] == nil {
        full[name] = value
      }
      return full
    }
    for (i, point) in self.startingPoints.enumerated() {
      try refuseIdle(startingPoints[i], within: point, "starting point \(i + 1) sets")
    }
  }

  /// Throws `configuration` where a value was given that does not apply beside the others.
  ///
  /// What the others leave open may still be drawn so that it does.
  private func refuseIdle(
    _ given: Configuration, within full: Configuration, _ what: String
  ) throws {
    for name in given.names {
      guard let condition = conditions[name],
        condition.values.contains(where: { parent, values in
          full[parent].map { !values.contains($0) } ?? false
        })
      else { continue }
      throw RaceError(
        .configuration, "\(what) '\(name)', which applies only where \(condition.text)",
        hint: "leave it out, or change the other")
    }
  }

  /// Draws the configuration of a trial.
  ///
  /// It depends on the four arguments alone, not on who asks or when. `attempt` numbers the
  /// redraws after duplicates; names are drawn in sorted order. A starting point keeps its own
  /// values in each attempt.
  public func sample(
    race: Int, trial: Int, startingPoint: Int? = nil, attempt: Int = 0
  ) -> Configuration {
    var generator = SplitMix64(
      race: race, purpose: .configuration, trial: trial, attempt: attempt)
    var configuration = Configuration()
    for name in domains.keys.sorted() {
      configuration[name] = domains[name]?.sample(&generator)
    }
    if let startingPoint, startingPoints.indices.contains(startingPoint) {
      for (name, value) in startingPoints[startingPoint].values {
        configuration[name] = value
      }
    }
    return applicable(configuration)
  }

  /// Returns the configuration with the fixed values it leaves out.
  ///
  /// Throws `invalid` when it has a name that the space does not know or that does not apply, or
  /// lacks a value that the space does not fix. Values outside a domain are allowed: the user asked for them by name.
  public func complete(_ configuration: Configuration) throws -> Configuration {
    for name in configuration.names where domains[name] == nil {
      throw RaceError(
        .invalid, "unknown parameter '\(name)'",
        hint: "the parameters are \(domains.keys.sorted().joined(separator: ", "))")
    }
    var full = configuration
    for case (let name, .fixed(let value)) in domains where full[name] == nil {
      full[name] = value
    }
    try refuseIdle(configuration, within: full, "the configuration has")
    full = applicable(full)
    for name in domains.keys.sorted() where full[name] == nil && applies(name, in: full) {
      throw RaceError(.invalid, "the parameter '\(name)' is missing", hint: "give it a value")
    }
    return full
  }
}

extension SearchSpace: Codable {
  private enum Key: String, CodingKey {
    case domains = "parameters"
    case conditions
    case startingPoints = "starting_points"
  }

  public init(from decoder: any Decoder) throws {
    let box = try decoder.container(keyedBy: Key.self)
    try self.init(
      try box.decode([String: Domain].self, forKey: .domains),
      conditions: try box.decodeIfPresent([String: Condition].self, forKey: .conditions) ?? [:],
      startingPoints: try box.decodeIfPresent([Configuration].self, forKey: .startingPoints) ?? [])
  }

  public func encode(to encoder: any Encoder) throws {
    var box = encoder.container(keyedBy: Key.self)
    try box.encode(domains, forKey: .domains)
    if !conditions.isEmpty { try box.encode(conditions, forKey: .conditions) }
    try box.encode(startingPoints, forKey: .startingPoints)
  }
}
