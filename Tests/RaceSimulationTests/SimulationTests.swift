import Race
import RaceSimulation
import Testing

@Suite struct SimulationTests {
  /// Curves that fall towards a level of their own, so that early losses mislead now and then.
  private static func curves(_ count: Int, epochs: Int = 27) throws -> LearningCurves {
    try LearningCurves(
      name: "synthetic",
      losses: (0..<count).map { curve in
        let level = Double((curve * 37) % count) / Double(count)
        let start = Double((curve * 61) % count) / Double(count)
        return (1...epochs).map { 1 + level + 2 * start / Double($0) }
      })
  }

  private static func simulation(
    _ curves: LearningCurves, workers: Int, budget: Int, order: Int = 3
  ) throws -> Simulation {
    Simulation(
      curves: curves, ladder: try SimulationStudy.ladder(epochs: curves.epochs, eta: 3),
      workers: workers, budget: budget, order: order)
  }

  @Test func rungsArePowersUpToTheWholeCurve() throws {
    func steps(_ epochs: Int) throws -> [Int] {
      let ladder = try SimulationStudy.ladder(epochs: epochs, eta: 3)
      return (0..<ladder.count).map(ladder.steps)
    }
    #expect(try steps(51) == [1, 3, 9, 27, 51])
    #expect(try steps(27) == [1, 3, 9, 27])
    #expect(try steps(28) == [1, 3, 9, 27, 28])
    #expect(try steps(1) == [1])
  }

  @Test func regretIsZeroForTheBestAndOneForTheMedian() throws {
    let curves = try LearningCurves(name: "t", losses: [[4], [2], [1], [.nan], [3]])
    #expect(curves.regret(of: 1) == 0)
    #expect(curves.regret(of: 3) == 1, "the diverged one counts as worst")
    #expect(curves.regret(of: 2) == 0.5)
    #expect(curves.regret(of: 100) == 2)
    #expect(curves.regret(of: nil) == 2)
    let even = try LearningCurves(name: "t", losses: [[1], [2], [3], [4]])
    #expect(even.regret(of: 2.5) == 1)
  }

  @Test func tablesThatCannotBeJudgedAreRefused() throws {
    func message(_ csv: String) -> String {
      do {
        _ = try LearningCurves(name: "t", csv: csv)
        return ""
      } catch { return "\(error)" }
    }
    #expect(message("config,epoch_1\na,1.5\nb,nan\n") == "")
    #expect(message("config,epoch_1\na,1.5\n").contains("fewer than two"))
    #expect(message("config,epoch_1\na,1.5\nb,high\n").contains("line 3: 'high' is no loss"))
    #expect(message("config,e1,e2\na,1,2\nb,1\n").contains("line 3: '' is no loss"))
    #expect(message("config,epoch_1\na,nan\nb,inf\n").contains("finite"))
    #expect(message("").contains("fewer than two"))
  }

