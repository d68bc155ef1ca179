/// A configuration that was put forward to be scored on the sealed test range.
public struct Verification: Hashable, Sendable {
  /// Number of the candidate in the race, from 1; it sets the level of its test.
  public let candidate: Int
  public let trial: Int
  public let configuration: Configuration
  /// Training steps of each run, fixed before any.
  public let steps: Int
  public let seeds: [Int]
  public let started: Instant
  /// What was measured, by seed.
  public var scores: [Int: Score]
  /// Seeds for which test was opened.
  public var opened: Set<Int>
  public var verdict: VictoryVerdict?

  public init(
    candidate: Int, trial: Int, configuration: Configuration, steps: Int, seeds: [Int],
    started: Instant
  ) {
    self.candidate = candidate
    self.trial = trial
    self.configuration = configuration
    self.steps = steps
    self.seeds = seeds
    self.started = started
    scores = [:]
    opened = []
  }

  /// The score of one seed.
  public struct Score: Hashable, Sendable, Codable {
    public var bitsPerByte: Double
    public var checkpoint: String

    public init(bitsPerByte: Double, checkpoint: String) {
      self.bitsPerByte = bitsPerByte
      self.checkpoint = checkpoint
    }
  }

  /// Mean over the seeds, once all are measured.
  public var meanBitsPerByte: Double? {
    let measured = seeds.compactMap { scores[$0]?.bitsPerByte }
    guard measured.count == seeds.count, !measured.isEmpty else { return nil }
    return measured.reduce(0, +) / Double(measured.count)
  }
}
