import Invariants
import Testing

@Suite struct DecisionCheckTests {
  private let promotion = DecisionCheck.Promotion(
    eta: 3, isDelayed: false, next: 0, rank: 2, reported: 6, from: 0, to: 1, top: 3,
    isDrained: false)
  private let report = DecisionCheck.Report(
    score: 2.5, nextByteSteps: 1_000, cut: 3.5, cutAfter: 1_000, rung: 0, top: 3, rank: 1,
    reported: 1, fate: .paused)
  private let grant = DecisionCheck.Grant(
    token: 8, lastToken: 7, isHeld: false, newSteps: 10, allSteps: 100, stepLimit: 100,
    isNew: true, started: 4, trialLimit: 4)

  @Test func aPromotionBeyondTheCutIsRefused() throws {
    try DecisionCheck.check(promotion)
    let faults: [(inout DecisionCheck.Promotion) -> Void] = [
      { $0.rank = 3 }, { $0.rank = 0 }, { $0.rank = 7 }, { $0.reported = 5 }, { $0.next = -1 },
      { $0.to = 2 }, { $0.to = 0 },
      {
        $0.from = 3; $0.to = 4
      },
      {
        $0.from = -1; $0.to = 0
      },
      {
        $0.isDelayed = true; $0.next = 2
      },
    ]
    for fault in faults {
      var broken = promotion
      fault(&broken)
      #expect(throws: InvariantViolation.self, "\(broken)") { try DecisionCheck.check(broken) }
    }
    var drained = promotion
    (drained.isDrained, drained.rank, drained.to) = (true, 6, 3)
    try DecisionCheck.check(drained)
  }

  @Test func aReportWithTheWrongFateIsRefused() throws {
    try DecisionCheck.check(report)
    let faults: [(inout DecisionCheck.Report) -> Void] = [
      { $0.fate = .completed }, { $0.fate = .cut }, { $0.fate = .diverged }, { $0.score = nil },
      { $0.score = 3.6 }, { $0.rung = 3 }, { $0.rank = 0 }, { $0.rank = 2 }, { $0.rung = 4 },
    ]
    for fault in faults {
      var broken = report
      fault(&broken)
      #expect(throws: InvariantViolation.self, "\(broken)") { try DecisionCheck.check(broken) }
    }
    // At the cut, before its first step, and in a plan, which has none, a trial is spared.
    for spare: (inout DecisionCheck.Report) -> Void in [
      { $0.score = 3.5 },
      {
        $0.score = 8; $0.nextByteSteps = 999
      },
      {
        $0.score = 8; $0.cut = nil
      },
    ] {
      var spared = report
      spare(&spared)
      try DecisionCheck.check(spared)
    }
  }

  @Test func aLeaseBeyondTheBudgetIsRefused() throws {
    try DecisionCheck.check(grant)
    let faults: [(inout DecisionCheck.Grant) -> Void] = [
      { $0.token = 7 }, { $0.isHeld = true }, { $0.allSteps = 101 }, { $0.started = 5 },
    ]
    for fault in faults {
      var broken = grant
      fault(&broken)
      #expect(throws: InvariantViolation.self, "\(broken)") { try DecisionCheck.check(broken) }
    }
    // What a lease that ran out had reserved is its own where the budget was lowered meanwhile.
    var resumed = grant
    (resumed.isNew, resumed.newSteps, resumed.allSteps, resumed.started) = (false, 0, 200, 9)
    try DecisionCheck.check(resumed)
  }

  @Test func aLeaseIsNotTakenBeforeItRunsOut() throws {
    try DecisionCheck.check(expiry: 5, now: 5)
    #expect(throws: InvariantViolation.self) { try DecisionCheck.check(expiry: 6, now: 5) }
  }

  @Test func aVerdictThatItsRunsDoNotBearIsRefused() throws {
    func run(_ seed: Int, _ score: Double?) -> VictoryRule.Run {
      VictoryRule.Run(seed: seed, steps: 9, score: score)
    }
    let passed = DecisionCheck.Verdict(
      runs: [run(43, 1.40), run(44, 1.401), run(45, 1.402)], required: 9, target: 1.5,
      candidate: 1, outcome: .passed)
    try DecisionCheck.check(passed)
    var four = passed
    four.runs.append(run(46, 1.4))
    try DecisionCheck.check(four)
    let faults: [(inout DecisionCheck.Verdict) -> Void] = [
      { $0.outcome = .failed }, { $0.outcome = .noSeedVariation }, { $0.runs[1].seed = 43 },
      { $0.runs[1].steps = 8 }, { $0.required = 10 }, { $0.runs[2].score = nil },
      { $0.runs[2].score = .nan }, { $0.runs[2].score = 1.5 }, { $0.target = 1.4015 },
      { $0.candidate = 0 }, { $0.candidate = 1_000 }, { $0.runs.removeLast() },
    ]
    for fault in faults {
      var broken = passed
      fault(&broken)
      #expect(throws: InvariantViolation.self, "\(broken)") { try DecisionCheck.check(broken) }
    }
    let faultsOfFour: [(inout DecisionCheck.Verdict) -> Void] = [
      { $0.runs[3].seed = 43 }, { $0.runs[3].steps = 8 }, { $0.runs[3].score = nil },
      { $0.runs[3].score = 1.5 },
    ]
    for fault in faultsOfFour {
      var broken = four
      fault(&broken)
      #expect(throws: InvariantViolation.self, "\(broken)") { try DecisionCheck.check(broken) }
    }
    var constant = passed
    constant.runs = [43, 44, 45].map { run($0, 1.4) }
    constant.outcome = .noSeedVariation
    try DecisionCheck.check(constant)
  }

  @Test func aViolationSaysWhatWasDecidedAndWhatForbidsIt() {
    var broken = promotion
    broken.rank = 3
    #expect {
      try DecisionCheck.check(broken)
    } throws: { error in
      "\(error)"
        == "the promotion of rank 3 of 6 at rung 0 with eta 3 breaks INV-2 (Scheduler.allows)"
    }
  }
}
