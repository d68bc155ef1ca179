/// What a trial reported at a rung, and what was decided; written once and never changed.
public struct RungResult: Hashable, Sendable, Codable {
  public var trial: Int
  public var rung: Int
  public var step: Int
  /// Validation bits per byte; `nil` when it diverged.
  public var bitsPerByte: Double?
  public var decision: ReportDecision
  /// Rank among the `reported` results of the rung, itself included, at that moment.
  public var rank: Int
  public var reported: Int
  public var worker: String
  public var token: Int
  public var binaryHash: String
  public var kernelVariant: String
  public var mixed: Bool
  public var time: Instant

  public init(
    trial: Int, rung: Int, step: Int, bitsPerByte: Double?, decision: ReportDecision,
    rank: Int, reported: Int, worker: String, token: Int, binaryHash: String,
    kernelVariant: String, mixed: Bool, time: Instant
  ) {
    self.trial = trial
    self.rung = rung
    self.step = step
    self.bitsPerByte = bitsPerByte
    self.decision = decision
    self.rank = rank
    self.reported = reported
    self.worker = worker
    self.token = token
    self.binaryHash = binaryHash
    self.kernelVariant = kernelVariant
    self.mixed = mixed
    self.time = time
  }

  public var key: RankKey { RankKey(bitsPerByte: bitsPerByte, trial: trial) }
}
