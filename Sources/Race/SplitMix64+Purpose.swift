internal import Determinism

extension SplitMix64 {
  /// Makes the generator of one purpose, trial and attempt of a race.
  ///
  /// The same arguments give the same draws, whoever asks and in whatever order.
  init(race: Int, purpose: Purpose, trial: Int, attempt: Int = 0) {
    var mixed: UInt64 = 0
    for part in [race, purpose.rawValue, trial, attempt] {
      var generator = SplitMix64(seed: mixed ^ UInt64(bitPattern: Int64(part)))
      mixed = generator.next()
    }
    self.init(seed: mixed)
  }

  /// What the draws are for; each has its own stream.
  enum Purpose: Int, Sendable {
    case configuration = 1
    case seed = 2
    /// Choices of a sampler that learns.
    case proposal = 3
    /// Sobol's shift, one for a race.
    case shift = 4
    /// Whether a lesson is heard.
    case lessons = 5
  }
}
