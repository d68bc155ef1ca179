import Race
import RaceStoreConformance
import Synchronization
import Testing

/// A store whose tables are at fault, in transactions as databases have them.
private final class FaultyStore: TransactionalRaceStore {
  private let machine: Mutex<RaceMachine<FaultyRecords>>

  init(_ settings: RaceSettings) throws {
    let race = RaceRecord(id: 1, settings: settings, created: TestRace.start)
    var machine = RaceMachine(records: FaultyRecords(MemoryRecords(race)))
    try machine.begin(at: TestRace.start)
    self.machine = Mutex(machine)
  }

  var fault: FaultyRecords.Fault {
    get { machine.withLock { $0.records.fault } }
    set { machine.withLock { $0 = RaceMachine(records: $0.records.with(newValue)) } }
  }

  func write<T>(
    _ expected: ExpectedLookups, _ body: (inout RaceMachine<FaultyRecords>) throws -> T
  ) throws -> T {
    try machine.withLock { machine in
      // Undone when it throws.
      var copy = machine
      let answer = try body(&copy)
      machine = copy
      return answer
    }
  }

  func read<T>(_ body: (FaultyRecords) throws -> T) throws -> T {
    try body(machine.withLock { $0.records })
  }

  func createRace(_ settings: RaceSettings, at now: Instant) throws -> Int { 1 }
  func activeRace() throws -> RaceRecord? { try read { try $0.race() } }
}

/// Every decision that the checker forbids, provoked through faulty tables.
@Suite struct ViolationTests {
  private func store(workers: Int = 2) throws -> FaultyStore {
    let store = try FaultyStore(try TestRace.settings(budget: Budget(trials: 40, steps: 4_000)))
    for i in 0..<workers { try store.register(TestRace.worker("w\(i)")) }
    return store
  }

  private func work(_ store: FaultyStore) throws -> Claim {
    guard case .work(let claim) = try store.claim(worker: "w0", at: TestRace.at(1)) else {
      throw RaceError.noRace
    }
    return claim
  }

  /// Expects that an operation is refused, and that every table is as it was.
  private func expectViolation(
    _ invariant: String, _ store: FaultyStore, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
  ) throws {
    let before = try (
      store.activeRace(), store.events(after: 0, limit: .max),
      store.trials(limit: .max, offset: 0), store.workers()
    )
    let error = #expect(
      throws: RaceError.self, sourceLocation: sourceLocation, performing: body)
    #expect(error?.code == .violation, sourceLocation: sourceLocation)
    #expect(error?.code.exitCode == 65, sourceLocation: sourceLocation)
    #expect(
      error?.message.contains(invariant) == true, "\(error?.message ?? "")",
      sourceLocation: sourceLocation)
    let after = try (
      store.activeRace(), store.events(after: 0, limit: .max),
      store.trials(limit: .max, offset: 0), store.workers()
    )
    #expect(before.0 == after.0 && before.1 == after.1, sourceLocation: sourceLocation)
    #expect(before.2 == after.2 && before.3 == after.3, sourceLocation: sourceLocation)
    #expect(try store.firstBreak() == nil, sourceLocation: sourceLocation)
  }

  @Test func aFalseRankStopsTheRaceAndLeavesTheStore() throws {
    let store = try store()
    for score in [2.0, 2.1, 2.2] {
      _ = try store.report(
        TestRace.report(try work(store), bpb: score), samples: [], at: TestRace.at(1))
    }
    // The rule compares with ⌊n/η⌋ alone, and lets rank 0 pass; the check does not.
    store.fault = .ranksTooLow
    try expectViolation("INV-2", store) { _ = try work(store) }
    store.fault = .none
    #expect(try work(store).source == .promoted)
  }

  @Test func aReportOfAFalseRankIsNotWritten() throws {
    let store = try store()
    let claim = try work(store)
    store.fault = .ranksTooLow
    try expectViolation("INV-2", store) {
      _ = try store.report(TestRace.report(claim, bpb: 2), samples: [], at: TestRace.at(1))
    }
  }

  @Test func aLeaseOnAHeldTrialIsNotGiven() throws {
    let store = try store()
    for score in [2.0, 2.1, 2.2] {
      _ = try store.report(
        TestRace.report(try work(store), bpb: score), samples: [], at: TestRace.at(1))
    }
    store.fault = .pausedAreLeased
    try expectViolation("INV-11", store) { _ = try work(store) }
  }

  @Test func aReportThatIsSoundPassesTheSameTables() throws {
    let store = try store()
    var script = RaceScript(seed: 3)
    for _ in 0..<300 {
      let outcome = try RaceScript.apply(script.next().operation, to: store)
      #expect(outcome != .failed(.violation))
      try script.learn(outcome)
    }
  }
}
