public import LanguageModel

/// The phases of a run, one after the other: what each learns from, and how fast.
///
/// Written as `500 nca=1, 20% next=0.5 jepa=1, rest next=1 rate=0.5`: the steps of a phase, or their share
/// of the run, `rest` for the last one's; then what multiplies each objective's own weight, 0 where it is
/// not named, and the learning rates. All that a phase decides follows from the number of the step, so a run may be resumed
/// anywhere.
public struct Curriculum: Sendable, Hashable {
  /// One phase.
  public struct Phase: Sendable, Hashable {
    /// How long a phase is.
    public enum Length: Sendable, Hashable {
      case steps(Int)
      /// Of a run's steps, in percent.
      case percent(Double)
      /// What is left of the run.
      case rest
    }

    public var length: Length
    public var factors: ObjectiveFactors
    /// Factor of all learning rates.
    public var rate: Double

    public init(_ length: Length, factors: ObjectiveFactors, rate: Double = 1) {
      self.length = length
      self.factors = factors
      self.rate = rate
    }

    /// Where it ends in a run of so many steps, if it begins at `start`.
    func end(from start: Int, of steps: Int) -> Int {
      switch length {
      case .steps(let count):
        let (end, overflows) = start.addingReportingOverflow(count)
        return overflows ? .max : end
      case .percent(let percent):
        return start + max(1, Int((min(100, percent) / 100 * Double(steps)).rounded()))
      case .rest: return max(start, steps)
      }
    }
  }

  /// First to last; empty for a run that is the same throughout.
  public var phases: [Phase]

  public init(_ phases: [Phase] = []) { self.phases = phases }

  private typealias Field = WritableKeyPath<Phase, Double> & Sendable

  private static let fields: [(name: String, field: any Field, standard: Double)] = [
    ("next", \.factors.nextByte, 0), ("jepa", \.factors.jepa, 0), ("nca", \.factors.nca, 0),
    ("rate", \.rate, 1),
  ]

  /// Reads what ``description`` writes; nil for any other text.
  public init?(_ text: String) {
    phases = []
    if text.allSatisfy(\.isWhitespace) { return }
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let phase = Self.phase(part) else { return nil }
      phases.append(phase)
    }
  }

  private static func phase(_ text: Substring) -> Phase? {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard let first = words.first else { return nil }
    guard let length = length(first) else { return nil }
    var phase = Phase(length, factors: ObjectiveFactors(nextByte: 0, jepa: 0, nca: 0))
    var named: Set<Substring> = []
    for word in words.dropFirst() {
      let sides = word.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, named.insert(sides[0]).inserted, let value = Double(sides[1]),
        let field = fields.first(where: { $0.name == sides[0] })?.field
      else { return nil }
      phase[keyPath: field] = value
    }
    return phase
  }

  private static func length(_ word: Substring) -> Phase.Length? {
    if word == "rest" { return .rest }
    if word.last == "%" { return Double(word.dropLast()).map { .percent($0) } }
    return Int(word).map { .steps($0) }
  }

  /// As it is read.
  public var description: String {
    phases.map { phase in
      let values = Self.fields.compactMap { name, field, standard -> String? in
        let value = phase[keyPath: field]
        if value == standard { return nil }
        return "\(name)=" + (Int(exactly: value).map(String.init) ?? "\(value)")
      }
      return ([Self.text(phase.length)] + values).joined(separator: " ")
    }.joined(separator: ", ")
  }

  private static func text(_ length: Phase.Length) -> String {
    switch length {
    case .steps(let count): "\(count)"
    case .percent(let percent): (Int(exactly: percent).map(String.init) ?? "\(percent)") + "%"
    case .rest: "rest"
    }
  }

  /// The same with all steps that it counts times `factor`, at least one each.
  public func scaled(by factor: Double) -> Curriculum {
    Curriculum(
      phases.map { phase in
        guard case .steps(let count) = phase.length else { return phase }
        var scaled = phase
        let steps = min((Double(count) * factor).rounded(), 1e18)
        scaled.length = .steps(max(1, Int(steps)))
        return scaled
      })
  }

  /// Whether a phase counts steps, and does not grow with the run.
  public var countsSteps: Bool {
    phases.contains {
      if case .steps = $0.length { return true }
      return false
    }
  }

  /// Where the last phase ends in a run of so many steps.
  func end(of steps: Int) -> Int { phases.reduce(0) { $1.end(from: $0, of: steps) } }

  /// The phase that a step, from 0, of a run of `steps` belongs to; the last one beyond all.
  ///
  /// - Precondition: There are phases.
  func phase(of step: Int, of steps: Int) -> Phase {
    var end = 0
    for phase in phases {
      end = phase.end(from: end, of: steps)
      if step < end { return phase }
    }
    return phases[phases.count - 1]
  }

  /// From the first step that hides spans to behind the last one, in a run of so many steps.
  public func hidingSteps(of steps: Int) -> Range<Int>? {
    var (start, hiding) = (0, nil as Range<Int>?)
    for phase in phases {
      let end = phase.end(from: start, of: steps)
      if phase.factors.jepa > 0 && start < end { hiding = (hiding?.lowerBound ?? start)..<end }
      start = end
    }
    return hiding
  }
}
