/// A trial as a sampler sees it.
public struct Observation: Hashable, Sendable {
  public var trial: Int
  public var configuration: Configuration
  /// The rung of ``bitsPerByte``.
  public var rung: Int?
  public var bitsPerByte: Double?

  public init(trial: Int, configuration: Configuration, rung: Int?, bitsPerByte: Double?) {
    self.trial = trial
    self.configuration = configuration
    self.rung = rung
    self.bitsPerByte = bitsPerByte
  }

  /// The place of its score in a rung.
  public var key: RankKey { RankKey(bitsPerByte: bitsPerByte, trial: trial) }

  init(_ trial: Trial) {
    self.init(
      trial: trial.id, configuration: trial.configuration, rung: trial.rung,
      bitsPerByte: trial.bitsPerByte)
  }
}

/// What a sampler asks of the tables.
public struct EvidenceQuery: Hashable, Sendable {
  /// The rung whose best results are wanted; `nil` for the best of the leaderboard.
  public var rung: Int?
  /// How many of them.
  public var best: Int
  /// Numbers of trials seen, best or not.
  public var seen: [ClosedRange<Int>]

  public init(rung: Int?, best: Int, seen: [ClosedRange<Int>]) {
    self.rung = rung
    self.best = best
    self.seen = seen
  }
}

/// What a sampler may look at.
public struct SamplerEvidence: Hashable, Sendable {
  /// The best results, best first; only such with a score.
  public var best: [Observation]
  /// The trials whose numbers were asked for, in any state, by number.
  public var seen: [Observation]

  public init(best: [Observation], seen: [Observation]) {
    self.best = best
    self.seen = seen
  }
}
