internal import Kernels

/// Which windows each step reads: every window of the text once an epoch, in a seeded random order.
///
/// An epoch cuts the text into windows of `context` bytes from a random phase and shuffles them, so
/// that neither order nor alignment repeats. Window `g` of the run is a pure function of the seed
/// and `g`, so a resumed run reads on exactly where it stopped.
package struct BatchSampler {
  let seed: UInt64
  /// Bytes of the text.
  let count: Int
  /// Bytes of a window; each window's last target lies one byte further.
  private(set) var length: Int
  /// Windows of an epoch.
  package private(set) var windows: Int
  private var epoch = -1
  private var order: [Int32]
  private var phase = 0

  /// - Precondition: `count ≥ 2 · (length + 1)`.
  package init(seed: UInt64, count: Int, length: Int) {
    precondition(
      count >= 2 * (length + 1),
      "[BatchSampler] the text has \(count) bytes, expected at least 2·(\(length) + 1)")
    self.seed = seed
    self.count = count
    self.length = length
    windows = Self.windows(count: count, length: length)
    order = Array(repeating: 0, count: windows)
  }

  /// Cuts the text into windows of another length from now on; does not allocate for a longer one.
  ///
  /// - Precondition: As at first.
  mutating func cut(into length: Int) {
    if length == self.length { return }
    precondition(
      count >= 2 * (length + 1),
      "[BatchSampler] the text has \(count) bytes, expected at least 2·(\(length) + 1)")
    self.length = length
    windows = Self.windows(count: count, length: length)
    if windows > order.count { order = Array(repeating: 0, count: windows) }
    epoch = -1
  }

  /// Windows of an epoch of `count` bytes.
  static func windows(count: Int, length: Int) -> Int { (count - 1) / length - 1 }

  /// Start of window `g`, in `0...(count − length − 1)`.
  package mutating func start(of g: Int) -> Int {
    if g / windows != epoch { shuffle(epoch: g / windows) }
    return phase + Int(order[g % windows]) * length
  }

  private mutating func shuffle(epoch: Int) {
    self.epoch = epoch
    let random = CounterRandom(seed: seed, 0x5A4D, UInt64(epoch))
    // The last window and its target must stay inside for every phase.
    let slack = count - 1 - windows * length
    phase = Int(random.bits(0)) % (min(slack, length - 1) + 1)
    for i in 0..<windows { order[i] = Int32(i) }
    for i in stride(from: windows - 1, to: 0, by: -1) {
      let bits = UInt64(random.bits(UInt32(truncatingIfNeeded: i)))
      order.swapAt(i, Int((bits * UInt64(i + 1)) >> 32))
    }
  }
}
