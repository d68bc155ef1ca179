/// A polynomial hash over a sliding window, modulo 2⁶⁴.
enum RollingHash {
  private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// Calls `visit` with the start index and hash of each window, in order.
  @inline(__always)
  package static func scan(
    _ elements: [UInt32], width: Int, visit: (Int, UInt64) -> Void
  ) {
    guard elements.count >= width else { return }
    var oldest: UInt64 = 1
    for _ in 0..<width - 1 { oldest &*= base }
    var hash: UInt64 = 0
    for index in 0..<width - 1 {
      hash = hash &* base &+ UInt64(elements[index]) &+ 1
    }
    var last = width - 1
    while last < elements.count {
      hash = hash &* base &+ UInt64(elements[last]) &+ 1
      let begin = last - width + 1
      visit(begin, mixed(hash))
      hash &-= oldest &* (UInt64(elements[begin]) &+ 1)
      last += 1
    }
  }

  /// Spreads the bits, so that a table may use the low ones.
  @inline(__always)
  private static func mixed(_ hash: UInt64) -> UInt64 {
    let folded = (hash ^ (hash >> 32)) &* 0xD6E8_FEB8_6659_FD93
    return folded ^ (folded >> 32)
  }
}
