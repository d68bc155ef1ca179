public import Race

/// A worker of a ``SyntheticRace``: claims, beats and reports as a training worker does, and computes
/// nothing in between.
public struct SyntheticWorker {
  let store: any RaceStore
  let id: String
  /// Heartbeats of a rung, each with a point of the learning curve.
  let heartbeats: Int
  /// Rungs after which it ends; `nil` for all.
  let most: Int?
  let clock: @Sendable () -> Instant
  let isEnding: @Sendable () -> Bool
  let pause: @Sendable (Double) -> Void
  let write: (SyntheticWorkLog.Line) throws -> Void

  public init(
    store: any RaceStore, id: String, heartbeats: Int, most: Int?,
    clock: @escaping @Sendable () -> Instant, isEnding: @escaping @Sendable () -> Bool,
    pause: @escaping @Sendable (Double) -> Void,
    write: @escaping (SyntheticWorkLog.Line) throws -> Void
  ) {
    self.store = store
    self.id = id
    self.heartbeats = heartbeats
    self.most = most
    self.clock = clock
    self.isEnding = isEnding
    self.pause = pause
    self.write = write
  }

  /// Works until the race has nothing more to do, and returns how many leases were lost.
  ///
  /// `start` is when the process began, by ``MonotonicTime``.
  public func run(since start: Int) throws -> Int {
    var lost = 0
    var done = 0
    var wait = 0.01
    var next: ClaimAnswer?
    var hasClaimed = false
    while !isEnding() {
      let answer = try next ?? store.claim(worker: id, at: clock())
      next = nil
      switch answer {
      case .work(let claim):
        if !hasClaimed {
          try write(
            .claimed(
              MonotonicTime.microseconds - start,
              processor: MonotonicTime.processorMicroseconds))
          hasClaimed = true
        }
        wait = 0.01
        done += 1
        do {
          next = try work(on: claim, isLast: done == most)
        } catch let error as RaceError where error.code == .leaseLost {
          lost += 1
        }
        if done == most { return lost }
      case .wait:
        pause(wait)
        wait = min(1, 2 * wait)
      case .finished:
        return lost
      }
    }
    if case .work(let claim) = next {
      try store.release(
        trial: claim.trial, token: claim.lease.token, checkpoint: claim.checkpoint, work: Work(),
        at: clock())
    }
    return lost
  }

  private func work(on claim: Claim, isLast: Bool) throws -> ClaimAnswer? {
    let from = claim.checkpoint?.step ?? 0
    for beat in 0..<heartbeats {
      let step = from + (claim.targetStep - from) * (beat + 1) / (heartbeats + 1)
      let score = SyntheticRace.score(claim.configuration, seed: claim.seed, step: step)
      let begun = MonotonicTime.microseconds
      _ = try store.heartbeat(
        trial: claim.trial, token: claim.lease.token,
        samples: [Sample(step: step, bitsPerByte: score)], at: clock())
      try write(.heartbeat(MonotonicTime.microseconds - begun))
    }
    let step = claim.targetStep
    let score = SyntheticRace.score(claim.configuration, seed: claim.seed, step: step)
    let report = Report(
      trial: claim.trial, token: claim.lease.token, rung: claim.rung, step: step,
      bitsPerByte: score, nextByteSteps: step,
      checkpoint: score.isFinite ? Checkpoint(step: step, path: "none") : nil,
      work: Work(
        steps: step - from, microseconds: Int64(step - from), evaluations: 1,
        evaluationMicroseconds: 1_000, processorMicroseconds: Int64(step - from)))
    let samples = [Sample(step: step, bitsPerByte: score)]
    let begun = MonotonicTime.microseconds
    let answer: ClaimAnswer?
    if isLast {
      _ = try store.report(report, samples: samples, at: clock())
      answer = nil
    } else {
      answer = try store.reportAndClaim(report, samples: samples, worker: id, at: clock()).next
    }
    let ended = MonotonicTime.microseconds
    try write(
      .rung(
        SyntheticWorkLog.Rung(
          trial: claim.trial, rung: claim.rung, token: claim.lease.token, ended: ended,
          microseconds: ended - begun)))
    return answer
  }
}
