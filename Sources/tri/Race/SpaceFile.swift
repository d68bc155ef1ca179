import Foundation
import Race
import TOMLKit
import Training

/// Search spaces: built in, or read from TOML.
///
///     [race]                          # all optional
///     rung_unit = 100
///     sampler = "tpe"
///     [parameters]
///     hidden = 128                    # fixed
///     lr = { min = 0.001, max = 0.01, log = true }
///     batch = { min = 8, max = 32, step = 8 }
///     ngram_orders = { choice = [[2, 3], [2, 3, 4]] }
///     nca_weight = { min = 0.1, max = 0.4, when = { objective = ["nca", "jepa+nca"] } }
///     [[start]]                       # tried first; what it leaves out is drawn
///     lr = 0.004
///
/// What is enumerated instead of drawn has a plan, see ``ExperimentFile``.
struct SpaceFile {
  var space: SearchSpace
  /// Steps of the first rung, if the file says.
  var rungUnit: Int?
  /// Number of rungs, if the file says.
  var rungs: Int?
  /// Steps before the safety cut applies, if the file says.
  var cutAfter: Int?
  /// How configurations are proposed, if the file says.
  var sampler: Sampler?
  /// The plan, if the trials are enumerated.
  var experiment: Experiment?

  /// The built-in spaces and plans.
  private static let builtIn: [(name: String, text: [UInt8])] = [
    ("quick", PackageResources.quick_toml), ("standard", PackageResources.standard_toml),
    ("hunt", PackageResources.hunt_toml),
    ("roadmap", PackageResources.roadmap_toml), ("ablation", PackageResources.ablation_toml),
    ("gf16-384", PackageResources.gf16_384_toml), ("formats", PackageResources.formats_toml),
    ("champion", PackageResources.champion_toml), ("seeds", PackageResources.seeds_toml),
    ("learning-rate", PackageResources.learning_rate_toml),
    ("sweep36", PackageResources.sweep36_toml), ("scale-up", PackageResources.scale_up_toml),
    ("specification", PackageResources.specification_toml),
  ]

  /// Their names.
  static let profiles = builtIn.map(\.name)

  /// Reads a built-in space.
  static func profile(_ name: String, scale: Double? = nil) throws -> SpaceFile {
    guard let bytes = builtIn.first(where: { $0.name == name })?.text else {
      throw Failure.usage(
        "--profile is '\(name)'", hint: "use one of \(profiles.joined(separator: ", "))")
    }
    return try SpaceFile(
      parsing: try TOMLTable(string: String(decoding: bytes, as: UTF8.self)), path: name,
      scale: scale)
  }

  /// Names the nearest known name, or all of them.
  static func hint(for name: String, among known: [String]) -> String {
    nearest(to: name, among: known).map { "did you mean '\($0)'?" }
      ?? "known are \(known.joined(separator: ", "))"
  }

  /// Reads a file.
  static func read(_ path: String, scale: Double? = nil) throws -> SpaceFile {
    try SpaceFile(parsing: try TOMLFile.read(path), path: path, scale: scale)
  }

  private init(parsing table: TOMLTable, path: String, scale: Double?) throws {
    func refuse(_ message: String, _ hint: String) -> Failure {
      Failure(78, "\(path): \(message)", hint: hint)
    }
    func check(_ name: String, among known: [String], _ what: String) throws {
      guard !known.contains(name) else { return }
      throw refuse("unknown \(what) '\(name)'", Self.hint(for: name, among: known))
    }
    let sections = ["race", "parameters", "start"] + ExperimentFile.sections
    for key in table.keys { try check(key, among: sections, "section") }
    let keys = ConfigurationKey.all.map(\.name).filter { $0 != "seed" && $0 != "steps" }
    guard let parameters = table["parameters"]?.table else {
      throw refuse("there is no [parameters] section", "list at least one parameter")
    }
    var domains: [String: Domain] = [:]
    var conditions: [String: Condition] = [:]
    for name in parameters.keys {
      try check(name, among: keys, "parameter")
      guard let value = parameters[name] else { continue }
      domains[name] = try Self.domain(value, name, refuse)
      conditions[name] = try Self.condition(value, name, refuse)
    }
    var starts: [Race.Configuration] = []
    if let list = table["start"] {
      guard let list = list.array else { throw refuse("start is no list", "write [[start]]") }
      for element in list {
        guard let start = element.table else { throw refuse("start is no list", "write [[start]]") }
        var configuration = Race.Configuration()
        for name in start.keys {
          guard let value = start[name].flatMap({ TOMLFile.value($0) }) else {
            throw refuse("start has no usable value for '\(name)'", "write a number or a text")
          }
          configuration[name] = Self.parameter(value)
        }
        starts.append(configuration)
      }
    }
    space = try SearchSpace(domains, conditions: conditions, startingPoints: starts)
    experiment = try ExperimentFile.read(
      table, domains: domains, scale: scale, keys: keys, refuse: refuse)
    if experiment != nil, let name = conditions.keys.min() {
      throw refuse("'\(name)' has a condition, and a plan lists its trials", "leave 'when' away")
    }
    if let section = table["race"] {
      guard let race = section.table else {
        throw refuse("race is no section", "write [race] and its keys below")
      }
      for key in race.keys {
        try check(key, among: ["rung_unit", "rungs", "cut_after", "sampler"], "key of [race]")
        guard key != "sampler" else { continue }
        guard race[key]?.int != nil else { throw refuse("\(key) is no integer", "write a number") }
      }
      rungUnit = race["rung_unit"]?.int
      rungs = race["rungs"]?.int
      cutAfter = race["cut_after"]?.int
      if let named = race["sampler"] {
        let known = Sampler.allCases.map(\.rawValue)
        guard let sampler = named.string.flatMap(Sampler.init(rawValue:)) else {
          throw refuse(
            "unknown sampler \(named.debugDescription)",
            Self.hint(for: named.string ?? "", among: known))
        }
        if experiment != nil { throw refuse("a plan has no sampler", "leave it away") }
        self.sampler = sampler
      }
    }
  }

