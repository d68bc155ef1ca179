import Race
import RaceStoreConformance
import Testing

/// Unruly races, each of whose decisions the proven scheduler makes again.
@Suite struct SchedulerReplayTests {
  /// 520 races of 220 operations: claims, reports, crashes, replays, stops and enqueued trials.
  @Test func racesAreThoseOfTheProvenScheduler() throws {
    var replay = Replay()
    var (operations, promotions, cuts, ranks) = (0, 0, 0, 0)
    // Trials that begin above the lowest rung, and reports with steps that the cut does not count.
    var (higher, late) = (0, 0)
    for seed in 0..<520 {
      let store = InMemoryRaceStore()
      var settings = try TestRace.settings().varied(by: seed)
      settings.delayedPromotion = seed.isMultiple(of: 3)
      settings.cut = SafetyCut(afterSteps: seed.isMultiple(of: 2) ? 20 : 0)
      try TestRace.begin(store, settings)
      var script = RaceScript(seed: UInt64(seed))
      for _ in 0..<220 {
        try script.learn(try RaceScript.apply(script.next().operation, to: store))
        operations += 1
      }
      let ladder = settings.ladder
      replay.ask(
        "scheduler new \(ladder.eta) \(settings.delayedPromotion ? 1 : 0) \(ladder.top) "
          + "\(settings.cut.bitsPerByte.bitPattern) \(settings.cut.afterSteps)", "a new race"
      ) { answer, _ in answer == ["ok"] }
      var ended: Set<Int> = []
      for event in try store.events(after: 0, limit: .max) where event.trial > 0 {
        let trial = event.trial
        switch event.kind {
        case .claimed:
          guard let rung = event.int("rung") else { continue }
          switch event.text("source") {
          case "proposed", "enqueued":
            higher += rung > 0 ? 1 : 0
            // A fresh trial is started only where the rule has none to promote.
            replay.ask("scheduler start \(trial) \(rung)", "no promotion was open") {
              $0.starts(with: ["ok", "running"]) && ($1.count < 3 || $1.last == "-")
            }
          case "resumed":
            replay.ask("scheduler resume \(trial)", "it goes on") { answer, _ in
              answer.first == "ok"
            }
          default: break
          }
        case .promoted:
          promotions += 1
          replay.ask("scheduler promote \(trial)", "it was promoted") { answer, last in
            answer.first == "ok" && last.last == "\(trial)"
          }
        case .drained:
          replay.ask("scheduler drain \(trial) \(event.int("to_rung") ?? -1)", "it was drained") {
            answer, _ in answer.first == "ok"
          }
        case .reported:
          guard let rung = event.int("rung"), let step = event.int("step") else { continue }
          let counted = event.int("next_byte_steps") ?? -1
          late += counted < step ? 1 : 0
          let score = event.number("bpb").map { "\($0.bitPattern)" } ?? "nan"
          let status: [Substring] =
            switch event.text("decision") {
            case "pause": ["ok", "paused", "\(rung)"]
            case "complete": ["ok", "completed"]
            case "stop_cut": ["ok", "cut", "\(rung)"]
            default: ["ok", "diverged", "\(rung)"]
            }
          if status[1] != "paused" { ended.insert(trial) }
          if status[1] == "cut" { cuts += 1 }
          replay.ask("scheduler report \(trial) \(score) \(counted)", "\(status)") { answer, _ in
            answer.starts(with: status)
          }
          if let rank = event.int("rank"), let reported = event.int("reported") {
            ranks += 1
            replay.ask("scheduler rank \(trial) \(rung)", "rank \(rank) of \(reported)") {
              answer, _ in answer == ["\(rank)", "\(reported)"]
            }
          }
        case .expired, .released, .failed:
          replay.ask("scheduler lose \(trial)", "it was lost") { answer, _ in answer.first == "ok" }
        case .gaveUp:
          ended.insert(trial)
          replay.ask("scheduler give-up \(trial)", "it was given up") { answer, _ in
            answer.first == "ok"
          }
        case .stopped where !ended.contains(trial):
          ended.insert(trial)
          let isKnown = try store.events(trial: trial).contains {
            $0.kind == .claimed && $0.ordinal < event.ordinal
          }
          // The proven scheduler knows a trial from its first claim on.
          if isKnown {
            replay.ask("scheduler withdraw \(trial)", "it was withdrawn") { answer, _ in
              answer.first == "ok"
            }
          }
        default: break
        }
      }
    }
    #expect(operations > 100_000 && replay.count > 100_000)
    #expect(promotions > 1_000 && cuts > 500 && ranks > 10_000)
    #expect(higher > 500 && late > 500, "\(higher), \(late)")
    let disagreements = try replay.disagreements()
    #expect(disagreements.isEmpty, "\(disagreements.count): \(disagreements.prefix(5))")
  }
}
