import ArgumentParser
import Foundation
import Race
import RaceSimulation
import Training

/// `tri race simulate`.
struct RaceSimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Judge schedulers on recorded learning curves, in virtual time.",
    discussion: """
      Replays races on tables of curves: comma-separated, a header, then a line per configuration, \
      its name and its loss at each epoch, nan where it had diverged. A trial's result at a rung \
      is its recorded loss. Rungs are of eta^k epochs, the top one the whole curve. Configurations \
      come in a random order without replacement, the same for every scheduler; the budget counts \
      epochs over all workers.

      The regret of a race is the best loss of a configuration that was trained to the end, less \
      the best in the table, over the same of the median; 2 at most, and for none. igla is this \
      project's race itself, its state machine and its store in memory. optuna, ray and syne-tune \
      are the early-stopping rules of those programs; promotion is ASHA by promotion without an end \
      game, delayed the race with delayed promotion, random trains all to the end.

      time counts epochs from the first beginning to the last end: with many workers a race \
      waits at its end for what it has begun, rather than spend the budget on what cannot matter.

      Differences are of igla less the other, paired over orders (their means over the tasks), \
      with 95 % intervals of Student's t.

      EXAMPLE:
        tri race simulate --curves a.csv b.csv --workers 1,8,32 --budget 20 --orders 20
      """)

  @Option(parsing: .upToNextOption, help: ArgumentHelp("Tables of curves.", valueName: "file"))
  var curves: [String] = []

  @Option(help: "Numbers of workers, joined by commas.")
  var workers = "1,8,32"

  @Option(parsing: .unconditional, help: "Whole trainings that the budget is worth.")
  var budget = 20.0

  @Option(parsing: .unconditional, help: "Random orders of each task.")
  var orders = 20

  @Option(parsing: .unconditional, help: "Number of the first order.")
  var firstOrder = 0

  @Option(
    parsing: .unconditional, help: "Share of the trials of a rung that is promoted: 1 in eta.")
  var eta = 3

  @Option(help: "Schedulers, joined by commas. Default: all.")
  var schedulers: String?

  @Flag(help: "Print JSON.")
  var json = false

  struct Row: Encodable {
    let workers: Int
    let scheduler: String
    let regret: Double
    let standard_error: JSONValue
    let unfinished: Double
    let started: Double
    let finished: Double
    let budget_used: Double
    /// Epochs of virtual time.
    let time: Double
    /// Of igla less this one.
    let difference: JSONValue
    let interval_low: JSONValue
    let interval_high: JSONValue
  }

  func run() throws {
    let tasks = try curves.map(Self.read)
    guard !tasks.isEmpty else {
      throw Failure.usage("no table of curves is named", hint: "write --curves FILE…")
    }
    let counts = try counts()
    let chosen = try chosen()
    guard budget > 0, budget <= 1e6 else {
      throw Failure.usage("--budget is \(budget)", hint: "use a number above 0, such as 20")
    }
    guard (1...100_000).contains(orders) else {
      throw Failure.usage("--orders is \(orders)", hint: "use 1 to 100000")
    }
    guard (0...1_000_000_000).contains(firstOrder) else {
      throw Failure.usage("--first-order is \(firstOrder)", hint: "use 0 to 1000000000")
    }
    guard (2...100).contains(eta) else {
      throw Failure.usage("--eta is \(eta)", hint: "use 2 to 100")
    }
    var rows: [Row] = []
    for count in counts {
      let study = SimulationStudy(
        tasks: tasks, schedulers: chosen, workers: count, budget: budget, eta: eta,
        orders: firstOrder..<(firstOrder + orders))
      rows += Self.rows(try study.run(), workers: count)
    }
    if json { return try Console.json(rows) }
    try Console.result(Self.text(rows))
  }

  private static func read(_ path: String) throws -> LearningCurves {
    guard let text = try? String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8) else {
      throw Failure(66, "cannot read \(path)", hint: "name a file of curves that exists")
    }
    return try LearningCurves(
      name: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent, csv: text)
  }

  private func counts() throws -> [Int] {
    try workers.split(separator: ",").map {
      guard let count = Int($0), (1...10_000).contains(count) else {
        throw Failure.usage(
          "--workers names '\($0)'", hint: "write numbers from 1 to 10000: 1,8,32")
      }
      return count
    }
  }

  private func chosen() throws -> [Scheduler] {
    guard let schedulers else { return Scheduler.allCases }
    let names = Scheduler.allCases.map(\.rawValue)
    return try schedulers.split(separator: ",").map {
      guard let scheduler = Scheduler(rawValue: String($0)) else {
        throw Failure.usage(
          "unknown scheduler '\($0)'",
          hint: nearest(to: String($0), among: names).map { "did you mean '\($0)'?" }
            ?? "use \(names.joined(separator: ", "))")
      }
      return scheduler
    }
  }

  private static func rows(_ results: [SimulationStudy.Result], workers: Int) -> [Row] {
    let own = results.first { $0.scheduler == .igla }
    return results.map { result in
      let regret = SampleStatistics(result.regrets)
      var difference: SampleStatistics?
      if let own, result.scheduler != .igla {
        difference = SampleStatistics(zip(own.regrets, result.regrets).map { $0 - $1 })
      }
      return Row(
        workers: workers, scheduler: result.scheduler.rawValue, regret: regret.mean ?? .nan,
        standard_error: .number(
          regret.deviation.map { $0 / Double(result.regrets.count).squareRoot() }),
        unfinished: result.unfinished, started: result.started, finished: result.finished,
        budget_used: result.used, time: result.time, difference: .number(difference?.mean),
        interval_low: .number(difference?.interval?.lowerBound),
        interval_high: .number(difference?.interval?.upperBound))
    }
  }

  private static func text(_ rows: [Row]) -> String {
    var table = TextTable(
      header: [
        "workers", "scheduler", "regret", "s.e.", "igla less it", "95 % interval", "started",
        "finished", "none finished", "budget used", "time",
      ], right: [0, 2, 3, 4, 6, 7, 8, 9, 10])
    func number(_ value: JSONValue, _ format: String) -> String? {
      switch value {
      case .double(let value): String(format: format, value)
      case .int(let value): String(format: format, Double(value))
      default: nil
      }
    }
    for row in rows {
      let low = number(row.interval_low, "%+.3f")
      let high = number(row.interval_high, "%+.3f")
      table.rows.append([
        "\(row.workers)", row.scheduler, decimal(row.regret, 3),
        number(row.standard_error, "%.3f") ?? "-", number(row.difference, "%+.3f") ?? "-",
        low.flatMap { low in high.map { "[\(low), \($0)]" } } ?? "-",
        decimal(row.started, 1), decimal(row.finished, 1),
        decimal(100 * row.unfinished, 0) + " %", decimal(100 * row.budget_used, 0) + " %",
        decimal(row.time, 0),
      ])
    }
    return table.text
  }
}
