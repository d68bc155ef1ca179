public import LanguageModel

/// The phases of a run, one after the other: what each learns from, and how fast.
///
/// Written as `500 nca=1, 1000 next=0.5 jepa=1, rest next=1 rate=0.5`: the steps of a phase, `rest` for
/// the last one's, then what multiplies each objective's own weight, 0 where it is not named, and the
/// learning rates. All that a phase decides follows from the number of the step, so a run may be resumed
/// anywhere.
public struct Curriculum: Sendable, Hashable {
  /// One phase.
  public struct Phase: Sendable, Hashable {
    /// Steps of it; nil for what is left of the run.
    public var steps: Int?
    public var factors: ObjectiveFactors
    /// Factor of all learning rates.
    public var rate: Double

    public init(steps: Int?, factors: ObjectiveFactors, rate: Double = 1) {
      self.steps = steps
      self.factors = factors
      self.rate = rate
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
    let steps = first == "rest" ? nil : Int(first)
    if steps == nil && first != "rest" { return nil }
    var phase = Phase(
      steps: steps, factors: ObjectiveFactors(nextByte: 0, jepa: 0, nca: 0))
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

  /// As it is read.
  public var description: String {
    phases.map { phase in
      let values = Self.fields.compactMap { name, field, standard -> String? in
        let value = phase[keyPath: field]
        if value == standard { return nil }
        return "\(name)=" + (Int(exactly: value).map(String.init) ?? "\(value)")
      }
      return ([phase.steps.map(String.init) ?? "rest"] + values).joined(separator: " ")
    }.joined(separator: ", ")
  }

  /// The same with all its steps times `factor`, at least one each.
  public func scaled(by factor: Double) -> Curriculum {
    Curriculum(
      phases.map {
        Phase(
          steps: $0.steps.map { max(1, Int((Double($0) * factor).rounded())) },
          factors: $0.factors, rate: $0.rate)
      })
  }

  /// The phases' first steps, and behind them the last one's end, of a run of so many steps.
  func bounds(of steps: Int) -> [Int] {
    var bounds = [0]
    var last = 0
    for phase in phases {
      let (end, overflows) = last.addingReportingOverflow(phase.steps ?? max(0, steps - last))
      last = overflows ? .max : end
      bounds.append(last)
    }
    return bounds
  }

  /// The index of the phase that a step, from 0, belongs to; the last one's beyond all.
  ///
  /// - Precondition: There are phases.
  func index(of step: Int) -> Int {
    var end = 0
    for (index, phase) in phases.enumerated() {
      guard let steps = phase.steps else { return index }
      end += steps
      if step < end { return index }
    }
    return phases.count - 1
  }
}
