/// The best of some rounds.
struct Stopwatch {
  let rounds: Int

  /// Nanoseconds that `body` takes at best; runs it once beforehand.
  func best(_ body: () -> Void) -> Double {
    body()
    let clock = ContinuousClock()
    var best = Double.infinity
    for _ in 0..<rounds {
      let start = clock.now
      body()
      best = min(best, (clock.now - start).nanoseconds)
    }
    return best
  }
}

/// Uses a value, lest its computation be left out.
@inline(never)
func keep<Value>(_ value: Value) { withExtendedLifetime(value) {} }
