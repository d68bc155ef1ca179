/// The obvious version of bf16 rounding and products, which judges the kernels.
enum BFloat16 {
  /// The nearest bf16 number, of two equally near the one with an even last bit.
  ///
  /// By arithmetic, where the kernels work on bits.
  static func rounded(_ x: Float) -> Float {
    guard x.isFinite, x != 0 else { return x }
    // 8 significant bits, but no finer than the smallest subnormal.
    let unit = Float(sign: .plus, exponent: max(x.exponent, -126) - 7, significand: 1)
    let nearest = (x / unit).rounded(.toNearestOrEven)
    return nearest * unit
  }

  /// The number whose bits are a word's high or low half.
  static func half(_ word: UInt32, high: Bool) -> Float {
    Float(bitPattern: high ? word & 0xFFFF_0000 : word << 16)
  }

  /// `Σ a·b`, in the order that the kernels promise, added to `old` unless that is nil.
  static func sum(_ a: [Float], _ b: [Float], to old: Float?) -> Float {
    precondition(a.count == b.count, "equal lengths")
    var result = old
    var first = 0
    while first < a.count {
      var total: Float = 0
      for k in stride(from: first, to: min(first + 512, a.count), by: 2) {
        // A product of two numbers of 8 bits has 16 and is exact.
        if k + 1 < a.count { total += rounded(a[k + 1]) * rounded(b[k + 1]) }
        total += rounded(a[k]) * rounded(b[k])
      }
      result = result.map { $0 + total } ?? total
      first += 512
    }
    return result ?? 0
  }
}

/// Words with canaries on both sides, which must be as they were when a kernel is done.
final class GuardedWords {
  static let margin = Guarded.margin
  static let canary: UInt32 = 0x7FC5_A5A5

  let pointer: UnsafeMutablePointer<UInt32>
  let count: Int
  private let storage: UnsafeMutablePointer<UInt32>

  init(_ count: Int) {
    self.count = count
    let total = count + 2 * Self.margin
    storage = .allocate(capacity: total)
    storage.initialize(repeating: Self.canary, count: total)
    pointer = storage + Self.margin
  }

  deinit { storage.deallocate() }

  /// Whether nothing outside the elements was written.
  var intact: Bool {
    (0..<Self.margin).allSatisfy {
      storage[$0] == Self.canary && storage[Self.margin + count + $0] == Self.canary
    }
  }
}
