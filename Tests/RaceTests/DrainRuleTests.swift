import Race
import RaceStoreConformance
import Testing

@Suite struct DrainRuleTests {
  /// The quick profile: 10 minutes, four workers, four rungs.
  @Test(arguments: [2.0, 4.0, 6.0, 10.0, 13.0])
  func aLimitOfTimeEndsWithATrialAtTheTop(secondsAtFirstRung: Double) throws {
    let pace = secondsAtFirstRung / 10
    var race = VirtualRace { pace * (0.8 + 0.1 * Double($0 % 5)) }
    try race.run(try TestRace.settings(budget: Budget(seconds: 600)), workers: 4)
    let best = try #require(try race.store.best())
    #expect(best.trial.rung == 3)
    #expect(race.lastReport <= 600)
    #expect(race.unfinished == 0, "no work was begun that did not reach its rung")
    try RaceInvariants.check(race.store, at: TestRace.at(600))
  }

  /// Evaluations as long as the first rung itself neither starve the top nor run over the limit.
  @Test(arguments: [4.0, 8, 12])
  func evaluationsAreReckonedWith(seconds: Double) throws {
    var race = VirtualRace { _ in seconds / 10 }
    race.secondsPerEvaluation = seconds
    try race.run(try TestRace.settings(budget: Budget(seconds: 600)), workers: 4)
    let summary = try race.store.summary(at: TestRace.at(600))
    #expect(summary.reported[3] >= 1)
    #expect(race.unfinished == 0)
    #expect(race.lastReport <= 600)
    #expect(race.started >= 20)
  }

  @Test func aQuickRaceIsBroadAndUsesItsTime() throws {
    var race = VirtualRace { _ in 0.6 }
    try race.run(try TestRace.settings(budget: Budget(seconds: 600)), workers: 4)
    #expect(race.started >= 27)
    #expect(race.lastReport > 540)
    let finishers = try race.store.leaderboard(limit: 100, offset: 0).filter { $0.trial.rung == 3 }
    #expect(finishers.count >= 3)
  }

  @Test func aBudgetTooSmallForTheTopGoesAsFarAsItCan() throws {
    var race = VirtualRace { _ in 1 }
    try race.run(try TestRace.settings(budget: Budget(seconds: 120)), workers: 2)
    #expect(try race.store.best()?.trial.rung == 2)
    #expect(race.lastReport <= 120)
  }

  @Test(arguments: [270, 300, 540, 811, 2_000, 5_000], [1, 4])
  func aLimitOfStepsEndsWithATrialAtTheTop(steps: Int, workers: Int) throws {
    var race = VirtualRace { _ in 0.01 }
    try race.run(try TestRace.settings(budget: Budget(steps: steps)), workers: workers)
    #expect(try race.store.best()?.trial.rung == 3)
    let summary = try race.store.summary(at: TestRace.at(1e6))
    #expect(summary.race.stepsUsed <= steps)
    #expect(steps - summary.race.stepsUsed < 270, "little is left over")
  }

  @Test(arguments: [1, 2, 5, 9, 27, 40])
  func aLimitOfTrialsEndsWithATrialAtTheTop(trials: Int) throws {
    var race = VirtualRace { _ in 0.01 }
    try race.run(try TestRace.settings(budget: Budget(trials: trials)), workers: 4)
    #expect(race.started == trials)
    #expect(try race.store.best()?.trial.rung == 3)
    #expect(
      try race.store.claim(worker: "w0", at: TestRace.at(1e6)) == .finished(.trialBudget))
  }

  @Test func withoutALimitAshaDecidesAlone() {
    let option = DrainRule.Option(
      trial: nil, cost: DrainRule.Cost(steps: 10), after: DrainRule.Cost(steps: 260),
      reachesGoal: false)
    let paused = DrainRule.Candidate(
      trial: 1, toNext: DrainRule.Cost(steps: 20), toGoal: DrainRule.Cost(steps: 260))
    let situation = DrainRule.Situation(
      remaining: DrainRule.Remaining(), ordinary: [option], paused: [paused],
      freshToGoal: DrainRule.Cost(steps: 270), secured: false, othersRunning: false)
    #expect(DrainRule().decide(situation) == .ordinary(0))
  }

  @Test func stepsAreKeptForWhatHasBegun() {
    func decide(
      steps: Int?, expected: Double, running: Bool, paused: Bool = false
    )
      -> DrainRule.Decision
    {
      func cost(_ steps: Int) -> DrainRule.Cost { DrainRule.Cost(steps: steps) }
      let option = DrainRule.Option(
        trial: nil, cost: cost(10), after: cost(260), reachesGoal: false)
      let promotion = DrainRule.Option(
        trial: 3, cost: cost(20), after: cost(240), reachesGoal: false)
      return DrainRule(reserve: 2).decide(
        DrainRule.Situation(
          remaining: DrainRule.Remaining(steps: steps),
          ordinary: paused ? [promotion, option] : [option], paused: [],
          freshToGoal: cost(270), secured: true, othersRunning: running,
          expectedSteps: expected))
    }
    #expect(decide(steps: 200, expected: 100, running: true) == .ordinary(0))
    #expect(decide(steps: 199, expected: 100, running: true) == .idle)
    #expect(decide(steps: 199, expected: 100, running: false) == .ordinary(0), "nobody to wait for")
    #expect(decide(steps: nil, expected: 100, running: true) == .ordinary(0))
    #expect(
      decide(steps: 199, expected: 100, running: true, paused: true) == .ordinary(0),
      "promotions go on")
  }

  @Test func theLastChanceIsTaken() {
    func decide(_ seconds: Double, secured: Bool = false) -> DrainRule.Decision {
      func cost(_ steps: Int) -> DrainRule.Cost {
        DrainRule.Cost(steps: steps, seconds: Double(steps))
      }
      return DrainRule(margin: 1, slack: 1).decide(
        DrainRule.Situation(
          remaining: DrainRule.Remaining(seconds: seconds),
          ordinary: [
            DrainRule.Option(trial: nil, cost: cost(10), after: cost(260), reachesGoal: false)
          ],
          paused: [DrainRule.Candidate(trial: 5, toNext: cost(60), toGoal: cost(180))],
          freshToGoal: cost(270), secured: secured, othersRunning: true))
    }
    #expect(decide(190) == .ordinary(0))
    #expect(decide(189) == .drain(trial: 5))
    #expect(decide(189, secured: true) == .ordinary(0))
    #expect(decide(179) == .ordinary(0), "too late for the top; a fresh trial still fits")
    #expect(decide(9) == .idle)
  }
}
