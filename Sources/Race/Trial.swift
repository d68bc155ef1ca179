/// A configuration and a seed, and how far it has come.
public struct Trial: Hashable, Sendable, Codable {
  /// Where the configuration came from.
  public enum Origin: String, Sendable, Codable {
    case sampled
    case startingPoint = "starting_point"
    case enqueued
    /// A cell of a plan, see ``Experiment``.
    case planned
    /// A row of a plan that repeats what was published; never selected, never verified.
    case reproduction
  }

  /// What the trial has taught so far; each trial counts once in the experience.
  public enum Verdict: String, Sendable, Codable {
    case unknown, good, bad
  }

  /// Number of the trial in its race, from 1.
  public let id: Int
  public let configuration: Configuration
  public let fingerprint: String
  public let seed: Int
  public let origin: Origin
  public let firstRung: Int
  /// Its place in a planned race.
  public let assignment: Assignment?
  public let created: Instant

  public var status: TrialStatus
  /// Highest rung reported.
  public var rung: Int?
  /// Validation bits per byte at ``rung``; `nil` when nothing is reported or it diverged.
  public var bitsPerByte: Double?
  public var diverged = false
  /// The rung it works towards, while pending, running or suspended.
  public var targetRung: Int?
  public var lease: Lease?
  public var checkpoint: Checkpoint?
  /// The farthest step counted against the budget.
  public var stepsCharged = 0
  /// Steps and processing time that workers measured, for estimates.
  public var measuredSteps = 0
  public var measuredMicroseconds: Int64 = 0
  /// Processor time of the same steps, of all threads.
  public var processorMicroseconds: Int64 = 0
  /// Failures since the last new checkpoint or report.
  public var failures = 0
  /// Leases lost since the last new checkpoint or report.
  public var losses = 0
  /// Events written so far; the last one's sequence number.
  public var eventCount = 0
  /// Why it was stopped or given up.
  public var reason: String?
  /// Kernels of its first worker.
  public var kernelVariant: String?
  /// Whether it ran on kernels other than those the race pinned, or on several.
  public var mixed = false
  public var verdict = Verdict.unknown
  public var updated: Instant

  init(
    id: Int, configuration: Configuration, seed: Int, origin: Origin, firstRung: Int,
    assignment: Assignment? = nil, created: Instant
  ) {
    self.init(
      id: id, configuration: configuration, fingerprint: configuration.fingerprint, seed: seed,
      origin: origin, firstRung: firstRung, assignment: assignment, created: created,
      status: .pending)
    targetRung = firstRung
  }

  /// Makes a trial from stored fields; the others have their first values.
  public init(
    id: Int, configuration: Configuration, fingerprint: String, seed: Int, origin: Origin,
    firstRung: Int, assignment: Assignment? = nil, created: Instant, status: TrialStatus
  ) {
    self.id = id
    self.configuration = configuration
    self.fingerprint = fingerprint
    self.seed = seed
    self.origin = origin
    self.firstRung = firstRung
    self.assignment = assignment
    self.created = created
    self.status = status
    updated = created
  }

  /// The place of its last result.
  public var key: RankKey { RankKey(bitsPerByte: bitsPerByte, trial: id) }

  /// Seconds per step as measured on this trial.
  var secondsPerStep: Double? {
    measuredSteps > 0 ? Double(measuredMicroseconds) / 1e6 / Double(measuredSteps) : nil
  }

  /// Processor seconds per step as measured on this trial.
  var processorSecondsPerStep: Double? {
    guard measuredSteps > 0, processorMicroseconds > 0 else { return nil }
    return Double(processorMicroseconds) / 1e6 / Double(measuredSteps)
  }
}
