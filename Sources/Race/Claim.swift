/// A piece of work and the lease on it: train from the checkpoint to the rung, then report.
public struct Claim: Hashable, Sendable {
  /// Which of the claim's sources gave the work.
  public enum Source: String, Sendable, Codable {
    case resumed, promoted, drained, enqueued, proposed, planned
  }

  public var trial: Int
  public var configuration: Configuration
  public var seed: Int
  public var rung: Int
  /// Steps at which to report.
  public var targetStep: Int
  /// Length of the learning-rate schedule.
  public var scheduleSteps: Int
  /// Where to continue; `nil` means from the first step.
  public var checkpoint: Checkpoint?
  public var lease: Lease
  public var source: Source
  public var mixed: Bool
  /// Its score at the rung before; `nil` at its first.
  public var bitsPerByte: Double?

  public init(
    trial: Int, configuration: Configuration, seed: Int, rung: Int, targetStep: Int,
    scheduleSteps: Int, checkpoint: Checkpoint?, lease: Lease, source: Source, mixed: Bool,
    bitsPerByte: Double? = nil
  ) {
    self.trial = trial
    self.configuration = configuration
    self.seed = seed
    self.rung = rung
    self.targetStep = targetStep
    self.scheduleSteps = scheduleSteps
    self.checkpoint = checkpoint
    self.lease = lease
    self.source = source
    self.mixed = mixed
    self.bitsPerByte = bitsPerByte
  }
}
