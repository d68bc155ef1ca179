internal import Kernels

extension FloatArena {
  /// Fills the first `count` numbers from [−1/2, 1/2), the same for a seed everywhere.
  func fill(_ count: Int, seed: UInt64) {
    let random = CounterRandom(seed: seed)
    for i in 0..<count { base[i] = random.unit(UInt32(truncatingIfNeeded: i)) - 0.5 }
  }
}
