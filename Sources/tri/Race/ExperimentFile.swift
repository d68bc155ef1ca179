import Foundation
import Race
import TOMLKit
import Training

/// The plan of a search-space file: which trials a race runs, when they are enumerated, not drawn.
///
///     [parameters]                    # the baseline: fixed values
///     hidden = 128
///     [ablation]                      # or [grid], or [[row]]
///     steps = 3000
///     seeds = 3                       # or a list; a number counts from 1000
///     most_seeds = 5
///     tolerance = 0.02
///     [[lever]]
///     name = "AdamW"
///     optimizer = "adamw"
struct ExperimentFile {
  /// Sections that belong to a plan.
  static let sections = ["grid", "label", "ablation", "lever", "row"]
  /// Keys of a configuration that count steps, which ``scale`` multiplies as well, like a
  /// curriculum's.
  static let countsOfSteps = ["jepa_warmup"]
  /// What every program can write as a number.
  static let largestSeed = 1 << 53
  /// Most seeds of a cell and most cells of a plan.
  static let most = 1_000

  let table: TOMLTable
  let domains: [String: Domain]
  let scale: Double
  let keys: [String]
  let refuse: (String, String) -> Failure

  /// Reads the plan of a file.
  ///
  /// - Parameters:
  ///   - table: The file.
  ///   - domains: Its parameters.
  ///   - scale: Factor of all planned steps.
  ///   - keys: Names of parameters that a plan may change.
  ///   - refuse: Makes a failure of a message and a hint.
  /// - Throws: ``Failure``, `RaceError` or `TrainingError` with the remedy.
  /// - Returns: `nil` where the file has none.
  static func read(
    _ table: TOMLTable, domains: [String: Domain], scale: Double?, keys: [String],
    refuse: @escaping (String, String) -> Failure
  ) throws -> Experiment? {
    guard sections.contains(where: { table.contains(key: $0) }) else {
      guard scale == nil else {
        throw Failure.usage(
          "--scale is given, and the space has no plan whose steps it could scale",
          hint: "leave it away, or name a space with [grid], [ablation] or [[row]]")
      }
      return nil
    }
    let scale = scale ?? 1
    guard scale > 0, scale <= 1_000 else {
      throw Failure.usage("--scale is \(scale)", hint: "use a factor above 0, such as 0.05")
    }
    let file = Self(
      table: table, domains: domains, scale: scale, keys: keys, refuse: refuse)
    let experiment = try file.experiment()
    try experiment.validate()
    return experiment
  }

  private func experiment() throws -> Experiment {
    let plans = [("grid", "[grid]"), ("ablation", "[ablation]"), ("row", "[[row]]")].filter {
      table.contains(key: $0.0)
    }
    if plans.count > 1 {
      throw refuse(
        "both \(plans[0].1) and \(plans[1].1) are there", "a race has one plan: keep one of them")
    }
    for (section, owner) in [("lever", "ablation"), ("label", "grid")]
    where table.contains(key: section) && !table.contains(key: owner) {
      throw refuse("[[\(section)]] without [\(owner)]", "add [\(owner)] with its steps and seeds")
    }
    for section in ["race", "start"] where table.contains(key: section) {
      throw refuse(
        "[\(section)] is for races that draw their trials", "leave it away: a plan has no rungs")
    }
    for (name, domain) in domains.sorted(by: { $0.key < $1.key }) {
      switch domain {
      case .fixed: break
      case .choice where plans.first?.0 == "grid": break
      case .choice:
        throw refuse("'\(name)' has a choice", "only [grid] has choices; give it one value")
      case .integer, .real:
        throw refuse("'\(name)' has a range", "nothing is drawn in a plan; give it a value")
      }
    }
    switch plans.first?.0 {
    case "grid": return try grid()
    case "ablation": return try ablation()
    default: return try rows()
    }
  }

  /// The fixed parameters.
  var baseline: Race.Configuration {
    var configuration = Race.Configuration()
    for case (let name, .fixed(let value)) in domains { configuration[name] = value }
    return configuration
  }

