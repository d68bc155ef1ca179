import Kernels
import Testing

@Suite struct CounterRandomTests {
  /// From a second program in another language, written from the published constants.
  static let vectors: [(random: CounterRandom, low: UInt32, high: UInt32, bits: [UInt32])] = [
    (
      CounterRandom(seed: 0), 0x5E36_C008, 0xD698_2BD6,
      [0xEDA4_B9D7, 0x8DAE_07CC, 0xAE1C_8844, 0x7E5B_9768]
    ),
    (
      CounterRandom(seed: 1000), 0x7E0A_C5DB, 0x79B4_0E6E,
      [0xCBA1_ED49, 0xE0FB_8FEA, 0x227C_985F, 0xE497_3A88]
    ),
    (
      CounterRandom(seed: 42, 1, 2, 3), 0x1C13_77E8, 0x0B9A_C42D,
      [0x4B35_6188, 0x2E50_6D09, 0xA7E8_18DA, 0xC518_CC8A]
    ),
    (
      CounterRandom(seed: .max, 5, 0, 7), 0x95E3_209A, 0xCC0D_7A13,
      [0x7E1A_439B, 0x8504_5F53, 0x46A0_787D, 0xEF44_8F74]
    ),
  ]

  @Test func keysAndBitsAreThoseOfAnIndependentProgram() {
    for vector in Self.vectors {
      #expect(vector.random.low == vector.low)
      #expect(vector.random.high == vector.high)
      #expect([0, 1, 2, .max].map { vector.random.bits($0) } == vector.bits)
    }
  }

  /// Each of 256 values of each byte is expected 256 times in 65,536 draws; χ² has mean 255 and
  /// standard deviation 22.6, and six of those are 391.
  @Test(arguments: [0, 8, 16, 24] as [UInt32])
  func everyByteIsUniform(shift: UInt32) {
    for random in [CounterRandom(seed: 0), CounterRandom(seed: 7, 1, 2, 3)] {
      var counts = [Double](repeating: 0, count: 256)
      for counter in 0..<UInt32(65_536) {
        counts[Int(random.bits(counter) >> shift & 0xFF)] += 1
      }
      let square = counts.reduce(0) { $0 + ($1 - 256) * ($1 - 256) / 256 }
      #expect(square > 120 && square < 391)
    }
  }

  @Test func unitsLieInTheHalfOpenIntervalAndHaveMeanOneHalf() {
    let random = CounterRandom(seed: 11)
    let units = (0..<UInt32(65_536)).map { Double(random.unit($0)) }
    #expect(units.allSatisfy { $0 >= 0 && $0 < 1 })
    // Standard deviation of the mean: 1/√12/256 = 0.0011.
    #expect(abs(units.reduce(0, +) / 65_536 - 0.5) < 0.006)
  }

  @Test func theThresholdDropsThatShare() {
    #expect(CounterRandom.threshold(0) == 0)
    #expect(CounterRandom.threshold(0.5) == 1 << 31)
    #expect(CounterRandom.threshold(0.25) == 1 << 30)
    #expect(CounterRandom.threshold(1 - 0x1p-32) == UInt32.max - 1)
    let random = CounterRandom(seed: 5)
    for rate in [0.1, 0.5, 0.9] {
      let threshold = CounterRandom.threshold(rate)
      let dropped = (0..<UInt32(65_536)).count { random.bits($0) < threshold }
      // Six standard deviations of a binomial share.
      #expect(abs(Double(dropped) / 65_536 - rate) < 6 * (rate * (1 - rate)).squareRoot() / 256)
    }
  }

  @Test func eachCoordinateChangesTheKey() {
    let all = [
      CounterRandom(seed: 1), CounterRandom(seed: 2), CounterRandom(seed: 1, 1),
      CounterRandom(seed: 1, 0, 1), CounterRandom(seed: 1, 0, 0, 1), CounterRandom(seed: 1, 1, 1),
    ]
    #expect(Set(all).count == all.count)
    #expect(Set(all.map { $0.bits(0) }).count == all.count)
  }
}
