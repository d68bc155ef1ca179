import Race
import Testing

@Suite struct VictoryGateTests {
  /// One-sided critical values as printed in tables of Student's t.
  @Test(arguments: [
    (1, 0.01, 31.8205), (2, 0.01, 6.9646), (3, 0.01, 4.5407), (4, 0.01, 3.7469),
    (5, 0.01, 3.3649), (9, 0.01, 2.8214), (10, 0.05, 1.8125), (29, 0.025, 2.0452),
    (2, 0.005, 9.9248), (3, 0.005, 5.8409), (120, 0.01, 2.3578), (30, 0.001, 3.3852),
  ])
  func quantilesAgreeWithTables(df: Int, alpha: Double, expected: Double) {
    let t = StudentT.upperQuantile(alpha, degreesOfFreedom: df)
    #expect(abs(t - expected) < 6e-5)
    #expect(abs(StudentT.upperTail(t, degreesOfFreedom: df) - alpha) < 1e-13)
    #expect(abs(StudentT.upperTail(-t, degreesOfFreedom: df) - (1 - alpha)) < 1e-13)
  }

  /// df = 4 has a closed form; small tails must keep their relative accuracy.
  @Test(arguments: [0.1, 1, 3.7469, 20, 1_000])
  func tailAgreesWithTheClosedForm(t: Double) {
    let s = t / (4 + t * t).squareRoot()
    let closed = 0.5 - 0.75 * (s - s * s * s / 3)
    let tail = StudentT.upperTail(t, degreesOfFreedom: 4)
    #expect(abs(tail - closed) < 1e-15 + 1e-9 * closed)
  }

  @Test func theMarginOfThreeSeedsIsThatOfTheTable() throws {
    func outcome(_ deviations: Double) throws -> VictoryVerdict.Outcome {
      let sd = 0.01
      let mean = 1.5 - deviations * sd
      return try VictoryGate.judge(
        scores: [mean - sd, mean, mean + sd], target: 1.5, candidate: 1
      ).outcome
    }
    // The first candidate is tested at 1/200: 9.9248 / √3 = 5.7301.
    #expect(try outcome(5.74) == .passed)
    #expect(try outcome(5.72) == .failed)
    let verdict = try VictoryGate.judge(
      scores: [1.448, 1.458, 1.468], target: 1.5, candidate: 1)
    #expect(verdict.uncorrectedPass && verdict.outcome == .failed)
  }

  @Test(arguments: 1...40)
  func theExactInequalityIsTheQuantile(k: Int) throws {
    let critical = StudentT.upperQuantile(1 / Double(100 * k * (k + 1)), degreesOfFreedom: 2)
    for (factor, expected) in [(1.0001, true), (0.9999, false)] {
      let sd = 0.001
      let mean = 1.5 - factor * critical * sd / 3.0.squareRoot()
      let verdict = try VictoryGate.judge(
        scores: [mean - sd, mean, mean + sd], target: 1.5, candidate: k)
      #expect(verdict.passed == expected)
    }
  }

  /// Margins that meet the inequality but for a hair, on either side.
  @Test func theEdgeIsDecidedWithoutRounding() throws {
    // 4·199·D² > 198²·(3·Σd² − D²) for d = (a − s, a, a + s) is 199·6·a² > 198²·s²: no whole
    // numbers meet it with equality, but these come as near as 2⁻⁵⁰ of it from both sides.
    for (a, s, passes) in Self.nearTies {
      let unit = 0x1p-52
      let margins = [a - s, a, a + s].map { Double($0) * unit }
      let verdict = try VictoryGate.judge(
        scores: margins.map { 2 - $0 }, target: 2, candidate: 1)
      #expect(verdict.passed == passes, "a \(a), s \(s)")
    }
  }

  /// Best rational approximations s/a of √1194/198, from below (which pass) and above in turn.
  private static let nearTies: [(Int64, Int64, Bool)] = {
    var ties: [(Int64, Int64, Bool)] = []
    // Convergents by Stern and Brocot's walk, judged by whole numbers alone.
    var (low, high): ((s: Int64, a: Int64), (s: Int64, a: Int64)) = ((0, 1), (1, 1))
    while low.a + high.a < 1 << 50 {
      let (s, a) = (low.s + high.s, low.a + high.a)
      let passes = 1194 * Int128(a) * Int128(a) > 198 * 198 * Int128(s) * Int128(s)
      if passes { low = (s, a) } else { high = (s, a) }
      if a > 1 << 30 { ties.append((a, s, passes)) }
    }
    return ties
  }()

  @Test func laterCandidatesAreTestedMoreStrictly() throws {
    let scores = [1.44, 1.45, 1.46]
    #expect(try !VictoryGate.judge(scores: scores, target: 1.5, candidate: 1).passed)
    let far = [1.399, 1.400, 1.401]
    #expect(try VictoryGate.judge(scores: far, target: 1.5, candidate: 1).passed)
    #expect(try VictoryGate.judge(scores: far, target: 1.5, candidate: 8).passed)
    #expect(try !VictoryGate.judge(scores: far, target: 1.5, candidate: 40).passed)
  }

  @Test func eachScoreHasToBeBelowTheTarget() throws {
    let verdict = try VictoryGate.judge(
      scores: [1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.51], target: 1.5, candidate: 1)
    #expect(!verdict.eachBelowTarget && verdict.outcome == .failed)
  }

  @Test func identicalScoresAreNoPass() throws {
    let low = try VictoryGate.judge(scores: [1.1, 1.1, 1.1], target: 1.5, candidate: 1)
    #expect(low.outcome == .noSeedVariation && low.t == nil && low.variance == 0)
    let high = try VictoryGate.judge(scores: [1.6, 1.6, 1.6], target: 1.5, candidate: 1)
    #expect(high.outcome == .failed)
  }

  @Test func nonsenseIsRefused() {
    for scores in [[1.4, 1.4], [1.4, .nan, 1.4], [1.4, 0, 1.4]] {
      #expect(throws: RaceError.self) {
        try VictoryGate.judge(scores: scores, target: 1.5, candidate: 1)
      }
    }
    #expect(throws: RaceError.self) {
      try VictoryGate.judge(scores: [1, 1.1, 1.2], target: 1.5, candidate: 0)
    }
    #expect(throws: RaceError.self) {
      try VictoryGate.judge(scores: [1, 1.1, 1.2], target: 17, candidate: 1)
    }
  }
}
