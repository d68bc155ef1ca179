public import Race

/// The promises of ``RaceStore``, each as a function that throws when an empty store breaks it.
public enum StoreContract {
  /// An empty store has no race, and says what to do.
  public static func emptyStoreHasNoRace(_ store: any RaceStore) throws {
    try require(try store.activeRace() == nil, "an empty store has no race")
    try expect(.notFound) { _ = try store.claim(worker: "w0", at: TestRace.start) }
  }

  /// A report ends the lease; a replay returns the same result; a zombie is refused.
  public static func reportsAreIdempotentAndFenced(_ store: any RaceStore) throws {
    try TestRace.begin(store, TestRace.settings())
    let first = try work(store, "w0", at: 0)
    let second = try work(store, "w1", at: 31)
    try require(second.trial == first.trial, "an expired lease gives the same trial")
    try require(second.lease.token > first.lease.token, "tokens grow")
    try expect(.leaseLost) {
      _ = try store.report(TestRace.report(first, bpb: 2), samples: [], at: TestRace.at(32))
    }
    try expect(.leaseLost) {
      _ = try store.heartbeat(
        trial: first.trial, token: first.lease.token, samples: [], at: TestRace.at(32))
    }
    let report = TestRace.report(second, bpb: 2.25)
    let result = try store.report(report, samples: [], at: TestRace.at(33))
    try require(result.decision == .pause && result.rank == 1, "a first result is paused")
    let events = try store.activeRace()?.events
    let replay = try store.report(report, samples: [], at: TestRace.at(99))
    try require(replay == result, "a replay returns the recorded result")
    try require(try store.activeRace()?.events == events, "a replay changes nothing")
    try RaceInvariants.check(store, at: TestRace.at(100))
  }

  /// A report with a claim gives what the two give one after the other; repeated, it gives the recorded
  /// result, and takes the work back whose answer was lost.
  public static func reportsAndClaimsAreOne(_ store: any RaceStore) throws {
    try TestRace.begin(store, TestRace.settings())
    let first = try work(store, "w0", at: 0)
    let report = TestRace.report(first, bpb: 2.25)
    let answer = try store.reportAndClaim(
      report, samples: [], worker: "w0", at: TestRace.at(1))
    try require(answer.result.decision == .pause && answer.result.rank == 1, "it is recorded")
    guard case .work(let second) = answer.next else {
      throw ContractViolation("expected work, got \(answer.next)")
    }
    try require(second.trial == 2 && second.source == .proposed, "and more work is given")
    let again = try store.reportAndClaim(
      report, samples: [], worker: "w0", at: TestRace.at(2))
    try require(again.result == answer.result, "a repeated report returns the recorded result")
    guard case .work(let third) = again.next else {
      throw ContractViolation("expected work, got \(again.next)")
    }
    try require(third.trial == second.trial && third.source == .resumed, "the same trial is given")
    try require(third.lease.token > second.lease.token, "under another token")
    try require(try store.summary(at: TestRace.at(2)).trials[.running] == 1, "and no other lease")
    try expect(.leaseLost) {
      _ = try store.reportAndClaim(
        TestRace.report(second, bpb: 2), samples: [], worker: "w0", at: TestRace.at(3))
    }
    try expect(.invalid) {
      _ = try store.reportAndClaim(
        TestRace.report(third, bpb: 2), samples: [], worker: "nobody", at: TestRace.at(3))
    }
    // The best of three is promoted in the transaction that reported it.
    for score in [2.5, 2.125] {
      let claim = try leased(store, by: "w0")
      guard
        case .work = try store.reportAndClaim(
          TestRace.report(claim, bpb: score), samples: [], worker: "w0", at: TestRace.at(4)
        ).next
      else { throw ContractViolation("expected work") }
    }
    let promoted = try leased(store, by: "w0")
    try require(promoted.trial == 3 && promoted.rung == 1, "trial \(promoted.trial) is promoted")
    try RaceInvariants.check(store, at: TestRace.at(5))
    try require(try store.firstBreak() == nil, "the chains are whole")
  }

  /// The claim of the trial that a worker holds.
  private static func leased(_ store: any RaceStore, by worker: String) throws -> Claim {
    let ladder = try TestRace.settings().ladder
    let held = try store.trials(limit: .max, offset: 0).first { $0.lease?.owner == worker }
    guard let trial = held, let lease = trial.lease, let rung = trial.targetRung else {
      throw ContractViolation("\(worker) holds no trial")
    }
    return TestRace.claim(of: trial, lease, rung: rung, ladder)
  }

