import Benchmarks
import Foundation
import Race
import Testing

@Suite struct StoreBenchmarkTests {
  /// A finished race of synthetic trials in memory, and what its worker wrote.
  private func finished(trials: Int) throws -> (InMemoryRaceStore, SyntheticWorkLog) {
    let store = InMemoryRaceStore()
    var settings = try SyntheticRace.settings(seed: 3, rungs: 3, binaryHash: "")
    settings.budget = Budget(trials: trials)
    _ = try store.createRace(settings, at: Instant(seconds: 0))
    try store.register(
      WorkerRecord(
        id: "w0", machine: "m", process: 1, binaryHash: "", kernelVariant: "portable",
        started: Instant(seconds: 0), agentID: "a", branch: "main"))
    var text = ""
    let lost = try SyntheticWorker(
      store: store, id: "w0", heartbeats: 1, most: nil, clock: { Instant(seconds: 1) },
      isEnding: { false }, pause: { _ in }, write: { text += $0.text + "\n" }
    ).run(since: MonotonicTime.microseconds)
    #expect(lost == 0)
    return (store, SyntheticWorkLog(text))
  }

  @Test func aRaceWithoutTrainingIsARace() throws {
    let (store, log) = try finished(trials: 120)
    let summary = try store.summary(at: Instant(seconds: 2))
    #expect(SyntheticRace.isOne(summary.race) && summary.race.trialsStarted == 120)
    #expect(summary.reported[0] == 120 && summary.reported[1] > 20 && summary.reported[2] > 5)
    #expect(log.rungs.count == summary.reported.reduce(0, +) && log.claimed != nil)
    #expect(log.heartbeats.count == log.rungs.count)
    #expect(summary.trials[.completed, default: 0] > 5)
    let audit = try StoreAudit(store, acknowledged: log.rungs, at: Instant(seconds: 2), page: 7)
    #expect(audit.problems == [])
    #expect(audit.trials == 120 && audit.events == summary.race.events.count)
    #expect(audit.results == log.rungs.count && audit.acknowledged == log.rungs.count)
  }

  @Test func whatIsLostOrDoubledIsFound() throws {
    let (store, log) = try finished(trials: 20)
    func problems(_ rungs: [SyntheticWorkLog.Rung]) throws -> [String] {
      try StoreAudit(store, acknowledged: rungs, at: Instant(seconds: 2)).problems
    }
    #expect(try problems([]) == [])
    var other = log.rungs[4]
    other.token += 1_000
    #expect(try problems(log.rungs + [other]).contains { $0.contains("is not there") })
    other = log.rungs[4]
    other.trial = 21
    #expect(try problems([other]) == ["trial 21 at rung 0 was acknowledged and is not there"])
    #expect(try problems([log.rungs[4], log.rungs[4]]).contains { $0.contains("twice") })
    // A lease that nobody gives back.
    try store.change(budget: Budget(trials: 21), at: Instant(seconds: 3))
    guard case .work = try store.claim(worker: "w0", at: Instant(seconds: 3)) else {
      Issue.record("there is no work")
      return
    }
    #expect(try problems([]).contains("1 trials are leased, and nobody works"))
  }

  @Test func scoresDependOnNothingElse() throws {
    let configuration = try Configuration(
      parsing: #"{"dropout":0.1,"layers":4,"lr":0.004,"optimizer":"muon","width":128}"#)
    let scores = [1_000, 3_000, 9_000].map {
      SyntheticRace.score(configuration, seed: 1_234, step: $0)
    }
    #expect(scores == scores.sorted(by: >) && scores.allSatisfy { $0 > 1.5 && $0 < 3.5 })
    let again = SyntheticRace.score(configuration, seed: 1_234, step: 3_000)
    #expect(again == scores[1])
    let rest = try JSONValue(parsing: #"{"dropout":0.1,"layers":4,"lr":0.05,"width":128}"#)
    let hot = try Configuration(parsing: rest.canonical)
    let diverged = (1_000..<2_000).filter {
      SyntheticRace.score(hot, seed: $0, step: 1_000).isNaN
    }
    #expect((50..<140).contains(diverged.count), "\(diverged.count) of 1,000")
  }

  @Test func aLogThatWasCutOffIsReadUpToThere() {
    let whole = "connected 5\nregistered 6\nclaimed 7 3\nrung 1 0 1 100 40\nheartbeat 9\n"
    let cut = SyntheticWorkLog(whole + "rung 2 0 2 20")
    #expect(cut == SyntheticWorkLog(whole) && cut.rungs.count == 1 && cut.totals == nil)
    #expect(cut.connected == 5 && cut.registered == 6 && cut.claimed == 7)
    #expect(cut.claimedProcessor == 3)
    #expect(SyntheticWorkLog(whole + "totals 1 2 3 4 5 6\n").totals?.lostLeases == 6)
    #expect(SyntheticWorkLog("rung 1 x 3 4 5\n\n what\n") == SyntheticWorkLog())
  }

  @Test func latenciesAreGroupedByTheSizeOfTheRace() {
    let rungs = (1...1_500).map {
      SyntheticWorkLog.Rung(trial: $0, rung: 0, token: $0, ended: $0, microseconds: 1_000 + $0)
    }
    let parts = StoreLatency.byPosition(rungs.reversed(), before: 0)
    #expect(parts.map(\.from) == [1, 101, 1_001, 1_401])
    #expect(parts.map(\.to) == [100, 1_000, 1_500, 1_500])
    #expect(parts.map(\.count) == [100, 900, 500, 100])
    #expect(parts[0].p50_ms == 1.05 && parts[0].p99_ms == 1.099)
    // A trial that is promoted late stands where the race is by then.
    let late = SyntheticWorkLog.Rung(
      trial: 3, rung: 1, token: 9_999, ended: 9_999, microseconds: 50)
    #expect(StoreLatency.byPosition(rungs + [late], before: 0).last?.count == 101)
    #expect(StoreLatency.byPosition(rungs, before: 1_000).map(\.from) == [1_001, 1_101, 1_401])
    #expect(StoreLatency.byPosition([], before: 0) == [])
  }
}
