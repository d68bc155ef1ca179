import Synchronization

/// A race in memory: for tests, simulations, and as the model that other stores are compared with.
public final class InMemoryRaceStore: TransactionalRaceStore {
  private let machines = Mutex<[RaceMachine<MemoryRecords>]>([])

  public init() {}

  public func write<T>(
    _ expected: ExpectedLookups, _ body: (inout RaceMachine<MemoryRecords>) throws -> T
  ) throws -> T {
    try machines.withLock { machines in
      guard !machines.isEmpty else { throw RaceError.noRace }
      return try body(&machines[machines.count - 1])
    }
  }

  public func read<T>(_ body: (MemoryRecords) throws -> T) throws -> T {
    guard let records = machines.withLock({ $0.last?.records }) else { throw RaceError.noRace }
    return try body(records)
  }

  public func createRace(_ settings: RaceSettings, at now: Instant) throws -> Int {
    try settings.validate()
    return try machines.withLock { machines in
      let race = RaceRecord(id: machines.count + 1, settings: settings, created: now)
      var machine = RaceMachine(records: MemoryRecords(race))
      try machine.begin(at: now)
      machines.append(machine)
      return race.id
    }
  }

  public func activeRace() -> RaceRecord? { machines.withLock { $0.last?.records.race() } }
}
