/// What a worker is told when it reports and asks for more at once.
public struct ReportAndClaim: Hashable, Sendable {
  public var result: RungResult
  public var next: ClaimAnswer
}

extension RaceMachine {
  /// Records a result as ``report(_:samples:at:)`` does, and then gives the worker its next work as
  /// ``claim(worker:at:)`` does.
  ///
  /// A worker that reports a second time never heard the answer to the first: what it was given
  /// then is taken back before it is given anything else, so that no lease is left behind.
  public mutating func reportAndClaim(
    _ report: Report, samples: [Sample] = [], worker: String, at now: Instant
  ) throws -> ReportAndClaim {
    guard try records.worker(worker) != nil else { throw RaceError.notRegistered(worker) }
    let isRepeated =
      (0..<(try records.race().settings.ladder.count)).contains(report.rung)
      ? try records.result(trial: report.trial, rung: report.rung)?.token == report.token : false
    let result = try self.report(report, samples: samples, at: now)
    if isRepeated {
      for trial in try records.leased(by: worker) {
        guard let token = trial.lease?.token else { continue }
        try release(trial: trial.id, token: token, at: now)
      }
    }
    return ReportAndClaim(result: result, next: try claim(worker: worker, at: now))
  }
}
