internal import Determinism
public import Race

/// The promises of ``RaceStore`` for races with a plan.
extension StoreContract {
  /// An ablation compares each lever with the baseline on the same seeds, at equal steps and at
  /// equal processor time; adds seeds where the effect is unclear; and ends.
  public static func ablationsAreDecidedOnRecord(_ store: any RaceStore) throws {
    try TestRace.begin(store, TestRace.settings(plan: .ablation))
    let before = try store.table()
    try require(!before.isComplete && before.wanted == 12, "three seeds of four cells at first")
    try require(
      before.lines.allSatisfy { $0.lever.map { $0.verdict == .pending } ?? true },
      "no verdict before the first trial")
    let steps = try finish(store, workers: 3)
    try require(
      Set(steps) == [50, TestRace.plannedSteps], "twice as dear a step has half the steps: \(steps)"
    )
    try require(steps.count == 19, "19 trials, not \(steps.count)")
    let table = try store.table()
    try require(table.isComplete && table.done == 19 && table.wanted == 19, "the plan is done")
    try require(table.lines.map(\.scores.count) == [5, 3, 5, 2], "seeds were added for 'unclear'")
    let levers = table.lines.compactMap(\.lever)
    try require(
      levers.map(\.verdict) == [.hurts, .noEffectShown, .unstable], "\(levers.map(\.verdict))")
    let good = levers[0]
    try require((good.equalSteps.statistics.interval?.upperBound ?? 0) < 0, "better at equal steps")
    try require(good.equalTime.steps == 50 && good.stepRatio == 2, "half the steps")
    try require(good.equalTime.timeRatio == 1, "the same processor time")
    try require(levers[1].equalTime == levers[1].equalSteps, "the same trials where cost is equal")
    try require(levers[2].equalSteps.lost.count == 1, "a seed that diverged is named")
    let decided = try store.events(trial: 0).filter { $0.kind == .decided }
    try require(decided.count == 7, "seven decisions, each an event: \(decided.count)")
    try require(try store.activeRace()?.decisions.count == 7, "and part of the race")
    for event in try decided + store.events(after: 0, limit: .max).filter({ $0.kind == .planned }) {
      guard case .string(let why)? = event.detail["why"], !why.isEmpty else {
        throw ContractViolation("a decision without why: \(event.detail.canonical)")
      }
    }
    try require(try store.firstBreak() == nil, "the chains are whole")
  }

  /// However a planned race is interrupted, the same rows come out.
  public static func plansSurviveInterruptions(
    _ store: any RaceStore, _ kind: Experiment.Kind, seed: UInt64
  ) throws {
    let calm = InMemoryRaceStore()
    try TestRace.begin(calm, TestRace.settings(plan: kind))
    _ = try finish(calm, workers: 1)
    try TestRace.begin(store, TestRace.settings(plan: kind))
    var generator = SplitMix64(seed: seed)
    var held: [Claim] = []
    var now = 0.0
    for _ in 0..<60 {
      now += generator.unit()
      if case .work(let claim) = try store.claim(
        worker: "w\(generator.index(below: 4))", at: TestRace.at(now))
      {
        held.append(claim)
      }
      guard !held.isEmpty else { continue }
      let claim = held.remove(at: generator.index(below: held.count))
      switch generator.index(below: 4) {
      case 0:
        // Its lease runs out; its late report is refused by its token.
        now += 40
        _ = try store.claim(worker: "w0", at: TestRace.at(now))
        _ = try? store.report(TestRace.plannedReport(claim), samples: [], at: TestRace.at(now))
      case 1:
        let done = claim.targetStep / 2
        let step = max(claim.checkpoint?.step ?? 0, done)
        let work = TestRace.plannedWork(claim, steps: step - (claim.checkpoint?.step ?? 0))
        try? store.release(
          trial: claim.trial, token: claim.lease.token,
          checkpoint: Checkpoint(step: step, path: "c\(step)"), work: work, at: TestRace.at(now))
      default:
        _ = try? store.report(TestRace.plannedReport(claim), samples: [], at: TestRace.at(now))
      }
      try RaceInvariants.check(store, at: TestRace.at(now))
    }
    _ = try finish(store, workers: 2, from: now + 100)
    try require(rows(try store.table()) == rows(try calm.table()), "seed \(seed): other rows")
    try require(try store.firstBreak() == nil, "the chains are whole")
  }

