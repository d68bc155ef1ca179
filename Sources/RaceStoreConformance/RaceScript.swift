internal import Determinism
public import Race

/// A long, seeded, unruly race: claims, reports, crashes, replays, zombies, users.
///
/// The next operation depends on the seed and on what the first store answered, so that several
/// stores can be driven in step and compared.
public struct RaceScript {
  /// What an operation answered; a failure is its code.
  public enum Outcome: Equatable, Sendable {
    case done
    case claim(ClaimAnswer)
    case heartbeat(HeartbeatAnswer)
    case result(RungResult)
    case both(ReportAndClaim)
    case again(Bool)
    case numbers([Int])
    case failed(RaceError.Code)
  }

  /// An operation, to be applied to any store.
  public typealias Operation = @Sendable (any RaceStore) throws -> Outcome

  private var generator: SplitMix64
  private var now = TestRace.start
  private var held: [Claim] = []
  private var lost: [Claim] = []
  private var reports: [Report] = []
  private var isStopped = false
  public private(set) var greatestToken = 0

  public init(seed: UInt64) {
    generator = SplitMix64(seed: seed)
  }

  /// The time after the last operation.
  public var time: Instant { now }

  /// Returns the name of the next operation and the operation.
  public mutating func next() -> (name: String, operation: Operation) {
    now = now.advanced(bySeconds: generator.unit() * 2)
    let now = now
    let worker = "w\(generator.index(below: 4))"
    // A stopped race is dull: it goes on after a few operations.
    if isStopped, generator.index(below: 5) == 0 {
      isStopped = false
      return ("resume", RaceScript.done { try $0.resume(at: now) })
    }
    switch generator.index(below: 100) {
    case 0..<35:
      return ("claim", { .claim(try $0.claim(worker: worker, at: now)) })
    case 35..<60:
      if let claim = pick(\.held, remove: true) { return report(claim) }
    case 60..<66:
      if let claim = pick(\.held, remove: false) { return checkpoint(claim) }
    case 66..<70:
      if let claim = pick(\.held, remove: false) {
        let sample = Sample(step: claim.targetStep / 2, bitsPerByte: 2 + generator.unit())
        return (
          "heartbeat",
          {
            .heartbeat(
              try $0.heartbeat(
                trial: claim.trial, token: claim.lease.token, samples: [sample], at: now))
          }
        )
      }
    case 70..<74:
      if let claim = pick(\.held, remove: true) { return release(claim) }
    case 74..<78:
      if let claim = pick(\.held, remove: true) {
        lost.append(claim)
        return (
          "fail",
          {
            .again(
              try $0.fail(
                trial: claim.trial, token: claim.lease.token, error: "out of memory", at: now))
          }
        )
      }
    case 78..<84:
      if let claim = pick(\.held, remove: true) { lost.append(claim) }
      self.now = now.advanced(bySeconds: 12)
    case 84..<88:
      if let claim = pick(\.lost, remove: false) { return report(claim) }
    case 88..<90:
      if !reports.isEmpty {
        let replay = reports[generator.index(below: reports.count)]
        return (
          "replay and claim",
          { .both(try $0.reportAndClaim(replay, samples: [], worker: worker, at: now)) }
        )
      }
    case 90..<92:
      if !reports.isEmpty {
        let replay = reports[generator.index(below: reports.count)]
        return ("replay", { .result(try $0.report(replay, samples: [], at: now)) })
      }
    default:
      return control(worker)
    }
    return ("nothing", { _ in .done })
  }

  /// Takes note of what the first store answered.
  public mutating func learn(_ outcome: Outcome) throws {
    let answer: ClaimAnswer
    switch outcome {
    case .claim(let claimed): answer = claimed
    case .both(let both): answer = both.next
    default: return
    }
    guard case .work(let claim) = answer else { return }
    try require(claim.lease.token > greatestToken, "tokens grow")
    greatestToken = claim.lease.token
    held.append(claim)
  }

