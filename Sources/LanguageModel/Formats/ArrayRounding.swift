internal import GoldenFloat
internal import Kernels

/// Rounds arrays of `Float` to the numbers of a 16-bit format.
public struct ArrayRounding: Sendable, Hashable {
  /// Which neighbour a number between two becomes.
  public enum Rule: Sendable, Hashable {
    /// The nearer one, of two equally near ones the even one.
    case nearest
    /// Either, at random, the mean being the number; element `i` has place `i` of the seed's sequence.
    case stochastic(seed: UInt64)
  }

  /// What to round to; `float32` leaves all as it is.
  public let format: NumberFormat
  public let rule: Rule

  public init(_ format: NumberFormat, _ rule: Rule = .nearest) {
    self.format = format
    self.rule = rule
  }

  /// Writes the rounded numbers of `x` to `out`, which may be `x`.
  ///
  /// What exceeds the largest number becomes infinite, and no number stays none.
  /// - Parameters:
  ///   - x: Of `count` elements.
  ///   - first: Index of the first in its array, for the random places.
  ///   - count: At least 0.
  ///   - out: Of `count` elements.
  /// - Complexity: O(`count`); does not allocate.
  public func round(
    _ x: UnsafePointer<Float>, first: Int = 0, _ count: Int, into out: UnsafeMutablePointer<Float>
  ) {
    switch (format, rule) {
    case (.float32, _):
      if x != UnsafePointer(out) { out.update(from: x, count: count) }
    case (.bf16, .nearest):
      for i in 0..<count { out[i] = Self.nearestBFloat16(x[i]) }
    case (.gf16, .nearest):
      roundToGF16(x, count, out)
    case (_, .stochastic(let seed)):
      for i in 0..<count {
        let random = StochasticRounding(seed: seed, counter: UInt64(first + i))
        out[i] =
          format == .bf16
          ? Self.stochasticBFloat16(x[i], random) : Self.stochasticGF16(x[i], random)
      }
    }
  }

  private static func nearestBFloat16(_ x: Float) -> Float {
    guard x.isFinite else { return x }
    let bits = x.bitPattern
    return Float(bitPattern: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) & 0xFFFF_0000)
  }

  private static func stochasticBFloat16(_ x: Float, _ random: StochasticRounding) -> Float {
    guard x.isFinite else { return x }
    return chopped(x, bits: 16, random)
  }

  static func stochasticGF16(_ x: Float, _ random: StochasticRounding) -> Float {
    // A normal number of the format well below the largest loses 14 of its bits.
    let exponent = Int(x.bitPattern >> 23 & 0xFF) - 127
    if (-30...30).contains(exponent) { return chopped(x, bits: 14, random) }
    return Float(GF16(x, stochastically: random))
  }

  /// Takes away the last `bits` of the fraction, and steps away from zero where they exceed as many
  /// random ones: the rule of `StochasticRounding`.
  private static func chopped(_ x: Float, bits: UInt32, _ random: StochasticRounding) -> Float {
    let mask = UInt32(1) << bits - 1
    let rest = x.bitPattern & mask
    let up = UInt32(random.word >> (64 - UInt64(bits))) < rest
    return Float(bitPattern: (x.bitPattern & ~mask) &+ (up ? mask + 1 : 0))
  }

  private func roundToGF16(
    _ x: UnsafePointer<Float>, _ count: Int, _ out: UnsafeMutablePointer<Float>
  ) {
    let kernels = GF16Kernels.best
    withUnsafeTemporaryAllocation(of: GF16.self, capacity: Self.block) { codes in
      var i = 0
      while i < count {
        let n = min(Self.block, count - i)
        var span = MutableSpan(
          _unsafeStart: codes.baseAddress.unsafelyUnwrapped, count: n)
        kernels.encode(Span(_unsafeStart: x + i, count: n), into: &span)
        var values = MutableSpan(_unsafeStart: out + i, count: n)
        kernels.decode(span.span, into: &values)
        i += n
      }
    }
  }

  /// A kilobyte of codes: more would be taken from the heap.
  private static let block = 512
}
