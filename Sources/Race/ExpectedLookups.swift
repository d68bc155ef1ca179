/// What an operation is going to look up, for a store that fetches all of it at once.
///
/// A hint: a store that ignores it, or one that is told wrong, answers alike, only later.
public struct ExpectedLookups: Sendable {
  /// The caller's time.
  public var now: Instant
  public var worker: String?
  public var trial: Int?
  /// The rung that is reported, and the place of its score there.
  public var result: (rung: Int, key: RankKey)?
  /// Whether work is asked for.
  public var claims: Bool
  /// Whether the operation changes one trial's lease, its samples and a worker's row alone, and nothing of
  /// the race: operations on other trials need not wait for it.
  public var isOfOneTrial: Bool

  public init(
    at now: Instant, worker: String? = nil, trial: Int? = nil,
    result: (rung: Int, key: RankKey)? = nil, claims: Bool = false, isOfOneTrial: Bool = false
  ) {
    self.now = now
    self.worker = worker
    self.trial = trial
    self.result = result
    self.claims = claims
    self.isOfOneTrial = isOfOneTrial
  }
}

extension ExpectedLookups {
  /// What a report looks up.
  init(_ report: Report, at now: Instant) {
    self.init(
      at: now, trial: report.trial,
      result: (
        report.rung,
        RankKey(
          bitsPerByte: report.bitsPerByte.isFinite ? report.bitsPerByte : nil, trial: report.trial)
      ))
  }
}
