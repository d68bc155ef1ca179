public import Race

/// A worker that ends without a word in the middle of its sixth trial, and what is left of it.
public enum KilledWorker {
  /// Begins a race and works off five trials; calls `end` after the first checkpoint of the sixth.
  public static func work(on store: any RaceStore, end: () -> Void) throws {
    try TestRace.begin(store, TestRace.settings())
    for i in 0..<6 {
      guard case .work(let claim) = try store.claim(worker: "w0", at: TestRace.at(Double(i)))
      else { return }
      if i == 5 {
        try store.checkpointed(
          trial: claim.trial, token: claim.lease.token,
          checkpoint: Checkpoint(step: 3, path: "three"), work: Work(), samples: [],
          at: TestRace.at(5.5))
        end()
      }
      _ = try store.report(
        TestRace.report(claim, bpb: 2 + Double(i)), samples: [], at: TestRace.at(Double(i)))
    }
  }

  /// Throws a ``ContractViolation`` unless only its lease is lost.
  public static func check(_ store: any RaceStore) throws {
    try RaceInvariants.check(store, at: TestRace.at(6))
    try require(try store.firstBreak() == nil, "the chains are whole")
    let reported = try store.summary(at: TestRace.at(6)).reported.reduce(0, +)
    try require(reported == 5, "\(reported) of five reports are kept")
    let lost = try store.reclaim(.worker("w0"), at: TestRace.at(6))
    guard case .work(let claim) = try store.claim(worker: "w1", at: TestRace.at(7)) else {
      throw ContractViolation("there is no work")
    }
    try require(lost == [claim.trial], "trial \(claim.trial) is claimed, \(lost) were lost")
    try require(
      claim.source == .resumed && claim.checkpoint?.step == 3, "it goes on from its checkpoint")
  }
}
