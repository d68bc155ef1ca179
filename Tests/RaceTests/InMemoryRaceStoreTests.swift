import Race
import RaceStoreConformance
import Testing

@Suite struct InMemoryRaceStoreTests {
  let store = InMemoryRaceStore()

  @Test func emptyStoreHasNoRace() throws { try StoreContract.emptyStoreHasNoRace(store) }
  @Test func reportsAreIdempotentAndFenced() throws {
    try StoreContract.reportsAreIdempotentAndFenced(store)
  }
  @Test func reportsAndClaimsAreOne() throws { try StoreContract.reportsAndClaimsAreOne(store) }
  @Test func claimsComeInOrder() throws { try StoreContract.claimsComeInOrder(store) }
  @Test func failuresEnd() throws { try StoreContract.failuresEnd(store) }
  @Test func enqueueIsChecked() throws { try StoreContract.enqueueIsChecked(store) }
  @Test func activeTimeSurvivesSessions() throws {
    try StoreContract.activeTimeSurvivesSessions(store)
  }
  @Test func verificationIsOnRecord() throws { try StoreContract.verificationIsOnRecord(store) }

  @Test func ablationsAreDecidedOnRecord() throws {
    try StoreContract.ablationsAreDecidedOnRecord(store)
  }
  @Test func rowsAreNeverChosen() throws { try StoreContract.rowsAreNeverChosen(store) }
  @Test func plansAreClosed() throws { try StoreContract.plansAreClosed(store) }
  @Test func budgetsCutPlansShort() throws { try StoreContract.budgetsCutPlansShort(store) }

  @Test(arguments: [Experiment.Kind.grid, .ablation, .rows], 1...8 as ClosedRange<UInt64>)
  func plansSurviveInterruptions(kind: Experiment.Kind, seed: UInt64) throws {
    try StoreContract.plansSurviveInterruptions(store, kind, seed: seed)
  }

  @Test(arguments: [Experiment.Kind.grid, .ablation, .rows])
  func invariantsOfPlansHold(kind: Experiment.Kind) throws {
    for budget in [Budget.unlimited, Budget(trials: 5, steps: 700)] {
      try StoreContract.invariantsHold(
        store, seed: 5, operations: 200, budget: budget, plan: kind)
    }
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func invariantsHold(seed: UInt64) throws {
    let budgets = [
      Budget.unlimited, Budget(trials: 12), Budget(steps: 900), Budget(trials: 9, steps: 700),
    ]
    try StoreContract.invariantsHold(
      store, seed: seed, operations: 400, budget: budgets[Int(seed % 4)])
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func everyTrialEndsOrIsPausedOnceWorkersBehave(seed: UInt64) throws {
    try TestRace.begin(store, TestRace.settings(budget: Budget(trials: 15)))
    var script = RaceScript(seed: seed)
    for _ in 0..<200 {
      try script.learn(try RaceScript.apply(script.next().operation, to: store))
    }
    var now = script.time.advanced(bySeconds: 100)
    try store.reclaim(.all, at: now)
    try store.resume(at: now)
    var finished = false
    for _ in 0..<500 {
      now = now.advanced(bySeconds: 1)
      switch try store.claim(worker: "w0", at: now) {
      case .work(let claim):
        let report = TestRace.report(claim, bpb: VirtualRace.score(claim))
        _ = try store.report(report, samples: [], at: now)
      case .wait: Issue.record("nobody else works")
      case .finished(let reason):
        #expect(reason == .trialBudget)
        finished = true
      }
      if finished { break }
    }
    #expect(finished)
    let counts = try store.summary(at: now).trials
    #expect(counts[.running] == nil && counts[.suspended] == nil)
    #expect(try store.best()?.trial.rung == 3)
  }
}
