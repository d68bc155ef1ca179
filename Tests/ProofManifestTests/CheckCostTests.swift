import Invariants
import Testing

/// What the run-time check costs: `Records/2026-11-23-proof-checker` has figures.
@Suite struct CheckCostTests {
  /// A rung takes a promotion or a start, a lease and a report: three checks.
  ///
  /// The bar is 1 % of a worker's time; the shortest rungs of a race take a second. The bound here is
  /// a thousandth of that bar, which a busy machine keeps.
  @Test func aRungIsCheckedInMicroseconds() throws {
    let count = 100_000
    let clock = ContinuousClock()
    let time = try clock.measure {
      for i in 0..<count {
        try DecisionCheck.check(
          DecisionCheck.Promotion(
            eta: 3, isDelayed: i % 2 == 0, next: i / 9, rank: 1 + i / 3, reported: i + 3, from: 0,
            to: 1, top: 3, isDrained: false))
        try DecisionCheck.check(
          DecisionCheck.Grant(
            token: i + 1, lastToken: i, isHeld: false, newSteps: 1_000, allSteps: i,
            stepLimit: count, isNew: false, started: i, trialLimit: count))
        try DecisionCheck.check(
          DecisionCheck.Report(
            score: 2 + Double(i) * 1e-6, nextByteSteps: 1_000, cut: 3.5, cutAfter: 1_000, rung: 1,
            top: 3, rank: 1 + i / 2, reported: 1 + i, fate: .paused))
      }
    }
    let microseconds =
      Double(time.components.attoseconds) * 1e-12 / Double(count)
      + Double(time.components.seconds) * 1e6 / Double(count)
    print("the checks of a rung: \(microseconds) µs")
    #expect(microseconds < 10)
  }
}
