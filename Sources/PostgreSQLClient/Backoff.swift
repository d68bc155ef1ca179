/// Pauses between tries: twice as long each time, with a random share, so that clients which failed
/// together do not come back together.
///
/// - Source: "full jitter", M. Brooker, AWS Architecture Blog, 2015, over a floor of half the pause.
public struct Backoff: Sendable {
  private var state: UInt64
  private var pause: Duration
  private let longest: Duration

  /// Makes pauses that `seed` decides; another one for each client.
  public init(
    seed: UInt64, first: Duration = .milliseconds(10), longest: Duration = .seconds(2)
  ) {
    state = seed
    pause = first
    self.longest = longest
  }

  /// Returns the next pause: between half of the current one and all of it.
  public mutating func next() -> Duration {
    // SplitMix64, see `Determinism`, on which this target does not depend.
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    let share = 0.5 + 0.5 * (Double(z >> 11) * 0x1p-53)
    let now = pause
    pause = min(longest, pause * 2)
    return now * share
  }
}