  private mutating func pick(_ list: WritableKeyPath<RaceScript, [Claim]>, remove: Bool) -> Claim? {
    guard !self[keyPath: list].isEmpty else { return nil }
    let index = generator.index(below: self[keyPath: list].count)
    return remove ? self[keyPath: list].remove(at: index) : self[keyPath: list][index]
  }

  private mutating func report(_ claim: Claim) -> (name: String, operation: Operation) {
    let now = now
    var score = 1.5 + 1.5 * generator.unit()
    switch generator.index(below: 20) {
    case 0: score = .nan
    case 1: score = 4
    // Equal scores, so that ties are broken too.
    case 2..<6: score = 2
    default: break
    }
    var report = TestRace.report(claim, bpb: score)
    if generator.index(below: 30) == 0 { report.step += 1 }
    // An objective may have taken steps that predict no next byte; the safety cut does not count them.
    if generator.index(below: 6) == 0 { report.nextByteSteps /= 2 }
    reports.append(report)
    let made = report
    if generator.index(below: 2) == 0 {
      let worker = claim.lease.owner
      let sample = Sample(step: report.step, bitsPerByte: score)
      return (
        "report and claim",
        { .both(try $0.reportAndClaim(made, samples: [sample], worker: worker, at: now)) }
      )
    }
    return ("report", { .result(try $0.report(made, samples: [], at: now)) })
  }

  private mutating func checkpoint(_ claim: Claim) -> (name: String, operation: Operation) {
    let now = now
    let from = claim.checkpoint?.step ?? 0
    let step = from + generator.index(below: claim.targetStep - from + 2)
    let checkpoint = Checkpoint(step: step, path: "c\(step)", sha256: "f\(step)")
    let work = Work(steps: step - from, microseconds: Int64(step) * 900)
    return (
      "checkpoint",
      {
        try $0.checkpointed(
          trial: claim.trial, token: claim.lease.token, checkpoint: checkpoint, work: work,
          samples: [Sample(step: step, bitsPerByte: .nan)], at: now)
        return .done
      }
    )
  }

  private mutating func release(_ claim: Claim) -> (name: String, operation: Operation) {
    let now = now
    lost.append(claim)
    let step = generator.index(below: claim.targetStep)
    let checkpoint = step.isMultiple(of: 2) ? Checkpoint(step: step, path: "r\(step)") : nil
    return (
      "release",
      {
        try $0.release(
          trial: claim.trial, token: claim.lease.token, checkpoint: checkpoint, work: Work(),
          at: now)
        return .done
      }
    )
  }

  private mutating func control(_ worker: String) -> (name: String, operation: Operation) {
    let now = now
    let number = 1 + generator.index(below: 12)
    switch generator.index(below: 16) {
    case 0...7:
      let configuration = Configuration([
        "learning_rate": .double(Double(number) / 1_000), "width": .int(64),
        "optimizer": .string(number.isMultiple(of: 2) ? "muon" : "adamw"),
      ])
      let again = generator.index(below: 3) == 0
      return (
        "enqueue",
        {
          .numbers([
            try $0.enqueue(configuration, seed: nil, allowDuplicate: again, at: now)
          ])
        }
      )
    case 8: return ("reclaim", { .numbers(try $0.reclaim(.worker(worker), at: now)) })
    case 9:
      isStopped = true
      return ("stop", RaceScript.done { try $0.stop(at: now) })
    case 10:
      return (
        "stop trial", RaceScript.done { try $0.stopTrial(number, reason: "user", at: now) }
      )
    case 11: return ("session", { .numbers([try $0.beginSession(at: now)]) })
    case 12: return ("tick", RaceScript.done { try $0.tickSession(number, at: now) })
    default: return ("resume", RaceScript.done { try $0.resume(at: now) })
    }
  }

  /// Makes an operation that answers nothing.
  private static func done(
    _ body: @escaping @Sendable (any RaceStore) throws -> Void
  ) -> Operation {
    { store in
      try body(store)
      return .done
    }
  }

  /// Applies an operation; a ``RaceError`` is an outcome.
  public static func apply(_ operation: Operation, to store: any RaceStore) throws -> Outcome {
    do {
      return try operation(store)
    } catch let error as RaceError {
      return .failed(error.code)
    }
  }
}
