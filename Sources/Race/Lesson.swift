/// What the trials with one value of a parameter, or one range of values, had in common.
///
/// They change what the race proposes, see ``Experience``.
public struct Lesson: Hashable, Sendable {
  public enum Kind: String, Sendable, Codable {
    /// At least half of the trials diverged, were cut, or failed.
    case avoid
    /// At least half of the trials ended badly.
    case warn
    /// Some trials ended badly.
    case info
  }

  /// How a trial ended badly.
  public enum Outcome: String, Sendable, Codable, CaseIterable {
    case diverged, cut, failed
    /// Worse than half of those that had reported at the first rung.
    case bottomHalf = "bottom_half"
  }

  public var parameter: String
  /// The value or range, for example `adamw` or `0.01..<0.0316`.
  public var pattern: String
  /// Trials with the pattern that ended or reported once.
  public var seen: Int
  public var bad: [Outcome: Int]
  /// The last trial that ended badly.
  public var lastTrial: Int?

  public init(parameter: String, pattern: String) {
    self.parameter = parameter
    self.pattern = pattern
    seen = 0
    bad = [:]
  }

  public var badCount: Int { bad.values.reduce(0, +) }

  /// Lower end of the 95 % Wilson interval of the rate of bad ends: small when few were seen.
  public var confidence: Double { lowerEnd(badCount) }

  /// Those that diverged, were cut, or failed.
  var graveCount: Int { badCount - (bad[.bottomHalf] ?? 0) }

  /// The same of the rate of divergences, cuts and failures.
  public var graveConfidence: Double { lowerEnd(graveCount) }

  private func lowerEnd(_ count: Int) -> Double {
    guard seen > 0 else { return 0 }
    let z = 1.959963984540054
    let n = Double(seen)
    let p = Double(count) / n
    let centre = p + z * z / (2 * n)
    let spread = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    return max(0, (centre - spread) / (1 + z * z / n))
  }

  public var kind: Kind {
    if 2 * graveCount >= seen { return .avoid }
    return 2 * badCount >= seen ? .warn : .info
  }

  /// One sentence with the evidence.
  public var sentence: String {
    let counts = Outcome.allCases.compactMap { outcome -> String? in
      guard let count = bad[outcome], count > 0 else { return nil }
      return "\(count) \(outcome.rawValue.replacing("_", with: " "))"
    }
    return
      "\(parameter) = \(pattern): \(badCount) of \(seen) trials ended badly "
      + "(\(counts.joined(separator: ", ")))"
  }
}
