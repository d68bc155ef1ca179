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
      try TestRace.begin(store, TestRace.settings())
      for i in 0..<6 {
        guard case .work(let claim) = try store.claim(worker: "w0", at: TestRace.at(Double(i)))
        else { return }
        if i == 5 {
          try store.checkpointed(
            trial: claim.trial, token: claim.lease.token,
            checkpoint: Checkpoint(step: 3, path: "three"), work: Work(), samples: [],
            at: TestRace.at(5.5))
          kill(getpid(), SIGKILL)
        }
        _ = try store.report(
          TestRace.report(claim, bpb: 2 + Double(i)), samples: [], at: TestRace.at(Double(i)))
      }
    }
    let store = try temporary.open(create: false)
    try RaceInvariants.check(store, at: TestRace.at(6))
    #expect(try store.firstBreak() == nil)
    #expect(try store.summary(at: TestRace.at(6)).reported.reduce(0, +) == 5)
    let lost = try store.reclaim(.worker("w0"), at: TestRace.at(6))
    guard case .work(let claim) = try store.claim(worker: "w1", at: TestRace.at(7)) else {
      Issue.record("no work")
      return
    }
    #expect(lost == [claim.trial])
    #expect(claim.source == .resumed && claim.checkpoint?.step == 3)
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
