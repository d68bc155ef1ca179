import Foundation
import GRDB
import Race
import RaceSQLite
import RaceStoreConformance
import Testing

/// What a process leaves behind that is killed with SIGKILL.
@Suite struct KillTests {
  @Test func aKilledWorkerLosesOnlyItsLease() async throws {
    let temporary = try TemporaryStore()
    let path = temporary.path
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let store = try SQLiteRaceStore(path: path)
      try KilledWorker.work(on: store) { kill(getpid(), SIGKILL) }
    }
    let store = try temporary.open(create: false)
    try KilledWorker.check(store)
  }

  @Test func aTransactionCutShortLeavesNoTrace() async throws {
    let temporary = try TemporaryStore()
    let path = temporary.path
    let before: RaceRecord?
    do {
      let store = try temporary.open()
      try TestRace.begin(store, TestRace.settings())
      _ = try store.claim(worker: "w0", at: TestRace.at(0))
      before = try store.activeRace()
    }
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let store = try SQLiteRaceStore(path: path)
      try store.write(ExpectedLookups(at: TestRace.at(1))) { machine in
        _ = try machine.claim(worker: "w1", at: TestRace.at(1))
        kill(getpid(), SIGKILL)
      }
    }
    let store = try temporary.open(create: false)
    #expect(try store.activeRace() == before)
    try RaceInvariants.check(store, at: TestRace.at(2))
    #expect(try store.firstBreak() == nil)
  }
}
