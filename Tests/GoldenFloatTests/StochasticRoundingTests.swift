import GoldenFloat
import Testing

@Suite struct StochasticRoundingTests {
  private let sample = 40_000

  /// SplitMix64 from the published seed 1234567, whose first words are known.
  @Test func theWordIsTheDocumentedHash() {
    func mix(_ value: UInt64) -> UInt64 {
      var z = value
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return z ^ z >> 31
    }
    #expect(mix(1_234_567 &+ 0x9E37_79B9_7F4A_7C15) == 6_457_827_717_110_365_317)
    for (seed, counter) in [(UInt64(0), UInt64(0)), (7, 3), (.max, .max)] {
      let word = mix(mix(seed) &+ (counter &+ 1) &* 0x9E37_79B9_7F4A_7C15)
      #expect(StochasticRounding(seed: seed, counter: counter).word == word)
    }
  }

  /// The mean lies within five standard errors; a value of the format never moves.
  @Test(arguments: [1.001, 0.1, -3.14159, 1e-10, 0x1.8p-40, -0x1p-41, 4.2915e9, 65_500, 0.5, 0, -2])
  func theMeanIsTheValue(value: Double) {
    let (down, up) = (GF16(value, rounding: .down), GF16(value, rounding: .up))
    var sum = 0.0
    var seen: Set<GF16> = []
    for counter in 0..<UInt64(sample) {
      let random = StochasticRounding(seed: 42, counter: counter)
      let x = GF16(value, stochastically: random)
      #expect(x == GF16(value, stochastically: random))
      seen.insert(x)
      sum += x == .infinity ? 0x1p32 : Double(x)
    }
    #expect(seen == Set([down, up]))
    let width = (up == .infinity ? 0x1p32 : Double(up)) - Double(down)
    #expect(abs(sum / Double(sample) - value) <= 5 * width / 2 / Double(sample).squareRoot())
  }

  /// The threshold is exact: with the fraction 2⁻⁶³, the words 0 and 1 round up, and no other.
  @Test func theFractionIsComparedToSixtyFourBits() {
    let share = 0x1p-40  // of a unit in the last place
    var ups = 0
    let value = 1 + share * 0x1p-9
    for counter in 0..<UInt64(1 << 16) {
      let random = StochasticRounding(seed: 3, counter: counter)
      let x = GF16(value, stochastically: random)
      let rises = random.word < UInt64(1 << 24)
      #expect(x == (rises ? GF16(1).nextUp : 1))
      if rises { ups += 1 }
    }
    #expect(ups < 3)
  }

  /// The words themselves decide, for fractions of all sizes, by exact arithmetic.
  @Test func roundingFollowsTheWord() throws {
    var random = Seeded(4_001)
    for counter in 0..<UInt64(100_000) {
      let fraction = random.next() >> 21
      let value = 1 + Double(fraction) * 0x1p-52
      let choice = StochasticRounding(seed: 9, counter: counter)
      let (whole, rest) = fraction.quotientAndRemainder(dividingBy: 1 << 43)
      let rises = choice.word < rest << 21
      let expected = GF16(bitPattern: 0x3E00 + UInt16(whole) + (rises ? 1 : 0))
      #expect(GF16(value, stochastically: choice) == expected)
    }
  }

  @Test func specialValuesStay() {
    let random = StochasticRounding(seed: 1, counter: 1)
    #expect(GF16(Float.nan, stochastically: random).bitPattern == 0x7F00)
    #expect(GF16(-Float.infinity, stochastically: random).bitPattern == 0xFE00)
    #expect(GF16(-0.0, stochastically: random).bitPattern == 0x8000)
    #expect(GF16(1e30, stochastically: random) == .infinity)
    #expect(GF64(GF16.pi, stochastically: random) == GF64(GF16.pi))
  }
}
