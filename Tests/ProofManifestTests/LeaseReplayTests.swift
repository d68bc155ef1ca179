import Determinism
import Race
import RaceStoreConformance
import Testing

/// Unruly races, each of whose leases and counts the proven transition system gives again.
@Suite struct LeaseReplayTests {
  /// 400 races, also with budgets, and tokens of every age.
  @Test func racesKeepTheProvenLeases() throws {
    var replay = Replay()
    var (refused, granted, higher) = (0, 0, 0)
    for seed in 0..<400 {
      var random = SplitMix64(seed: UInt64(seed))
      let budget = Budget(
        trials: seed.isMultiple(of: 3) ? 20 : nil, steps: seed.isMultiple(of: 4) ? 900 : nil)
      let settings = try TestRace.settings(budget: budget).varied(by: seed)
      let store = InMemoryRaceStore()
      try TestRace.begin(store, settings)
      let ladder = settings.ladder
      replay.ask(
        "lease new \(Int(settings.leaseSeconds * 1e6)) \(limit(budget.trials)) "
          + "\(limit(budget.steps)) "
          + (0..<ladder.count).map { "\(ladder.steps($0))" }.joined(separator: " "), "a new race"
      ) { answer, _ in answer == ["ok"] }
      var script = RaceScript(seed: UInt64(seed) + 1_000)
      var (seen, tokens, ended) = (0, [Int: Int](), Set<Int>())
      for _ in 0..<220 {
        try script.learn(try RaceScript.apply(script.next().operation, to: store))
        let events = try store.events(after: seen, limit: .max)
        seen = events.last?.ordinal ?? seen
        var lines: [(text: String, trial: Int)] = []
        for event in events {
          let first = event.trial > 0 ? try store.trial(event.trial).firstRung : 0
          higher += first > 0 && event.kind == .proposed ? 1 : 0
          if let line = follow(event, first, &tokens, &ended) { lines.append((line, event.trial)) }
        }
        for line in lines.dropLast() {
          replay.ask(line.text, "it was done") { answer, _ in answer.first == "ok" }
        }
        if let line = lines.last, let race = store.activeRace() {
          let trial = try store.trial(line.trial)
          let results = try store.summary(at: script.time).reported.reduce(0, +)
          let counts: [Substring] = [
            "\(trial.stepsCharged)", "\(race.lastToken)", "\(race.trialsStarted)",
            "\(race.stepsUsed)", "\(race.stepsReserved)", "\(results)",
          ]
          let phase = phase(of: trial)
          replay.ask(line.text, "\(phase) … \(counts)") { answer, _ in
            answer.first == "ok" && answer.dropFirst().starts(with: phase)
              && answer.suffix(6) == counts[...]
          }
        }
        // A token of any age: both know, or both refuse.
        guard let race = store.activeRace(), race.trialCount > 0, race.lastToken > 0 else {
          continue
        }
        let trial = 1 + random.index(below: race.trialCount)
        let token =
          random.index(below: 3) == 0
          ? tokens[trial] ?? 1 : 1 + random.index(below: race.lastToken)
        var isHeld = true
        do {
          _ = try store.heartbeat(trial: trial, token: token, samples: [], at: script.time)
        } catch let error as RaceError where error.code == .leaseLost {
          isHeld = false
        }
        refused += isHeld ? 0 : 1
        granted += isHeld ? 1 : 0
        let expected: Substring = isHeld ? "ok" : "refused"
        replay.ask(
          "lease heartbeat \(trial) \(token) \(script.time.microseconds)", "\(expected)"
        ) { answer, _ in answer.first == expected }
      }
    }
    #expect(replay.count > 100_000 && refused > 10_000 && granted > 3_000 && higher > 500)
    let disagreements = try replay.disagreements()
    #expect(disagreements.isEmpty, "\(disagreements.count): \(disagreements.prefix(5))")
  }

  private func limit(_ value: Int?) -> String { value.map(String.init) ?? "-" }

  /// The request that an event stands for.
  private func follow(
    _ event: RaceEvent, _ first: Int, _ tokens: inout [Int: Int], _ ended: inout Set<Int>
  ) -> String? {
    let trial = event.trial
    let token = tokens[trial] ?? 0
    switch event.kind {
    case .proposed, .enqueued: return "lease add \(trial) \(first)"
    case .claimed:
      tokens[trial] = event.int("token")
      let worker = event.text("worker")?.dropFirst() ?? ""
      return "lease claim \(trial) \(worker) \(event.time.microseconds) \(event.int("rung") ?? -1)"
    case .checkpointed:
      return
        "lease checkpoint \(trial) \(token) \(event.int("step") ?? -1) \(event.time.microseconds)"
    case .reported:
      let isPaused = event.text("decision") == "pause"
      if !isPaused { ended.insert(trial) }
      return "lease report \(trial) \(token) \(event.int("rung") ?? -1) "
        + "\(event.int("step") ?? -1) \(isPaused ? 0 : 1)"
    case .released: return "lease release \(trial) \(token) \(event.int("checkpoint_step") ?? 0)"
    case .failed: return "lease fail \(trial) \(token)"
    case .expired: return "lease reclaim \(trial)"
    case .gaveUp:
      ended.insert(trial)
      return "lease give-up \(trial)"
    case .stopped where trial > 0 && !ended.contains(trial):
      ended.insert(trial)
      return "lease stop \(trial)"
    default: return nil
    }
  }

  private func phase(of trial: Trial) -> [Substring] {
    switch trial.status {
    case .pending: ["waiting", "\(trial.targetRung ?? -1)"]
    case .running:
      ["held", trial.lease?.owner.dropFirst() ?? "", "\(trial.lease?.token ?? 0)"]
    case .suspended: ["parked", "\(trial.targetRung ?? -1)"]
    case .paused: ["resting", "\(trial.rung ?? -1)"]
    case .completed, .stopped, .failed, .winner: ["ended"]
    }
  }
}
