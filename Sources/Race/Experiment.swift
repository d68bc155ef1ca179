/// The plan of a race whose trials are enumerated, not drawn.
///
/// Each cell is a configuration that is trained on its seeds to its number of steps, with no early
/// stop. An ablation has the baseline as its first cell, and compares each other cell with it, seed
/// by seed; what it adds to the plan while it runs is an ``ExperimentDecision``.
public struct Experiment: Hashable, Sendable {
  public enum Kind: String, Sendable, Codable {
    /// All combinations of a few values.
    case grid
    /// Changes of a baseline, one at a time.
    case ablation
    /// Runs that were published, done again; nothing is selected among them.
    case rows
  }

  /// A configuration of the plan.
  public struct Cell: Hashable, Sendable, Codable {
    public var name: String
    /// What distinguishes it from the other cells.
    public var changes: Configuration
    /// What its trials are trained with.
    public var configuration: Configuration
    public var seeds: [Int]
    /// Steps of each trial, scaled.
    public var steps: Int
    /// Steps that the plan names, before they were scaled.
    public var fullSteps: Int
    /// What was claimed before: a figure or a sentence.
    public var published: ParameterValue?
    /// Why a published figure may differ.
    public var reason: String?

    public init(
      name: String, changes: Configuration, configuration: Configuration, seeds: [Int],
      steps: Int, fullSteps: Int, published: ParameterValue? = nil, reason: String? = nil
    ) {
      self.name = name
      self.changes = changes
      self.configuration = configuration
      self.seeds = seeds
      self.steps = steps
      self.fullSteps = fullSteps
      self.published = published
      self.reason = reason
    }

    private enum CodingKeys: String, CodingKey {
      case name, changes, configuration, seeds, steps, published, reason
      case fullSteps = "full_steps"
    }
  }

  public var kind: Kind
  public var cells: [Cell]
  /// Factor of all planned steps; 1 for the plan as it is meant.
  public var scale: Double
  /// Seeds that an ablation adds where an effect is unclear.
  public var extraSeeds: [Int]
  /// Names of whole-numbered parameters that count steps: they keep their share of a trial's steps where
  /// those are chosen for equal processor time.
  public var stepCounts: [String]
  /// Largest difference of a lever's processor time from the baseline's, as a share, that is taken
  /// for none: its trials at equal steps are then those at equal time.
  public var tolerance: Double

  public init(
    kind: Kind, cells: [Cell], scale: Double = 1, extraSeeds: [Int] = [], tolerance: Double = 0,
    stepCounts: [String] = []
  ) {
    self.kind = kind
    self.cells = cells
    self.scale = scale
    self.extraSeeds = extraSeeds
    self.tolerance = tolerance
    self.stepCounts = stepCounts
  }

  /// Returns the steps of a plan times a factor, at least 1.
  public static func scaled(_ steps: Int, by scale: Double) -> Int {
    scale == 1 ? steps : max(1, Int((Double(steps) * scale).rounded()))
  }

  /// A cell's configuration for a trial of so many steps.
  package func configuration(of cell: Cell, steps: Int) -> Configuration {
    var configuration = cell.configuration
    if steps == cell.steps { return configuration }
    for name in stepCounts {
      guard case .int(let count) = configuration[name] else { continue }
      let share = Double(count) / Double(cell.steps) * Double(steps)
      configuration[name] = .int(Int(min(share.rounded(), 1e18)))
    }
    return configuration
  }

  /// Where a planned trial's configuration came from.
  var origin: Trial.Origin { kind == .rows ? .reproduction : .planned }

  /// Throws `configuration` with a remedy when the plan makes no sense.
  public func validate() throws {
    func refuse(_ problem: String, _ hint: String) throws -> Never {
      throw RaceError(.configuration, problem, hint: hint)
    }
    if cells.isEmpty { try refuse("the plan has no trial", "list at least one") }
    if !(scale > 0 && scale <= 1_000) {
      try refuse("the steps are scaled by \(scale)", "use a factor above 0, such as 0.05")
    }
    if !(tolerance >= 0 && tolerance < 1) {
      try refuse("a tolerance of \(tolerance)", "use a share from 0 up to 1, such as 0.02")
    }
    var names: Set<String> = []
    for cell in cells {
      if cell.name.isEmpty { try refuse("a \(kind.noun) has no name", "give it one") }
      if !names.insert(cell.name).inserted {
        try refuse("two \(kind.noun)s are named '\(cell.name)'", "give each its own name")
      }
      if cell.steps < 1 { try refuse("'\(cell.name)' has \(cell.steps) steps", "use 1 or more") }
      try check(cell.seeds + extraSeeds, of: cell.name)
      if kind != .rows, cell.seeds.count < 2 {
        try refuse(
          "'\(cell.name)' has \(cell.seeds.count) seed", "use 2 seeds or more: one has no spread")
      }
    }
    guard kind == .ablation else { return }
    if cells.count < 2 { try refuse("the ablation has no lever", "add a [[lever]]") }
    for cell in cells.dropFirst() where cell.configuration == cells[0].configuration {
      try refuse(
        "lever '\(cell.name)' changes nothing", "give it a key whose value is not the baseline's")
    }
    if cells.contains(where: { $0.seeds != cells[0].seeds || $0.steps != cells[0].steps }) {
      try refuse("the levers differ in seeds or steps", "give all the baseline's")
    }
  }

  private func check(_ seeds: [Int], of name: String) throws {
    if seeds.isEmpty {
      throw RaceError(.configuration, "'\(name)' has no seed", hint: "give it one")
    }
    if Set(seeds).count != seeds.count {
      throw RaceError(
        .configuration, "'\(name)' has a seed twice", hint: "the same trial twice tells nothing")
    }
    // A row repeats what was published, on the seeds that were; nothing is chosen by it.
    let first = kind == .rows ? 0 : SelectionSeeds.first
    if let wrong = seeds.first(where: { $0 < first }) {
      throw RaceError(
        .configuration, "seed \(wrong) of '\(name)' is below \(first)",
        hint: "use seeds of \(first) or more; those below are not for selection")
    }
  }
}

extension Experiment.Kind {
  /// What a cell of the plan is called.
  public var noun: String {
    switch self {
    case .grid: "combination"
    case .ablation: "lever"
    case .rows: "row"
    }
  }
}

extension Experiment: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind, cells, scale, tolerance
    case extraSeeds = "extra_seeds"
    case stepCounts = "step_counts"
  }

  /// Plans of before had no step counts.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      kind: try values.decode(Kind.self, forKey: .kind),
      cells: try values.decode([Cell].self, forKey: .cells),
      scale: try values.decode(Double.self, forKey: .scale),
      extraSeeds: try values.decode([Int].self, forKey: .extraSeeds),
      tolerance: try values.decode(Double.self, forKey: .tolerance),
      stepCounts: try values.decodeIfPresent([String].self, forKey: .stepCounts) ?? [])
  }
}
