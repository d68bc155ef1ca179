internal import Determinism

/// Pauses between tries: twice as long each time, with a random share, so that clients which failed
/// together do not come back together.
///
/// - Source: "full jitter", M. Brooker, AWS Architecture Blog, 2015, over a floor of half the pause.
public struct Backoff: Sendable {
  private var generator: SplitMix64
  private var pause: Duration
  private let longest: Duration

  /// Makes pauses that `seed` decides; another one for each client.
  public init(
    seed: UInt64, first: Duration = .milliseconds(10), longest: Duration = .seconds(2)
  ) {
    generator = SplitMix64(seed: seed)
    pause = first
    self.longest = longest
  }

  /// Returns the next pause: between half of the current one and all of it.
  public mutating func next() -> Duration {
    let share = 0.5 + 0.5 * generator.unit()
    let now = pause
    pause = min(longest, pause * 2)
    return now * share
  }
}