  private func grid() throws -> Experiment {
    let section = try self.section("grid", known: ["seeds", "steps"])
    let (steps, seeds) = (try self.steps(section, "[grid]"), try self.seeds(section, "[grid]"))
    var all = [Race.Configuration()]
    for (name, domain) in domains.sorted(by: { $0.key < $1.key }) {
      guard case .choice(let values) = domain else { continue }
      all = all.flatMap { combination in
        values.map { value in
          var longer = combination
          longer[name] = value
          return longer
        }
      }
      if all.count > Self.most {
        throw refuse("more than \(Self.most) combinations", "give fewer choices")
      }
    }
    var labels: [Race.Configuration: String] = [:]
    for label in try list("label") {
      let name = try self.name(label, "label")
      let changes = try self.changes(label, besides: ["name"], "label '\(name)'")
      guard all.contains(changes) else {
        throw refuse(
          "label '\(name)' names no combination of the grid", "give a value for each choice")
      }
      guard labels.updateValue(name, forKey: changes) == nil else {
        throw refuse("label '\(name)' names a combination that has a label", "remove one")
      }
    }
    let cells = try all.map { changes in
      let text = changes.names.isEmpty ? "baseline" : Self.text(changes)
      return try cell(
        labels[changes].map { "\($0): \(text)" } ?? text, changes, steps: steps, seeds: seeds)
    }
    return Experiment(kind: .grid, cells: cells, scale: scale)
  }

  private func ablation() throws -> Experiment {
    let section = try self.section(
      "ablation", known: ["seeds", "most_seeds", "steps", "tolerance"])
    let steps = try self.steps(section, "[ablation]")
    let seeds =
      try section.contains(key: "seeds") ? self.seeds(section, "[ablation]") : Self.seeds(3)
    var most = max(5, seeds.count)
    if let value = section["most_seeds"] {
      guard let number = value.int, (seeds.count...Self.most).contains(number) else {
        throw refuse(
          "most_seeds is not a whole number from \(seeds.count) to \(Self.most)",
          "it counts the first ones too")
      }
      most = number
    }
    var tolerance = 0.0
    if let value = section["tolerance"] {
      guard let number = value.double ?? value.int.map(Double.init) else {
        throw refuse("tolerance is no number", "write a share, such as tolerance = 0.02")
      }
      tolerance = number
    }
    let levers = try list("lever").map { lever in
      let name = try self.name(lever, "lever")
      let changes = try self.changes(lever, besides: ["name", "published"], "lever '\(name)'")
      return try cell(
        name, changes, steps: steps, seeds: seeds, published: try published(lever, name))
    }
    let base = try cell("baseline", Race.Configuration(), steps: steps, seeds: seeds)
    let own = try training(base)
    for lever in levers {
      let changed = try training(lever)
      guard changed.difference(from: own) != nil else {
        throw refuse(
          "lever '\(lever.name)' changes nothing",
          "give it a key whose value is not the baseline's")
      }
      let names = Set(lever.changes.names)
      if names.allSatisfy({
        changed.ineffective(among: [$0]) != nil && own.ineffective(among: [$0]) != nil
      }),
        let idle = changed.ineffective(among: names)
      {
        throw refuse("lever '\(lever.name)' has no effect: \(idle)", "change what counts")
      }
    }
    let first = (seeds.max() ?? 0) + 1
    return Experiment(
      kind: .ablation, cells: try ([base] + levers).map(namingStepCounts), scale: scale,
      extraSeeds: Array(first..<(first + most - seeds.count)), tolerance: tolerance,
      stepCounts: Self.countsOfSteps)
  }

  private func rows() throws -> Experiment {
    let own = ["name", "steps", "seeds", "published", "reason"]
    let cells = try list("row").map { row in
      let name = try self.name(row, "row")
      let place = "row '\(name)'"
      let reason = row["reason"]
      if let reason, reason.string == nil {
        throw refuse("reason of \(place) is no text", "quote it")
      }
      return try cell(
        name, try changes(row, besides: own, place), steps: try steps(row, place),
        seeds: try seeds(row, place), published: try published(row, name),
        reason: reason?.string)
    }
    return Experiment(kind: .rows, cells: cells, scale: scale)
  }
}