  /// Rows may have reserved seeds; nothing is chosen among them, and none can be verified.
  public static func rowsAreNeverChosen(_ store: any RaceStore) throws {
    try TestRace.begin(store, TestRace.settings(plan: .rows))
    let steps = try finish(store, workers: 2)
    try require(steps.sorted() == [30, 100, 100, 100], "each row has its own steps: \(steps)")
    let trials = try store.trials(limit: .max, offset: 0)
    try require(Set(trials.map(\.seed)) == [7, 42, 43, 44], "and its own seeds")
    try require(trials.allSatisfy { $0.origin == .reproduction }, "marked as reproductions")
    try require(try store.best() == nil, "nothing is the best of a reproduction")
    try require(try store.leaderboard(limit: 9, offset: 0).isEmpty, "nor on the leaderboard")
    do {
      _ = try store.nominate(
        trial: 1, steps: 100, seeds: SelectionSeeds.verification, at: TestRace.at(9_999))
      throw ContractViolation("a reproduction was put forward for verification")
    } catch let error as RaceError {
      try require(error.code == .invalid, "refused as \(error.code)")
    }
    let table = try store.table()
    try require(table.lines[0].cell.published == .double(1.5), "the published figure is there")
    try require(table.lines[0].statistics.deviation != nil, "three seeds have a spread")
    try require(table.lines[1].statistics.interval == nil, "one seed has no interval")
  }

  /// A plan takes no other trials, and a race without a plan has no table.
  public static func plansAreClosed(_ store: any RaceStore) throws {
    try TestRace.begin(store, TestRace.settings())
    try refused { _ = try store.table() }
    try TestRace.begin(store, TestRace.settings(plan: .grid))
    try refused {
      _ = try store.enqueue(
        Configuration(["lever": .string("good")]), seed: nil, allowDuplicate: true,
        at: TestRace.at(1))
    }
  }

  /// A budget of trials or steps is exact, and a larger one goes on where the plan was.
  public static func budgetsCutPlansShort(_ store: any RaceStore) throws {
    try TestRace.begin(store, TestRace.settings(plan: .grid, budget: Budget(steps: 250)))
    try require(try finish(store, workers: 2, expecting: .stepBudget).count == 2, "2 trials fit")
    try store.change(budget: Budget(trials: 3), at: TestRace.at(5_000))
    try require(
      try finish(store, workers: 2, from: 5_000, expecting: .trialBudget).count == 1, "3 in all")
    try store.change(budget: .unlimited, at: TestRace.at(9_000))
    _ = try finish(store, workers: 2, from: 9_000)
    try require(try store.table().isComplete, "the plan is done")
  }

  // MARK: Parts

  private static func refused(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as RaceError {
      return try require(error.code == .invalid, "refused as \(error.code)")
    }
    throw ContractViolation("nothing was refused")
  }

  /// What must not depend on who ran a trial and when.
  private static func rows(_ table: ExperimentTable) -> [ExperimentTable.Line] {
    table.lines.map { line in
      var line = line
      line.scores = line.scores.map { score in
        var score = score
        score.trial = 0
        return score
      }
      // Steps that were done twice took time twice.
      line.processorSeconds = 0
      line.lever?.equalSteps.timeRatio = nil
      line.lever?.equalTime.timeRatio = nil
      return line
    }
  }

  /// Works a planned race off to its end.
  ///
  /// - Returns: The steps of each trial that was started.
  @discardableResult
  private static func finish(
    _ store: any RaceStore, workers: Int, from start: Double = 0,
    expecting reason: FinishReason = .planDone
  ) throws -> [Int] {
    var busy: [Claim] = []
    var started: [Int] = []
    var now = start
    for _ in 0..<500 {
      now += 1
      var answer = ClaimAnswer.wait(.othersRunning)
      if busy.count < workers {
        answer = try store.claim(worker: "w\(busy.count)", at: TestRace.at(now))
      }
      switch answer {
      case .work(let claim):
        if claim.source == .planned { started.append(claim.targetStep) }
        try require(claim.scheduleSteps == claim.targetStep, "a schedule as long as its steps")
        busy.append(claim)
      case .wait, .finished:
        if busy.isEmpty {
          try require(answer == .finished(reason), "ended with \(answer)")
          return started
        }
        let report = TestRace.plannedReport(busy.removeFirst())
        let result = try store.report(report, samples: [], at: TestRace.at(now))
        try require(result.decision != .pause && result.decision != .stopCut, "no early stop")
      }
      try RaceInvariants.check(store, at: TestRace.at(now))
    }
    throw ContractViolation("a plan that does not end")
  }
}
