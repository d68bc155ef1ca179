import Foundation
import GRDB
import Race
import RaceSQLite
import RaceStoreConformance
import Testing

/// A decision that the proofs forbid, on a file that something else wrote to.
@Suite struct ViolationTests {
  @Test func aForbiddenDecisionLeavesTheFileAsItWas() throws {
    let temporary = try TemporaryStore()
    let store = try temporary.open()
    try TestRace.begin(store, TestRace.settings())
    guard case .work(let claim) = try store.claim(worker: "w0", at: TestRace.at(1)) else {
      Issue.record("no work")
      return
    }
    try store.release(
      trial: claim.trial, token: claim.lease.token, checkpoint: nil, work: Work(),
      at: TestRace.at(1))
    // The trial waits to go on, and a lease is written upon it from outside.
    try DatabaseQueue(path: temporary.path).writeWithoutTransaction {
      try $0.execute(
        sql: """
          PRAGMA ignore_check_constraints = ON;
          UPDATE igla_race_trials SET lease_owner = 'w1', lease_token = 1, lease_expiry = 9e15
          """)
    }
    func content() throws -> [String] {
      try DatabaseQueue(path: temporary.path).read { database in
        try String.fetchAll(
          database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        ).flatMap { name in
          try Row.fetchAll(database, sql: "SELECT * FROM \(name)").map { "\(name) \($0)" }.sorted()
        }
      }
    }
    let before = try content()
    let error = #expect(throws: RaceError.self) {
      try store.claim(worker: "w0", at: TestRace.at(2))
    }
    #expect(
      error?.code == .violation && error?.message.contains("INV-11") == true,
      "\(String(describing: error))")
    #expect(try content() == before && before.count > 10)
    #expect(try store.firstBreak() == nil)
  }
}
