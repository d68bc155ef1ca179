import Determinism
import GRDB
import Race
import RaceSQLite
import RaceStoreConformance
import Testing

/// Ranks by counted leaves, beside the model that keeps results in order.
@Suite struct RankTests {
  let temporary: TemporaryStore

  init() throws { temporary = try TemporaryStore() }

  private func execute(_ sql: String) throws {
    try DatabaseQueue(path: temporary.path).write { try $0.execute(sql: sql) }
  }

  private func leaves() throws -> [Int] {
    try DatabaseQueue(path: temporary.path).read {
      try Int.fetchAll($0, sql: "SELECT results FROM igla_race_leaves ORDER BY score, trial")
    }
  }

  /// Works on all stores at once, and expects the same answers.
  private func work(
    _ stores: [any RaceStore], _ reports: Range<Int>, _ luck: inout SplitMix64
  ) throws {
    for i in reports {
      let now = TestRace.at(Double(i))
      let score = i % 17 == 0 ? .nan : i % 5 == 0 ? 2 : 1 + luck.unit()
      var ranks: [[Int]] = []
      for store in stores {
        guard case .work(let claim) = try store.claim(worker: "w0", at: now) else {
          Issue.record("no work")
          return
        }
        let result = try store.report(TestRace.report(claim, bpb: score), samples: [], at: now)
        ranks.append([claim.trial, result.rank, result.reported])
      }
      #expect(Set(ranks).count == 1, "report \(i): \(ranks)")
    }
  }

  /// Equal scores, diverged trials, leaves that are cut, and a file of before they were counted.
  @Test func ranksAreThoseOfTheModel() throws {
    let model = InMemoryRaceStore()
    let settings = try TestRace.settings(rungs: 1)
    try TestRace.begin(model, settings)
    var luck = SplitMix64(seed: 21)
    do {
      let store = try temporary.open()
      try TestRace.begin(store, settings)
      try work([model, store], 0..<400, &luck)
    }
    let counted = try leaves()
    #expect(counted.reduce(0, +) == 400 && counted.count > 1 && counted.allSatisfy { $0 <= 256 })
    try execute(
      """
      DROP TABLE igla_race_leaves; DROP TABLE igla_race_places;
      DELETE FROM igla_migrations WHERE number = 3;
      """)
    let store = try temporary.open()
    #expect(try leaves() == [128, 128, 128, 16])
    try work([model, store], 400..<620, &luck)
    #expect(try leaves().reduce(0, +) == 620)
    #expect(store.statements > 220 * 10)
  }

  /// The chains of a race that goes on are checked to where it was; the last events alone on request.
  @Test func aBreakIsFoundWhereItIsLookedFor() throws {
    let store = try temporary.open()
    try TestRace.begin(store, TestRace.settings())
    var luck = SplitMix64(seed: 4)
    try work([store], 0..<30, &luck)
    let count = try #require(try store.activeRace()).events.count
    #expect(try store.firstBreak() == nil && store.firstBreak(recent: 5) == nil)
    try execute("DROP TRIGGER igla_race_events_stay")
    try execute("UPDATE igla_race_events SET detail = '{}' WHERE ordinal = 9")
    #expect(try store.firstBreak() == "events: entry 9 was changed after it was written")
    #expect(try store.firstBreak(recent: count - 9) == nil)
    #expect(try store.firstBreak(recent: count - 8)?.contains("entry 9") == true)
    #expect(try store.firstBreak(recent: 10 * count)?.contains("entry 9") == true)
  }
}