  /// Interrupted work goes before promotions, those before enqueued trials, those before new ones.
  public static func claimsComeInOrder(_ store: any RaceStore) throws {
    try TestRace.begin(store, TestRace.settings())
    var claims = try (0..<4).map { try work(store, "w\($0)", at: 0) }
    try require(claims.allSatisfy { $0.source == .proposed }, "an empty race proposes")
    for (i, claim) in claims.prefix(3).enumerated() {
      _ = try store.report(
        TestRace.report(claim, bpb: 2 + Double(i) / 10), samples: [], at: TestRace.at(1))
    }
    let saved = Checkpoint(step: 4, path: "four")
    try store.release(
      trial: claims[3].trial, token: claims[3].lease.token, checkpoint: saved, work: Work(),
      at: TestRace.at(2))
    _ = try store.enqueue(
      Configuration([
        "learning_rate": .double(0.01), "width": .int(64), "optimizer": .string("muon"),
      ]), seed: nil, allowDuplicate: false, at: TestRace.at(2))
    claims = try (0..<4).map { try work(store, "w\($0)", at: 3) }
    try require(
      claims.map(\.source) == [.resumed, .promoted, .enqueued, .proposed],
      "order is \(claims.map(\.source))")
    try require(claims[0].checkpoint == saved, "a released trial goes on where it was")
    try require(claims[1].trial == 1 && claims[1].rung == 1, "the best of three is promoted")
  }

  /// A trial that fails without progress is given up at the third time, and never runs again.
  public static func failuresEnd(_ store: any RaceStore) throws {
    try TestRace.begin(store, TestRace.settings())
    for attempt in 1...3 {
      let claim = try work(store, "w0", at: Double(attempt))
      try require(claim.trial == 1, "a failed trial is tried again")
      let again = try store.fail(
        trial: 1, token: claim.lease.token, error: "boom", at: TestRace.at(Double(attempt)))
      try require(again == (attempt < 3), "attempt \(attempt) of 3")
    }
    try require(try store.trial(1).status == .failed, "the third failure ends it")
    try require(try work(store, "w0", at: 9).trial == 2, "and another trial starts")
    try require(try !store.lessons().isEmpty, "a failure is a lesson")
  }

  /// Seeds 43, 44, 45, unknown names and repeated configurations are refused.
  public static func enqueueIsChecked(_ store: any RaceStore) throws {
    try TestRace.begin(store, TestRace.settings())
    let good = Configuration([
      "learning_rate": .double(0.01), "width": .int(64), "optimizer": .string("muon"),
    ])
    var unknown = good
    unknown["hidden"] = .int(3)
    for (configuration, seed) in [(good, 43), (good, 999), (unknown, 1_000)] {
      try expect(.invalid) {
        _ = try store.enqueue(
          configuration, seed: seed, allowDuplicate: false, at: TestRace.at(1))
      }
    }
    let id = try store.enqueue(good, seed: 1_000, allowDuplicate: false, at: TestRace.at(1))
    try expect(.invalid) {
      _ = try store.enqueue(good, seed: 1_001, allowDuplicate: false, at: TestRace.at(1))
    }
    _ = try store.enqueue(good, seed: 1_001, allowDuplicate: true, at: TestRace.at(1))
    try require(try store.trial(id).configuration["orders"] == .ints([2, 3, 4]), "fixed values")
  }

  /// Active time adds up over sessions, not over the time between, nor over a killed one's end.
  public static func activeTimeSurvivesSessions(_ store: any RaceStore) throws {
    try TestRace.begin(store, TestRace.settings(budget: Budget(seconds: 20)))
    try require(
      try store.claim(worker: "w0", at: TestRace.at(0)) == .wait(.noSession),
      "no session, no work")
    let first = try store.beginSession(at: TestRace.at(0))
    try store.tickSession(first, at: TestRace.at(8))
    // Killed after 8 s; started again a day later.
    let second = try store.beginSession(at: TestRace.at(86_400))
    let claim = try work(store, "w0", at: 86_401)
    try store.tickSession(second, at: TestRace.at(86_405))
    let left = try store.summary(at: TestRace.at(86_405)).remainingSeconds
    try require(left == 7, "7 of 20 s are left, not \(String(describing: left))")
    let answer = try store.heartbeat(
      trial: claim.trial, token: claim.lease.token, samples: [], at: TestRace.at(86_413))
    try require(answer == .stop(.deadline), "a running trial is told")
    try require(
      try store.claim(worker: "w1", at: TestRace.at(86_413)) == .finished(.deadline), "the end")
    try expect(.leaseLost) { try store.tickSession(first, at: TestRace.at(86_414)) }
    try store.endSession(second, at: TestRace.at(86_413))
    try store.change(budget: Budget(seconds: 60), at: TestRace.at(86_414))
    _ = try store.beginSession(at: TestRace.at(86_414))
    try store.release(
      trial: claim.trial, token: claim.lease.token, checkpoint: nil, work: Work(),
      at: TestRace.at(86_414))
    try require(try work(store, "w1", at: 86_415).trial == claim.trial, "a longer budget goes on")
  }

