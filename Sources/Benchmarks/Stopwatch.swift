internal import Synchronization

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
///
/// Its first bytes go to a place that other threads could read, which no optimiser may leave out.
@inline(never)
func keep<Value>(_ value: Value) {
  withUnsafeBytes(of: value) { bytes in
    used.store(bytes.first ?? 0, ordering: .relaxed)
  }
}

private let used = Atomic<UInt8>(0)
