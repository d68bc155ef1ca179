import Determinism
import Foundation
import Scoring
import Testing

/// The coder by itself; `TwinTests` compares it with Coq's.
@Suite struct ArithmeticCoderTests {
  private static func coded(_ bits: [(Bool, BitShare)]) -> [UInt8] {
    var encoder = ArithmeticEncoder()
    for (bit, share) in bits { encoder.encode(bit, share) }
    return encoder.finish()
  }

  private static func drawn(_ count: Int, seed: UInt64) -> [(Bool, BitShare)] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
      // Shares from all but impossible to all but certain.
      let share = BitShare(probability: random.unit() < 0.5 ? random.unit() : 0x1p-24)
      return (random.unit() < 0.5, share)
    }
  }

  @Test(arguments: [0, 1, 2, 1_000, 200_000])
  func bitsComeBack(count: Int) throws {
    let bits = Self.drawn(count, seed: UInt64(count))
    let code = Self.coded(bits)
    var decoder = ArithmeticDecoder(code)
    for (bit, share) in bits { #expect(try decoder.decode(share) == bit) }
  }

  /// `code_length_64`: at most 8 bits and n/5,000,000 more than the shares say.
  @Test(arguments: [0.001, 0.1, 0.5, 0.9999])
  func theCodeIsAsLongAsTheSharesSay(probability: Double) {
    var random = SplitMix64(seed: 7)
    let share = BitShare(probability: probability)
    var encoder = ArithmeticEncoder()
    var bits = 0.0
    let n = 1_000_000
    for _ in 0..<n {
      let bit = random.unit() < probability
      encoder.encode(bit, share)
      bits -= log2(Double(share.parts(of: bit)) / Double(BitShare.total))
    }
    let length = Double(8 * encoder.finish().count)
    #expect(length <= 8 + bits + Double(n) / 5_000_000 + 1e-6 * bits)
    #expect(length >= bits - 64)
  }

  /// A symbol at the very end of the interval, over and over: every settled byte is 255 until a carry
  /// runs through all of them.
  @Test func aCarryRunsThroughThousandsOfBytes() throws {
    let rare = BitShare(parts: BitShare.total - 1)
    var bits = [(Bool, BitShare)](repeating: (true, rare), count: 1_000_000)
    bits.append((true, BitShare(probability: 0.5)))
    let code = Self.coded(bits)
    var decoder = ArithmeticDecoder(code)
    for (bit, share) in bits { #expect(try decoder.decode(share) == bit) }
  }

  /// Nothing that is read as a code may stop the program.
  @Test func anyBytesAreReadOrRefused() {
    var random = SplitMix64(seed: 11)
    var refused = 0
    for _ in 0..<20_000 {
      let code = (0..<random.index(below: 24)).map { _ in
        UInt8([255, random.index(below: 256)][random.index(below: 2)])
      }
      var decoder = ArithmeticDecoder(code)
      do throws(ArithmeticDecoder.Damage) {
        for _ in 0..<64 {
          _ = try decoder.decode(BitShare(parts: 1 + UInt32(random.index(below: 16_777_215))))
        }
      } catch {
        refused += 1
      }
    }
    #expect(refused > 0)
  }

  @Test func everyProbabilityBecomesAShareThatCodes() {
    for probability in [-1, 0, 1e-300, 0.5, 1, 2, .infinity, -Double.infinity] {
      let share = BitShare(probability: probability)
      #expect(share.parts(of: true) >= 1 && share.parts(of: false) >= 1)
      #expect(share.parts(of: true) + share.parts(of: false) == BitShare.total)
    }
    #expect(BitShare(probability: 0.25).one == BitShare.total / 4)
  }
}