  /// The decisions of the three programs on losses whose ranks were worked out by hand.
  @Test func stoppingRulesDecideAsTheirProgramsDo() {
    func decisions(_ scheduler: Scheduler, _ losses: [Double]) -> [Bool] {
      var rule = StoppingRule(scheduler, eta: 3, rungs: 1)
      return losses.map { rule.goesOn($0, rung: 0) }
    }
    let losses = [5.0, 4, 6, 4.5, .nan, 3, 4.2, 3.5]
    // Of 1 to 5 the best, of 6 to 8 the best two.
    #expect(
      decisions(.optuna, losses) == [true, true, false, false, false, true, false, true])
    // Thresholds of those before: none, 5, 4.333, 4.667, -, 4.5, 4.167, 4.133.
    #expect(decisions(.ray, losses) == [true, true, false, true, false, true, false, true])
    // Thresholds with itself: none, 4.333, 4.667, 4.5, -, 4.167, 4.133, 4.
    #expect(decisions(.syneTune, losses) == [true, true, false, true, false, true, false, true])
    #expect(decisions(.random, [1, 2, .nan]) == [true, true, false])
    #expect(StoppingRule.quantile([1, 2, 4], 0.5) == 2)
    #expect(StoppingRule.quantile([1, 2, 4], 0.75) == 3)
    #expect(StoppingRule.quantile([7], 0.3) == 7)
    #expect(StoppingRule.quantile([], 0.3) == nil)
  }

  @Test(arguments: [1, 4, 32])
  func theRaceKeepsItsBudgetAndFinishesSomething(workers: Int) throws {
    let curves = try Self.curves(400)
    let outcome = try Self.simulation(curves, workers: workers, budget: 20 * 27).run(.igla)
    #expect(outcome.epochs <= 20 * 27)
    #expect(outcome.epochs > 18 * 27)
    #expect(outcome.finished >= 3)
    #expect(outcome.time * workers >= outcome.epochs)
    let best = try #require(outcome.best)
    #expect(curves.regret(of: best) < 0.5)
    #expect(try Self.simulation(curves, workers: workers, budget: 20 * 27).run(.igla) == outcome)
  }

  /// What the end game is for: many workers do not spend the budget on what nobody can promote.
  @Test func manyWorkersFinishAboutAsManyAsOne() throws {
    let curves = try Self.curves(400)
    func finished(_ scheduler: Scheduler, workers: Int) throws -> Int {
      try (0..<5).reduce(0) {
        $0
          + (try Self.simulation(curves, workers: workers, budget: 15 * 27, order: $1)
            .run(scheduler).finished)
      }
    }
    let (one, many) = (try finished(.igla, workers: 1), try finished(.igla, workers: 48))
    #expect(2 * many > one, "\(many) with 48 workers, \(one) with one")
    #expect(try finished(.promotion, workers: 48) < many)
  }

  /// Written twice, promotion ASHA brings the same configurations to the end where no end game
  /// interferes: with one worker, and a budget that is used up by all configurations together.
  @Test func theRaceIsPromotionAshaUntilItsEnd() throws {
    let curves = try Self.curves(60)
    let all = try Self.simulation(curves, workers: 1, budget: 60 * 27)
    let (own, plain) = (try all.run(.igla), try all.run(.promotion))
    #expect(plain.started == 60 && own.started == 60)
    #expect(own.best == plain.best)
    #expect(own.finished >= plain.finished)
  }

  @Test(arguments: Scheduler.allCases)
  func noSchedulerExceedsItsBudget(scheduler: Scheduler) throws {
    let curves = try Self.curves(300)
    for (workers, budget) in [(1, 100), (7, 333), (32, 540), (3, 2)] {
      let outcome = try Self.simulation(curves, workers: workers, budget: budget).run(scheduler)
      #expect(outcome.epochs <= budget)
    }
  }

  @Test(arguments: Scheduler.allCases)
  func everySchedulerSeesTheSameOrder(scheduler: Scheduler) throws {
    let curves = try Self.curves(50)
    let one = try Self.simulation(curves, workers: 1, budget: 1)
    // A budget of one epoch begins one configuration, the first in the order.
    #expect(try one.run(scheduler).started == 1)
    let order = one.configurations
    #expect(order.sorted() == Array(0..<50))
    let other = try Self.simulation(curves, workers: 1, budget: 1, order: 4).configurations
    #expect(order != other)
    let all = try Self.simulation(curves, workers: 3, budget: 50 * 27).run(scheduler)
    #expect(all.started <= 50)
    #expect(all.best.map { $0 > 0 } ?? false)
  }

  @Test func aStudyPairsItsSchedulersOverOrders() throws {
    let tasks = [try Self.curves(60), try Self.curves(80)]
    let study = SimulationStudy(
      tasks: tasks, schedulers: [.igla, .random], workers: 2, budget: 6, eta: 3, orders: 5..<9)
    let results = try study.run()
    #expect(results.map(\.scheduler) == [.igla, .random])
    #expect(results.allSatisfy { $0.regrets.count == 4 })
    // The first order's regret is the mean over the tasks.
    let by = try tasks.map { task in
      let outcome = try Simulation(
        curves: task, ladder: try SimulationStudy.ladder(epochs: task.epochs, eta: 3), workers: 2,
        budget: 6 * task.epochs, order: 5
      ).run(.random)
      return task.regret(of: outcome.best)
    }
    #expect(abs(results[1].regrets[0] - (by[0] + by[1]) / 2) < 1e-12)
  }
}
