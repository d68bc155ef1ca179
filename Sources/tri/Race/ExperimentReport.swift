import Race

/// The table of a planned race as JSON; member names are stable, and null is what is missing.
struct ExperimentReport: Encodable {
  struct Line: Encodable {
    struct Score: Encodable {
      let trial: Int
      let seed: Int
      let validation_bpb: Double
    }
    let name: String
    let changes: JSONValue
    let configuration: JSONValue
    let steps: Int
    let full_steps: Int
    let scores: [Score]
    let wanted: Int
    let lost: [String]
    let mean_bpb: JSONValue
    let standard_deviation: JSONValue
    let variance: JSONValue
    let processor_seconds: Double
    let published: JSONValue
    let reason: JSONValue
    /// Ours less the published figure; null for a scaled run.
    let difference: JSONValue
    let lever: JSONValue
  }

  struct Lever: Encodable {
    let equal_steps: Comparison
    let equal_time: Comparison
    let step_time_ratio: JSONValue
    let verdict: String
  }

  struct Comparison: Encodable {
    struct Pair: Encodable {
      let seed: Int
      let difference: Double
    }
    let steps: JSONValue
    let pairs: [Pair]
    let wanted: Int
    let lost: [String]
    let complete: Bool
    let mean_difference: JSONValue
    let spread: JSONValue
    let interval_low: JSONValue
    let interval_high: JSONValue
    let processor_time_ratio: JSONValue
    let why: JSONValue
  }

  let race: Int
  let name: String
  let corpus: String
  let plan: String
  let scale: Double
  let tolerance: Double
  let complete: Bool
  let trials_done: Int
  let trials_wanted: Int
  let lines: [Line]

  init(_ table: ExperimentTable, _ race: RaceRecord) throws {
    self.race = race.id
    name = race.settings.name
    corpus = race.settings.corpus
    plan = table.kind.rawValue
    scale = table.scale
    tolerance = table.tolerance
    complete = table.isComplete
    trials_done = table.done
    trials_wanted = table.wanted
    lines = try table.lines.map { line in
      let statistics = line.statistics
      return Line(
        name: line.cell.name, changes: line.cell.changes.json,
        configuration: line.cell.configuration.json, steps: line.cell.steps,
        full_steps: line.cell.fullSteps,
        scores: line.scores.map {
          Line.Score(trial: $0.trial, seed: $0.seed, validation_bpb: $0.bitsPerByte)
        }, wanted: line.wanted, lost: line.lost, mean_bpb: .number(statistics.mean),
        standard_deviation: .number(statistics.deviation),
        variance: .number(statistics.variance),
        processor_seconds: line.processorSeconds, published: line.cell.published?.json ?? .null,
        reason: .text(line.cell.reason),
        difference: .number(table.difference(line)),
        lever: try line.lever.map { try JSONValue(encoding: Self.lever($0)) } ?? .null)
    }
  }

  private static func lever(_ lever: ExperimentTable.Lever) -> Lever {
    Lever(
      equal_steps: comparison(lever.equalSteps), equal_time: comparison(lever.equalTime),
      step_time_ratio: .number(lever.stepRatio), verdict: lever.verdict.rawValue)
  }

  private static func comparison(_ comparison: ExperimentTable.Comparison) -> Comparison {
    let statistics = comparison.statistics
    return Comparison(
      steps: .integer(comparison.steps),
      pairs: comparison.pairs.map { .init(seed: $0.seed, difference: $0.difference) },
      wanted: comparison.wanted, lost: comparison.lost, complete: comparison.isOver,
      mean_difference: .number(statistics.mean), spread: .number(statistics.deviation),
      interval_low: .number(statistics.interval?.lowerBound),
      interval_high: .number(statistics.interval?.upperBound),
      processor_time_ratio: .number(comparison.timeRatio), why: .text(comparison.why))
  }
}
