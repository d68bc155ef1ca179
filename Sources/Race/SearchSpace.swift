internal import Determinism

/// The parameters of a search, their domains, and the configurations to try first.
public struct SearchSpace: Hashable, Sendable {
  public let domains: [String: Domain]
  /// Configurations proposed before any is drawn.
  ///
  /// A parameter that one leaves out is drawn.
  public let startingPoints: [Configuration]

  /// How often a proposal is redrawn when its configuration exists already.
  public static let maximumDraws = 100

  /// Makes a space, or throws `configuration` with a remedy.
  ///
  /// Refused are empty ranges, logarithms of numbers ≤ 0, and unknown names in a starting point.
  public init(_ domains: [String: Domain], startingPoints: [Configuration] = []) throws {
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
    self.domains = domains.mapValues(\.normalized)
    self.startingPoints = startingPoints.map { point in
      var full = point
      for case (let name, .fixed(let value)) in domains where point[name] == nil {
        full[name] = value
      }
      return full
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
    return configuration
  }

  /// Returns the configuration with the fixed values it leaves out.
  ///
  /// Throws `invalid` when it has a name that the space does not know, or lacks a value that the
  /// space does not fix. Values outside a domain are allowed: the user asked for them by name.
  public func complete(_ configuration: Configuration) throws -> Configuration {
    for name in configuration.names where domains[name] == nil {
      throw RaceError(
        .invalid, "unknown parameter '\(name)'",
        hint: "the parameters are \(domains.keys.sorted().joined(separator: ", "))")
    }
    var full = configuration
    for name in domains.keys.sorted() where full[name] == nil {
      guard case .fixed(let value)? = domains[name] else {
        throw RaceError(
          .invalid, "the parameter '\(name)' is missing", hint: "give it a value")
      }
      full[name] = value
    }
    return full
  }
}

extension SearchSpace: Codable {
  private enum Key: String, CodingKey {
    case domains = "parameters"
    case startingPoints = "starting_points"
  }

  public init(from decoder: any Decoder) throws {
    let box = try decoder.container(keyedBy: Key.self)
    try self.init(
      try box.decode([String: Domain].self, forKey: .domains),
      startingPoints: try box.decodeIfPresent([Configuration].self, forKey: .startingPoints) ?? [])
  }

  public func encode(to encoder: any Encoder) throws {
    var box = encoder.container(keyedBy: Key.self)
    try box.encode(domains, forKey: .domains)
    try box.encode(startingPoints, forKey: .startingPoints)
  }
}
