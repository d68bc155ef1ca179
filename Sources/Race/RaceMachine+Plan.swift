extension RaceMachine {
  /// What a claim may do, and what it looked at.
  struct Plan {
    /// A source of work, parallel to the options of the situation.
    enum Source {
      case promotion(Trial, rank: Int, reported: Int, next: Int)
      case enqueued(Trial)
      case proposal
    }

    var situation: DrainRule.Situation
    var options: [Source] = []
    var hasSuspended = false
    /// The rung that the end game aims at.
    var goal: Int

    init(race: RaceRecord, goal: Int, at now: Instant) {
      self.goal = goal
      let remaining = DrainRule.Remaining(
        steps: race.remainingSteps, seconds: race.remainingSeconds(at: now))
      situation = DrainRule.Situation(
        remaining: remaining, ordinary: [], paused: [], freshToGoal: DrainRule.Cost(steps: 0),
        secured: false, othersRunning: false)
    }
  }

  /// Looks up what the rules need to know.
  func plan(_ race: RaceRecord, at now: Instant) throws -> Plan {
    let goal = goal(of: race)
    var plan = Plan(race: race, goal: goal, at: now)
    let running = try records.running(at: now)
    plan.situation.othersRunning = running.count > 0
    plan.situation.freshToGoal = cost(of: nil, from: 0, to: goal, race)
    plan.situation.expectedSteps = expectedSteps(running, goal: goal, race)
    if let target = running.highestTarget {
      plan.situation.runningToGoal = afterward(nil, from: target, plan, race)
    }
    let leader = try records.ranked(limit: 1, offset: 0).first
    let finished = leader.map { ($0.rung ?? 0) >= goal && $0.bitsPerByte != nil } ?? false
    plan.situation.secured = finished || (running.highestTarget ?? -1) >= goal
    plan.hasSuspended = try !records.resumable(at: now, limit: 1).isEmpty
    try addPromotions(&plan, race)
    if let trial = try records.firstPending(), mayStart(race) {
      add(.enqueued(trial), to: trial.firstRung, &plan, race)
    } else if mayStart(race), !race.exhausted {
      // What will be drawn is not known yet: reckon with the highest first rung.
      add(.proposal, to: race.settings.firstRungs.map(\.rung).max() ?? 0, &plan, race)
    }
    return plan
  }

  /// Returns the steps to the goal that the running trials, beyond their targets, and a fresh one are
  /// expected to take.
  private func expectedSteps(_ running: RunningSummary, goal: Int, _ race: RaceRecord) -> Double {
    let ladder = race.settings.ladder
    // Beyond each rung, of a trial that reports there.
    var beyond = [Double](repeating: 0, count: ladder.count)
    for rung in stride(from: goal - 1, through: 0, by: -1) {
      let next = Double(ladder.steps(rung + 1) - ladder.steps(rung)) + beyond[rung + 1]
      beyond[rung] = next / Double(ladder.eta)
    }
    let first = race.settings.firstRungs.map(\.rung).max() ?? 0
    let fresh = Double(ladder.steps(first)) + beyond[first]
    return running.targets.reduce(fresh) { $0 + Double($1.value) * beyond[$1.key] }
  }

  private func mayStart(_ race: RaceRecord) -> Bool { race.remainingTrials != 0 }

  private func addPromotions(_ plan: inout Plan, _ race: RaceRecord) throws {
    let ladder = race.settings.ladder
    for rung in stride(from: ladder.top - 1, through: 0, by: -1) {
      guard let trial = try records.bestPaused(rung: rung) else { continue }
      let step = trial.checkpoint?.step ?? 0
      if rung < plan.goal {
        plan.situation.paused.append(
          DrainRule.Candidate(
            trial: trial.id, toNext: cost(of: trial, from: step, to: rung + 1, race),
            toGoal: cost(of: trial, from: step, to: plan.goal, race)))
      }
      let reported = try records.reported(rung: rung)
      let rank = try records.countBetter(than: trial.key, rung: rung) + 1
      let next = try records.reported(rung: rung + 1)
      guard race.settings.promotion.allows(rank: rank, reported: reported, next: next) else {
        continue
      }
      plan.options.append(.promotion(trial, rank: rank, reported: reported, next: next))
      plan.situation.ordinary.append(
        DrainRule.Option(
          trial: trial.id, cost: cost(of: trial, from: step, to: rung + 1, race),
          after: afterward(trial, from: rung + 1, plan, race),
          reachesGoal: rung + 1 >= plan.goal))
    }
  }

  private func add(_ source: Plan.Source, to rung: Int, _ plan: inout Plan, _ race: RaceRecord) {
    plan.options.append(source)
    plan.situation.ordinary.append(
      DrainRule.Option(
        trial: nil, cost: cost(of: nil, from: 0, to: rung, race),
        after: afterward(nil, from: rung, plan, race), reachesGoal: rung >= plan.goal))
  }

  /// Returns the top rung, or the highest that the whole budget holds.
  private func goal(of race: RaceRecord) -> Int {
    let budget = race.settings.budget
    let whole = DrainRule.Remaining(steps: budget.steps, seconds: budget.seconds)
    let rungs = (0..<race.settings.ladder.count).reversed()
    return rungs.first { drain.fits(cost(of: nil, from: 0, to: $0, race), whole) } ?? 0
  }

  /// What is left to the goal once a trial is at a rung.
  private func afterward(
    _ trial: Trial?, from rung: Int, _ plan: Plan, _ race: RaceRecord
  ) -> DrainRule.Cost {
    let ladder = race.settings.ladder
    let steps = max(0, ladder.steps(plan.goal) - ladder.steps(rung))
    let pace = trial?.secondsPerStep ?? race.secondsPerStep
    // A trial that is there already needs no further evaluation.
    let evaluation = steps > 0 ? race.secondsPerEvaluation : 0
    return DrainRule.Cost(steps: steps, seconds: pace.map { $0 * Double(steps) + evaluation })
  }
}
