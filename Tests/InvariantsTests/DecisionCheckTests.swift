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
    // What was begun goes on where the budget was lowered meanwhile.
    var resumed = grant
    (resumed.isNew, resumed.newSteps, resumed.allSteps, resumed.started) = (false, 0, 200, 9)
    try DecisionCheck.check(resumed)
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
