import Dispatch
public import Race
import Synchronization

/// Simulated races of several schedulers on the same tasks, orders and numbers of workers.
public struct SimulationStudy: Sendable {
  public var tasks: [LearningCurves]
  public var schedulers: [Scheduler]
  public var workers: Int
  /// Whole trainings that the budget is worth.
  public var budget: Double
  public var eta: Int
  public var orders: Range<Int>

  public init(
    tasks: [LearningCurves], schedulers: [Scheduler], workers: Int, budget: Double, eta: Int,
    orders: Range<Int>
  ) {
    self.tasks = tasks
    self.schedulers = schedulers
    self.workers = workers
    self.budget = budget
    self.eta = eta
    self.orders = orders
  }

  /// What came of one scheduler.
  public struct Result: Sendable {
    public let scheduler: Scheduler
    /// Normalised regret by order, the mean over the tasks.
    public let regrets: [Double]
    /// Share of races in which no configuration was trained to the end.
    public let unfinished: Double
    /// Configurations begun and trained to the end in a race, means.
    public let started: Double
    public let finished: Double
    /// Epochs trained in a race as a share of the budget, mean.
    public let used: Double
    /// Epochs of virtual time of a race, mean; at least budget / workers if all of it is used.
    public let time: Double
  }

  /// Rungs of `eta^k` epochs, the top one the whole curve.
  ///
  /// - Throws: `RaceError` for an `eta` below 2.
  public static func ladder(epochs: Int, eta: Int) throws -> RungLadder {
    var (count, steps) = (1, 1)
    while steps < epochs {
      steps *= max(2, eta)
      count += 1
    }
    return try RungLadder(unit: 1, eta: eta, count: count, limit: epochs)
  }

  /// Runs all races, on all processors.
  ///
  /// - Returns: A result for each scheduler, in their order.
  /// - Throws: `RaceError` for settings that no race can have.
  public func run() throws -> [Result] {
    let races = try schedulers.flatMap { scheduler in
      try orders.flatMap { order in
        try tasks.map { task in
          let ladder = try Self.ladder(epochs: task.epochs, eta: eta)
          return (
            scheduler,
            Simulation(
              curves: task, ladder: ladder, workers: workers,
              budget: Int((budget * Double(task.epochs)).rounded()), order: order)
          )
        }
      }
    }
    let outcomes = Mutex<[Int: Swift.Result<Simulation.Outcome, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: races.count) { index in
      let outcome = Swift.Result { try races[index].1.run(races[index].0) }
      outcomes.withLock { $0[index] = outcome }
    }
    let all = try races.indices.map { index in
      guard let outcome = outcomes.withLock({ $0[index] }) else {
        preconditionFailure("[SimulationStudy] race \(index) was not run")
      }
      return (races[index].1, try outcome.get())
    }
    let perScheduler = orders.count * tasks.count
    return schedulers.enumerated().map { place, scheduler in
      Self.result(
        scheduler, Array(all[(place * perScheduler)..<((place + 1) * perScheduler)]),
        tasks: tasks.count)
    }
  }

  private static func result(
    _ scheduler: Scheduler, _ races: [(Simulation, Simulation.Outcome)], tasks: Int
  ) -> Result {
    func mean(_ value: (Simulation, Simulation.Outcome) -> Double) -> Double {
      races.reduce(0) { $0 + value($1.0, $1.1) } / Double(races.count)
    }
    let regrets = stride(from: 0, to: races.count, by: tasks).map { first in
      races[first..<(first + tasks)].reduce(0) { $0 + $1.0.curves.regret(of: $1.1.best) }
        / Double(tasks)
    }
    return Result(
      scheduler: scheduler, regrets: regrets,
      unfinished: mean { $1.finished == 0 ? 1 : 0 }, started: mean { Double($1.started) },
      finished: mean { Double($1.finished) },
      used: mean { Double($1.epochs) / Double($0.budget) }, time: mean { Double($1.time) })
  }
}
