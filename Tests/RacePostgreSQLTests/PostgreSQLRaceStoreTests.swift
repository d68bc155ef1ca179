import Race
import RacePostgreSQL
import RaceStoreConformance
import PostgreSQLTestServer
import Testing

@Suite struct PostgreSQLRaceStoreTests {
  let database: TemporaryDatabase
  let store: PostgreSQLRaceStore

  init() throws {
    database = try TemporaryDatabase()
    store = try database.open()
  }

  @Test func emptyStoreHasNoRace() async throws {
    try await offThread { try StoreContract.emptyStoreHasNoRace(store) }
  }
  @Test func reportsAreIdempotentAndFenced() async throws {
    try await offThread {
      try StoreContract.reportsAreIdempotentAndFenced(store)
    }
  }
  @Test func reportsAndClaimsAreOne() async throws {
    try await offThread { try StoreContract.reportsAndClaimsAreOne(store) }
  }
  @Test func claimsComeInOrder() async throws {
    try await offThread { try StoreContract.claimsComeInOrder(store) }
  }
  @Test func failuresEnd() async throws {
    try await offThread { try StoreContract.failuresEnd(store) }
  }
  @Test func enqueueIsChecked() async throws {
    try await offThread { try StoreContract.enqueueIsChecked(store) }
  }
  @Test func activeTimeSurvivesSessions() async throws {
    try await offThread {
      try StoreContract.activeTimeSurvivesSessions(store)
    }
  }
  @Test func verificationIsOnRecord() async throws {
    try await offThread { try StoreContract.verificationIsOnRecord(store) }
  }

  @Test func ablationsAreDecidedOnRecord() async throws {
    try await offThread {
      try StoreContract.ablationsAreDecidedOnRecord(store)
    }
  }
  @Test func rowsAreNeverChosen() async throws {
    try await offThread { try StoreContract.rowsAreNeverChosen(store) }
  }
  @Test func plansAreClosed() async throws {
    try await offThread { try StoreContract.plansAreClosed(store) }
  }
  @Test func budgetsCutPlansShort() async throws {
    try await offThread { try StoreContract.budgetsCutPlansShort(store) }
  }

  @Test(arguments: [Experiment.Kind.grid, .ablation, .rows], 1...2 as ClosedRange<UInt64>)
  func plansSurviveInterruptions(kind: Experiment.Kind, seed: UInt64) async throws {
    try await offThread {
      try StoreContract.plansSurviveInterruptions(store, kind, seed: seed)
    }
  }

  @Test(arguments: [Experiment.Kind.grid, .ablation, .rows])
  func invariantsOfPlansHold(kind: Experiment.Kind) async throws {
    try await offThread {
      for budget in [Budget.unlimited, Budget(trials: 5, steps: 700)] {
        try StoreContract.invariantsHold(
          store, seed: 5, operations: 200, budget: budget, plan: kind)
      }
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func invariantsHold(seed: UInt64) async throws {
    try await offThread {
      try StoreContract.invariantsHold(
        store, seed: seed, operations: 200, budget: Budget(trials: 12, steps: 2_000))
    }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func everyAnswerIsThatOfTheModel(seed: UInt64) async throws {
    try await offThread {
      let budgets = [Budget.unlimited, Budget(trials: 20), Budget(steps: 3_000)]
      let counts = try StoreComparison.run(
        InMemoryRaceStore(), store, seed: seed, operations: 400, budget: budgets[Int(seed % 3)])
      #expect(counts["claim", default: 0] > 100 && counts["report", default: 0] > 10, "\(counts)")
      #expect(counts["report leaseLost", default: 0] > 0, "\(counts)")
    }
  }

  @Test(arguments: [Experiment.Kind.grid, .ablation, .rows])
  func everyAnswerOfAPlanIsThatOfTheModel(kind: Experiment.Kind) async throws {
    try await offThread {
      let counts = try StoreComparison.run(
        InMemoryRaceStore(), store, seed: 9, operations: 300, budget: .unlimited, plan: kind)
      #expect(
        counts["claim", default: 0] > 50
          && counts["report", default: 0] + counts["report and claim", default: 0] > 3, "\(counts)")
    }
  }

  @Test func aStoreIsReadAgainAsItWasLeft() async throws {
    try await offThread {
      try TestRace.begin(store, TestRace.settings())
      _ = try store.claim(worker: "w0", at: TestRace.at(0))
      let other = try database.open(create: false)
      #expect(try other.activeRace() == store.activeRace())
      #expect(try other.trial(1) == store.trial(1))
      #expect(try other.firstBreak() == nil)
    }
  }

  @Test func aNewRaceBecomesTheActiveOne() async throws {
    try await offThread {
      try TestRace.begin(store, TestRace.settings())
      _ = try store.claim(worker: "w0", at: TestRace.at(0))
      try TestRace.begin(store, TestRace.settings())
      #expect(try store.activeRace()?.id == 2)
      #expect(try store.activeRace()?.trialCount == 0)
    }
  }
}