  /// Test is opened on record before it is scored, each score stands, and the gate decides.
  public static func verificationIsOnRecord(_ store: any RaceStore) throws {
    try TestRace.begin(store, TestRace.settings(rungs: 1))
    let claim = try work(store, "w0", at: 0)
    _ = try store.report(TestRace.report(claim, bpb: 1.4), samples: [], at: TestRace.at(1))
    let seeds = SelectionSeeds.verification
    let candidate = try store.nominate(trial: 1, steps: 10, seeds: seeds, at: TestRace.at(2))
    let same = try store.nominate(trial: 1, steps: 10, seeds: seeds, at: TestRace.at(3))
    try require(candidate == same && candidate.candidate == 1, "one candidate a configuration")
    try expect(.invalid) {
      try store.score(
        candidate: 1, seed: 43, Verification.Score(bitsPerByte: 1.4, checkpoint: "x"),
        at: TestRace.at(3))
    }
    for (seed, score) in zip(seeds, [1.400, 1.401, 1.402]) {
      try store.openTest(candidate: 1, seed: seed, at: TestRace.at(4))
      try store.score(
        candidate: 1, seed: seed, Verification.Score(bitsPerByte: score, checkpoint: "x"),
        at: TestRace.at(5))
    }
    try expect(.invalid) {
      try store.score(
        candidate: 1, seed: 43, Verification.Score(bitsPerByte: 1.3, checkpoint: "x"),
        at: TestRace.at(6))
    }
    let verdict = try store.conclude(candidate: 1, at: TestRace.at(7))
    try require(verdict.passed, "three scores far under the target pass: \(verdict)")
    try require(try store.conclude(candidate: 1, at: TestRace.at(8)) == verdict, "once")
    try require(try store.trial(1).status == .winner, "the trial is the winner")
    try require(
      try store.claim(worker: "w0", at: TestRace.at(9)) == .finished(.won), "the race is won")
    try require(
      try store.ledger().map(\.kind)
        == [.candidate, .opening, .score, .opening, .score, .opening, .score, .verdict],
      "the ledger has it all")
    try require(try store.verifications().first?.meanBitsPerByte == 1.401, "the mean")
    try require(try store.firstBreak() == nil, "the chains are whole")
  }

  /// Runs an unruly race and checks what must hold after every tenth operation.
  public static func invariantsHold(
    _ store: any RaceStore, seed: UInt64, operations: Int, budget: Budget,
    plan: Experiment.Kind? = nil
  ) throws {
    try TestRace.begin(store, TestRace.settings(budget: budget, or: plan))
    var script = RaceScript(seed: seed)
    for i in 0..<operations {
      let outcome = try RaceScript.apply(script.next().operation, to: store)
      try script.learn(outcome)
      if i.isMultiple(of: 10) { try RaceInvariants.check(store, at: script.time) }
    }
    try RaceInvariants.check(store, at: script.time)
    try require(try store.firstBreak() == nil, "the chains are whole")
  }

  private static func work(
    _ store: any RaceStore, _ worker: String, at seconds: Double
  ) throws -> Claim {
    let answer = try store.claim(worker: worker, at: TestRace.at(seconds))
    guard case .work(let claim) = answer else {
      throw ContractViolation("expected work for \(worker), got \(answer)")
    }
    return claim
  }

  private static func expect(_ code: RaceError.Code, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as RaceError {
      try require(error.code == code, "expected \(code), got \(error.code): \(error)")
      return
    }
    throw ContractViolation("expected \(code), and nothing failed")
  }
}
