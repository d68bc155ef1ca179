import Glibc

/// Names the pattern that a value belongs to, so that trials can be counted together.
///
/// - A choice, a text, a truth value or a list is its own pattern.
/// - A number from a logarithmic range falls into half a decade, from a linear range into one of
///   eight equal parts. A number without a range is its own pattern.
/// - A fixed parameter has none: it tells nothing.
enum LessonPattern {
  static func name(of value: ParameterValue, in domain: Domain) -> String? {
    switch domain {
    case .fixed: return nil
    case .choice: return value.description
    case .real(let min, let max, let log):
      guard let number = value.number else { return value.description }
      return range(of: number, min: min, max: max, log: log)
    case .integer(let min, let max, let log, let step):
      guard let number = value.number else { return value.description }
      if (max - min) / step < 8 { return value.description }
      return range(of: number, min: Double(min), max: Double(max), log: log)
    }
  }

  private static func range(of value: Double, min: Double, max: Double, log: Bool) -> String {
    guard value >= min, value <= max, max > min else { return JSONValue.number(value).canonical }
    func text(_ value: Double) -> String { JSONValue.number(Domain.rounded(value)).canonical }
    if log {
      let index = Glibc.floor(2 * Glibc.log10(value) + 1e-9)
      return text(Glibc.pow(10, index / 2)) + "..<" + text(Glibc.pow(10, (index + 1) / 2))
    }
    let width = (max - min) / 8
    let index = Swift.min(7, Glibc.floor((value - min) / width))
    let end = index == 7 ? "..." : "..<"
    return text(min + width * index) + end + text(min + width * (index + 1))
  }
}

extension RaceSettings {
  /// Returns the patterns under which a trial of this configuration counts, by parameter.
  public func lessonPatterns(
    of configuration: Configuration
  ) -> [(parameter: String, pattern: String)] {
    configuration.names.compactMap { name in
      guard let value = configuration[name], let domain = space.domains[name],
        let pattern = LessonPattern.name(of: value, in: domain)
      else { return nil }
      return (name, pattern)
    }
  }
}
