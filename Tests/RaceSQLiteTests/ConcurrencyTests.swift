import Dispatch
import Race
import RaceSQLite
import RaceStoreConformance
import Synchronization
import Testing

@Suite struct ConcurrencyTests {
  /// Works a race off on its own connection until it is finished, on its own thread.
  private static func work(_ path: String, worker: String) throws -> [Int] {
    let store = try SQLiteRaceStore(path: path)
    try store.register(TestRace.worker(worker))
    var tokens: [Int] = []
    while true {
      switch try store.claim(worker: worker, at: TestRace.at(1)) {
      case .work(let claim):
        tokens.append(claim.lease.token)
        let score = 2 + Double(claim.trial % 17) / 10
        _ = try store.report(
          TestRace.report(claim, bpb: score), samples: [], at: TestRace.at(1))
      case .wait: continue
      case .finished: return tokens
      }
    }
  }

  @Test func eightConnectionsLoseAndDoubleNothing() throws {
    let temporary = try TemporaryStore()
    let path = temporary.path
    let outcome = Mutex<(tokens: [Int], failures: [String])>(([], []))
    let store = try temporary.open()
    var settings = try TestRace.settings(budget: Budget(trials: 200))
    settings.cut = SafetyCut(bitsPerByte: 8, afterSteps: 0)
    try TestRace.begin(store, settings)
    DispatchQueue.concurrentPerform(iterations: 8) { i in
      do {
        let tokens = try ConcurrencyTests.work(path, worker: "t\(i)")
        outcome.withLock { $0.tokens += tokens }
      } catch {
        outcome.withLock { $0.failures.append("\(error)") }
      }
    }
    let (tokens, failures) = outcome.withLock { $0 }
    #expect(failures.isEmpty, "\(failures)")
    let summary = try store.summary(at: TestRace.at(2))
    #expect(Set(tokens).count == tokens.count, "no claim was given twice")
    #expect(tokens.max() == tokens.count, "no claim was lost")
    #expect(summary.race.trialsStarted == 200 && summary.reported[0] == 200)
    #expect(summary.reported.reduce(0, +) == tokens.count, "each claim was reported once")
    #expect(summary.reported[1] >= 66 && summary.reported[3] >= 7)
    try RaceInvariants.check(store, at: TestRace.at(2))
    #expect(try store.firstBreak() == nil)
  }

  @Test func eightOpeningsAtOnceMakeOneSchema() throws {
    let temporary = try TemporaryStore()
    let path = temporary.path
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      do {
        _ = try SQLiteRaceStore(path: path).activeRace()
      } catch {
        failures.withLock { $0.append("\(error)") }
      }
    }
    #expect(failures.withLock { $0 }.isEmpty)
  }
}
