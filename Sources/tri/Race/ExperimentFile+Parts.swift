import Foundation
import Race
import TOMLKit
import Training

/// The parts of which all three plans are made.
extension ExperimentFile {
  func cell(
    _ name: String, _ changes: Race.Configuration, steps: Int, seeds: [Int],
    published: ParameterValue? = nil, reason: String? = nil
  ) throws -> Experiment.Cell {
    var configuration = baseline
    for (key, value) in changes.values { configuration[key] = value }
    if scale != 1 { try scaleCounts(&configuration) }
    return Experiment.Cell(
      name: name, changes: changes, configuration: configuration, seeds: seeds,
      steps: Experiment.scaled(steps, by: scale), fullSteps: steps, published: published,
      reason: reason)
  }

  /// Multiplies what counts steps, where it is named or has an effect.
  func scaleCounts(_ configuration: inout Race.Configuration) throws {
    let training = try TrialConfiguration.unchecked(configuration)
    for name in Self.countsOfSteps {
      guard let key = ConfigurationKey.named(name), case .integer(let count) = training.value(key),
        configuration[name] != nil || training.ineffective(among: [name]) == nil
      else { continue }
      configuration[name] = .int(Int(min((Double(count) * scale).rounded(), 1e18)))
    }
    if !training.curriculum.phases.isEmpty {
      let scaled = training.curriculum.scaled(by: scale)
      configuration["curriculum"] = .string(scaled.description)
    }
  }

  /// The same cell with a value for each count of steps that has an effect, so that its share of the steps
  /// may be kept at equal time.
  func namingStepCounts(_ cell: Experiment.Cell) throws -> Experiment.Cell {
    let training = try training(cell)
    if training.curriculum.countsSteps {
      throw refuse(
        "the curriculum of '\(cell.name)' counts steps, of which its trials at equal time have others",
        "write shares of the run, such as 20%, and rest")
    }
    var cell = cell
    for name in Self.countsOfSteps where training.ineffective(among: [name]) == nil {
      guard case .integer(let count)? = ConfigurationKey.named(name).map(training.value) else {
        continue
      }
      cell.configuration[name] = .int(count)
    }
    return cell
  }

  func training(_ cell: Experiment.Cell) throws -> TrainingConfiguration {
    do {
      return try TrialConfiguration.training(
        cell.configuration, seed: cell.seeds.first ?? SelectionSeeds.first, topSteps: cell.steps)
    } catch let error as TrainingError {
      throw TrainingError(
        error.code, "'\(cell.name)': \(error.message)", hint: error.hint, cause: error)
    }
  }

  func section(_ name: String, known: [String]) throws -> TOMLTable {
    guard let section = table[name]?.table else {
      throw refuse("\(name) is no section", "write [\(name)] and its keys below")
    }
    for key in section.keys where !known.contains(key) {
      throw refuse("unknown key of [\(name)] '\(key)'", SpaceFile.hint(for: key, among: known))
    }
    return section
  }

  func list(_ name: String) throws -> [TOMLTable] {
    guard let value = table[name] else { return [] }
    guard let elements = value.array else {
      throw refuse("\(name) is no list", "write [[\(name)]]")
    }
    let tables = elements.compactMap(\.table)
    guard tables.count == elements.count, tables.count <= Self.most else {
      throw refuse(
        "\(name) is no list of tables", "write [[\(name)]] for each, at most \(Self.most)")
    }
    return tables
  }

  func name(_ table: TOMLTable, _ what: String) throws -> String {
    guard let name = table["name"]?.string, !name.isEmpty else {
      throw refuse("a \(what) has no name", "write name = \"…\"")
    }
    return name
  }

  func published(_ table: TOMLTable, _ name: String) throws -> ParameterValue? {
    guard let value = table["published"] else { return nil }
    if let text = value.string { return .string(text) }
    guard let number = value.double ?? value.int.map(Double.init), number.isFinite else {
      throw refuse("published of '\(name)' is unusable", "write a finite figure or a text")
    }
    return .double(number)
  }

  /// The keys of a configuration in a table.
  func changes(
    _ table: TOMLTable, besides own: [String], _ place: String
  ) throws -> Race.Configuration {
    var configuration = Race.Configuration()
    for key in table.keys where !own.contains(key) {
      guard keys.contains(key) else {
        throw refuse(
          "\(place) has the unknown key '\(key)'",
          nearest(to: key, among: keys + own).map { "did you mean '\($0)'?" }
            ?? "see 'tri train --print-config' for all keys")
      }
      guard let value = table[key].flatMap({ TOMLFile.value($0) }) else {
        throw refuse("\(place) has no usable value for '\(key)'", "write a number or a text")
      }
      configuration[key] = SpaceFile.parameter(value)
    }
    return configuration
  }

  func steps(_ table: TOMLTable, _ place: String) throws -> Int {
    guard let steps = table["steps"]?.int, (1...1_000_000_000).contains(steps) else {
      throw refuse(
        "\(place) has no whole number of steps from 1 to 1,000,000,000", "write steps = 3000")
    }
    return steps
  }

  func seeds(_ table: TOMLTable, _ place: String) throws -> [Int] {
    let value = table["seeds"]
    if let count = value?.int {
      guard (1...Self.most).contains(count) else {
        throw refuse("\(place) has \(count) seeds", "use 1 to \(Self.most)")
      }
      return Self.seeds(count)
    }
    guard let list = value?.array else {
      throw refuse("\(place) has no seeds", "write seeds = 3, or seeds = [1000, 1001, 1002]")
    }
    let seeds = list.compactMap(\.int)
    guard seeds.count == list.count else {
      throw refuse("the seeds of \(place) are no integers", "write seeds = [1000, 1001, 1002]")
    }
    guard seeds.count <= Self.most else {
      throw refuse("\(place) has \(seeds.count) seeds", "use at most \(Self.most)")
    }
    guard seeds.allSatisfy({ $0 <= Self.largestSeed }) else {
      throw refuse(
        "a seed of \(place) is above \(Self.largestSeed)", "use seeds such as 1000, 1001, 1002")
    }
    return seeds
  }

  /// The first seeds for selection.
  static func seeds(_ count: Int) -> [Int] {
    Array(SelectionSeeds.first..<(SelectionSeeds.first + count))
  }

  /// Names and values in one line.
  static func text(_ configuration: Race.Configuration) -> String {
    configuration.names.map { name in
      let value = configuration[name]
      return "\(name) \(value?.text ?? value?.description ?? "")"
    }.joined(separator: ", ")
  }
}
