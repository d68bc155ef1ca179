/// The randomness of one stochastic rounding: 64 bits that depend on a seed and a counter alone.
///
/// A value between two neighbours rounds up with the probability of its place between them, so
/// that the mean of many roundings is the value. The place is taken to 64 bits, cut downwards, and
/// compared with ``word``; the expected value is thus below the exact one in magnitude by at most
/// ulp · 2⁻⁶⁴, and equal to it wherever the value is a multiple of ulp · 2⁻⁶⁴: for every `Float` and
/// `Double` that rounds to a normal GF16.
@frozen
public struct StochasticRounding: Sendable, Hashable {
  /// Names a sequence of random words.
  public var seed: UInt64

  /// The place in the sequence; use each place once.
  public var counter: UInt64

  @inlinable
  public init(seed: UInt64, counter: UInt64) {
    (self.seed, self.counter) = (seed, counter)
  }

  /// The random word, uniform over all 64-bit values as `counter` runs through all of its own.
  ///
  ///     mix(z) = z ^ z>>30, · BF58476D1CE4E5B9; ^ >>27, · 94D049BB133111EB; ^ >>31
  ///     word   = mix(mix(seed) + (counter + 1) · 9E3779B97F4A7C15)
  ///
  /// That is number `counter` of SplitMix64 seeded with `mix(seed)`.
  /// - Source: Steele, Lea & Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
  @inlinable public var word: UInt64 {
    Self.mix(Self.mix(seed) &+ (counter &+ 1) &* 0x9E37_79B9_7F4A_7C15)
  }

  @inlinable
  static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }
}

extension GoldenFloatingPoint {
  /// Converts a number, rounding up or down at random, the mean being the number.
  ///
  /// A number of the format stays as it is. Beyond the largest finite value the upper neighbour
  /// is infinity, which counts as the next power of two.
  @inlinable
  public init<Source: BinaryFloatingPoint>(
    _ value: Source, stochastically random: StochasticRounding
  ) {
    self.init(
      code: Self.layout.encode(ExactValue(value), randomWord: random.word))
  }
}

extension FloatLayout {
  /// The code of an exact value, rounded away from zero where its fraction exceeds `randomWord`.
  @inlinable
  func encode(_ value: ExactValue, randomWord: UInt64) -> UInt64 {
    guard case .finite(let negative, let significand, let exponent) = value, significand != 0 else {
      return encode(value, rounding: .towardZero)
    }
    let sign = negative ? signMask : 0
    let top = exponent &+ 127 &- significand.leadingZeroBitCount
    guard top <= maxExponent else { return sign | infinity }
    let quantum = Swift.max(top, minExponent) &- fractionBits
    let shift = quantum &- exponent
    guard shift > 0 else { return encode(value, rounding: .towardZero) }
    let kept = shift < 128 ? UInt64(truncatingIfNeeded: significand >> shift) : 0
    // Left-aligned, the fraction's first 64 bits are the upper half of the shifted number.
    let fraction =
      shift <= 64
      ? UInt64(truncatingIfNeeded: significand << (64 &- shift))
      : UInt64(truncatingIfNeeded: significand >> (shift &- 64))
    let base = UInt64(truncatingIfNeeded: quantum &- leastExponent) &<< UInt64(fractionBits)
    return sign | (base &+ kept &+ (randomWord < fraction ? 1 : 0))
  }
}
