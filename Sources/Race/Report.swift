/// A worker's message that its trial reached its rung, or diverged on the way.
public struct Report: Hashable, Sendable {
  public var trial: Int
  public var token: Int
  /// The rung of the claim.
  public var rung: Int
  /// Steps trained; the rung's, unless the trial diverged before.
  public var step: Int
  /// Validation bits per byte; NaN or ∞ when the trial diverged.
  public var bitsPerByte: Double
  /// Steps trained on the next-byte objective, which the safety cut looks at.
  public var nextByteSteps: Int
  public var checkpoint: Checkpoint?
  /// Time and steps worked since the claim or the last ``Progress``.
  public var work: Work

  public init(
    trial: Int, token: Int, rung: Int, step: Int, bitsPerByte: Double, nextByteSteps: Int,
    checkpoint: Checkpoint?, work: Work = Work()
  ) {
    self.trial = trial
    self.token = token
    self.rung = rung
    self.step = step
    self.bitsPerByte = bitsPerByte
    self.nextByteSteps = nextByteSteps
    self.checkpoint = checkpoint
    self.work = work
  }
}
