import Determinism
import Race
import RaceStoreConformance

/// Runs a race in virtual time: workers, steps that take time, no clock and no training.
struct VirtualRace {
  let store = InMemoryRaceStore()
  /// Seconds that a step of a trial takes.
  var secondsPerStep: (Int) -> Double
  /// Seconds that the evaluation at a rung takes.
  var secondsPerEvaluation = 0.0
  private(set) var started = 0
  /// When the last report came, in seconds.
  private(set) var lastReport = 0.0
  /// Steps that were begun and not reported at the end.
  private(set) var unfinished = 0

  init(secondsPerStep: @escaping (Int) -> Double) {
    self.secondsPerStep = secondsPerStep
  }

  /// Returns the score of a trial: better with steps, and a little with luck.
  static func score(_ claim: Claim) -> Double {
    var luck = SplitMix64(seed: UInt64(claim.trial))
    return 1.6 + luck.unit() / 2 + 1 / (1 + Double(claim.targetStep) / 50)
  }

  /// Runs until the race is finished, or nothing can happen any more.
  mutating func run(_ settings: RaceSettings, workers: Int, limit: Double = 1e7) throws {
    try TestRace.begin(store, settings, workers: workers)
    let session = try store.beginSession(at: TestRace.start)
    var busy: [Int: (end: Double, claim: Claim)] = [:]
    var now = 0.0
    var beat = 5.0
    while now < limit {
      try store.tickSession(session, at: TestRace.at(now))
      for worker in 0..<workers where busy[worker] == nil {
        guard case .work(let claim) = try store.claim(worker: "w\(worker)", at: TestRace.at(now))
        else { continue }
        if claim.source == .proposed || claim.source == .enqueued { started += 1 }
        let steps = claim.targetStep - (claim.checkpoint?.step ?? 0)
        let seconds = Double(steps) * secondsPerStep(claim.trial) + secondsPerEvaluation
        busy[worker] = (now + seconds, claim)
      }
      guard let next = busy.min(by: { ($0.value.end, $0.key) < ($1.value.end, $1.key) }) else {
        break
      }
      // Leases are renewed, and sessions ticked, every five seconds.
      if next.value.end > beat {
        now = beat
        beat += 5
        for (_, work) in busy {
          let answer = try store.heartbeat(
            trial: work.claim.trial, token: work.claim.lease.token, samples: [],
            at: TestRace.at(now))
          if answer == .stop(.deadline) {
            unfinished = busy.count
            return
          }
        }
        continue
      }
      now = next.value.end
      busy[next.key] = nil
      let claim = next.value.claim
      var report = TestRace.report(claim, bpb: VirtualRace.score(claim))
      report.work.microseconds = Int64(
        Double(report.work.steps) * secondsPerStep(claim.trial) * 1e6)
      report.work.evaluations = 1
      report.work.evaluationMicroseconds = Int64(secondsPerEvaluation * 1e6)
      _ = try store.report(report, samples: [], at: TestRace.at(now))
      lastReport = now
    }
    unfinished = busy.count
  }
}