  private static func domain(
    _ value: any TOMLValueConvertible, _ name: String, _ refuse: (String, String) -> Failure
  ) throws -> Domain {
    guard let table = value.table else {
      guard let fixed = TOMLFile.value(value) else {
        throw refuse("'\(name)' has no usable value", "write a number, a text or a range")
      }
      return .fixed(parameter(fixed))
    }
    let known = ["min", "max", "log", "step", "choice", "value", "when"]
    for key in table.keys where !known.contains(key) {
      throw refuse(
        "'\(name)' has the unknown key '\(key)'", "use min, max, log, step, choice, value or when")
    }
    let ranging = table.keys.filter { $0 != "when" }
    if let value = table["value"] {
      guard ranging.count == 1, let fixed = TOMLFile.value(value) else {
        throw refuse("'\(name)' has no usable value", "write { value = 2, when = { … } }")
      }
      return .fixed(parameter(fixed))
    }
    if table.contains(key: "choice") && ranging.count > 1 {
      throw refuse("'\(name)' has a choice and a range", "keep one of them")
    }
    if let choices = table["choice"] {
      guard let list = choices.array else {
        throw refuse("the choice of '\(name)' is no list", "write choice = [a, b]")
      }
      return .choice(
        try list.map { element in
          guard let value = TOMLFile.value(element) else {
            throw refuse("a choice of '\(name)' is unusable", "write numbers or texts")
          }
          return parameter(value)
        })
    }
    if let log = table["log"], log.bool == nil {
      throw refuse("log of '\(name)' is neither true nor false", "write log = true")
    }
    if let step = table["step"], step.int == nil {
      throw refuse("step of '\(name)' is no integer", "write a whole number")
    }
    let log = table["log"]?.bool ?? false
    if let min = table["min"]?.int, let max = table["max"]?.int {
      return .integer(min: min, max: max, log: log, step: table["step"]?.int ?? 1)
    }
    if table.contains(key: "step") {
      throw refuse("'\(name)' is a range of reals with a step", "use integers, or no step")
    }
    let bounds = ["min", "max"].map { table[$0]?.double ?? table[$0]?.int.map(Double.init) }
    guard let min = bounds[0], let max = bounds[1] else {
      throw refuse("'\(name)' lacks min or max", "write { min = 1, max = 2 }")
    }
    guard min.isFinite, max.isFinite else {
      throw refuse("min or max of '\(name)' is not finite", "write numbers such as 0.001")
    }
    return .real(min: min, max: max, log: log)
  }

  /// When the parameter applies, if its table says.
  private static func condition(
    _ value: any TOMLValueConvertible, _ name: String, _ refuse: (String, String) -> Failure
  ) throws -> Condition? {
    guard let when = value.table?["when"] else { return nil }
    let example = "write when = { objective = [\"nca\", \"jepa+nca\"] }"
    guard let parents = when.table, !parents.isEmpty else {
      throw refuse("when of '\(name)' names no parameter", example)
    }
    var values: [String: [ParameterValue]] = [:]
    for parent in parents.keys {
      guard let wanted = parents[parent] else { continue }
      let list = wanted.array.map { $0.map { $0 as any TOMLValueConvertible } } ?? [wanted]
      values[parent] = try list.map { element in
        guard let value = TOMLFile.value(element) else {
          throw refuse("when of '\(name)' has an unusable value for '\(parent)'", example)
        }
        return parameter(value)
      }
    }
    return Condition(values)
  }

  /// The value as the race knows it.
  static func parameter(_ value: ConfigurationValue) -> ParameterValue {
    switch value {
    case .integer(let value): .int(value)
    case .real(let value): .double(value)
    case .text(let value): .string(value)
    case .flag(let value): .bool(value)
    case .integers(let values): .ints(values)
    }
  }
}
