/// How a race proposes configurations.
///
/// A proposal follows from the race's seed, the number of the trial and what the race knew at that
/// moment, which its event names: so a race can be replayed. None looks at more than
/// ``SamplerTerms`` allow, however many trials there are. Trials that run still count among those
/// seen, so that workers who ask at once are not sent to the same place; a configuration that
/// exists already is never proposed.
public enum Sampler: String, Sendable, Codable, CaseIterable {
  /// Each parameter from its domain, independently.
  case random
  /// A low-discrepancy sequence: spread evenly over the space.
  case sobol
  /// Tree-structured Parzen estimator: where the best results of one rung are dense, and what was
  /// seen of late is not.
  case tpe
  /// Changes of the best trials, and crosses between them.
  case evolution
  /// As `tpe`, with the best of every rung, a higher rung counting more.
  case multiFidelity = "multi-fidelity"

  /// Written into each proposal; raised when a sampler changes.
  public static let version = 1

  /// Whether proposals depend on results.
  public var learns: Bool { self != .random && self != .sobol }
}

/// The bounds and rates of the samplers that learn.
public struct SamplerTerms: Sendable {
  /// Results of a rung before a sampler learns from them; random until then.
  public static let startResults = 12
  /// Share of proposals that stay random, so that no part of the space is given up.
  public static let randomShare = 1.0 / 6
  /// Share of the results that counts as good, and its bounds.
  static let goodShare = 0.15
  static let good = 4...24
  /// Trials seen that are compared with the good ones: the first and the latest.
  static let first = 16
  static let latest = 48
  /// Draws from which the most promising is proposed.
  static let candidates = 24

  /// The number of good ones among so many results.
  static func good(of results: Int) -> Int {
    min(good.upperBound, max(good.lowerBound, Int((goodShare * Double(results)).rounded(.up))))
  }
}

extension KeyedDecodingContainer {
  /// Races that were begun before there was a choice drew at random.
  func decode(_ type: Sampler.Type, forKey key: Key) throws -> Sampler {
    try decodeIfPresent(type, forKey: key) ?? .random
  }
}
