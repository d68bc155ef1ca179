internal import Synchronization

/// The best of some rounds.
struct Stopwatch {
  let rounds: Int
  /// Of a round, at least; one run takes longer than none.
  var seconds = 0.0

  /// Nanoseconds that a run of `body` takes at best; runs it once beforehand.
  func best(_ body: () -> Void) -> Double {
    body()
    let clock = ContinuousClock()
    var best = Double.infinity
    for _ in 0..<rounds {
      let start = clock.now
      var count = 0
      var taken = 0.0
      repeat {
        body()
        count += 1
        taken = (clock.now - start).nanoseconds
      } while taken < seconds * 1e9
      best = min(best, taken / Double(count))
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
