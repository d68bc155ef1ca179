import Determinism
import Foundation
import Scoring
import Testing

/// The coder on its own; `TwinTests` compares it with Coq's definitions.
@Suite struct ArithmeticCoderTests {
  /// Bits and their shares; now and then the share is as small as can be.
  static func bits(_ count: Int, seed: UInt64) -> [(bit: Bool, share: BitShare)] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
      let parts: UInt32 =
        switch random.index(below: 8) {
        case 0: 1
        case 1: BitShare.total - 1
        default: 1 + UInt32(random.index(below: Int(BitShare.total - 1)))
        }
      // As likely as the share says, or, now and then, as unlikely.
      let likely = random.unit() * Double(BitShare.total) < Double(parts)
      return (random.index(below: 16) == 0 ? !likely : likely, BitShare(parts: parts))
    }
  }

  static func encoded(_ bits: [(bit: Bool, share: BitShare)]) -> [UInt8] {
    var encoder = ArithmeticEncoder()
    for (bit, share) in bits { encoder.encode(bit, share) }
    return encoder.finished()
  }

  @Test func bitsComeBackAndCostWhatIsProved() throws {
    for seed in 0..<400 {
      let bits = Self.bits(seed * 7, seed: UInt64(seed))
      let code = Self.encoded(bits)
      var decoder = ArithmeticDecoder(code)
      for (i, (bit, share)) in bits.enumerated() {
        let decoded = try decoder.decode(share)
        #expect(decoded == bit, "bit \(i) of \(bits.count), seed \(seed)")
      }
      let ideal = bits.reduce(0.0) {
        $0 - log2(Double($1.share.parts(of: $1.bit)) / Double(BitShare.total))
      }
      #expect(Double(8 * code.count) <= 8 + ideal + Double(bits.count) / 5_000_000 + 1e-6)
      // No code is much shorter than its text costs: the loss is one of rounding alone.
      #expect(Double(8 * code.count) >= ideal - 8)
    }
  }

  /// The code may be followed by other bytes, after six zeros.
  @Test func whatFollowsDoesNotMatter() throws {
    for seed in 0..<50 {
      let bits = Self.bits(100, seed: UInt64(seed))
      let code = Self.encoded(bits) + [0, 0, 0, 0, 0, 0, 255, 1, 2]
      var decoder = ArithmeticDecoder(code)
      for (bit, share) in bits {
        let decoded = try decoder.decode(share)
        #expect(decoded == bit)
      }
    }
  }

  /// A carry that runs through a thousand bytes: the code approaches a power of 256 from below and
  /// then passes it.
  @Test func aCarryRunsThroughAllBytesBefore() throws {
    var encoder = ArithmeticEncoder()
    let last = CodingShare(below: 255, frequency: 1, total: 256)
    let table = [UInt64](repeating: 1, count: 256)
    for _ in 0..<1_000 { encoder.encode(last) }
    // The interval is now the last one below the power; its upper end carries when it is finished.
    let wide = CodingShare(below: 1, frequency: (1 << 48) - 1, total: 1 << 48)
    encoder.encode(wide)
    let code = encoder.finished()
    var decoder = ArithmeticDecoder(code)
    for _ in 0..<1_000 {
      let symbol = try decoder.decode(table)
      #expect(symbol == 255)
    }
    let symbol = try decoder.decode([1, (1 << 48) - 1])
    #expect(symbol == 1)

    // Half of what is left at a time, always the upper one, and a share that starts in its middle.
    var halves = ArithmeticEncoder()
    let tables: [[UInt64]] = (0..<4_000).map { $0 % 3 == 0 ? [1, 1] : [1, (1 << 47) + 1] }
    for table in tables { halves.encode(CodingShare(of: 1, in: table)) }
    var back = ArithmeticDecoder(halves.finished())
    for table in tables {
      let symbol = try back.decode(table)
      #expect(symbol == 1)
    }
  }

  /// Any bytes decode to something or are refused, in as many steps as were asked for.
  @Test func anyBytesAreDecodedOrRefused() {
    var random = SplitMix64(seed: 7)
    var refused = 0
    for _ in 0..<20_000 {
      let code = (0..<random.index(below: 24)).map { _ in
        random.index(below: 3) == 0 ? 255 : UInt8(random.index(below: 256))
      }
      var decoder = ArithmeticDecoder(code)
      do {
        for _ in 0..<60 {
          if random.index(below: 2) == 0 {
            _ = try decoder.decode(
              BitShare(parts: 1 + UInt32(random.index(below: Int(BitShare.total - 1)))))
          } else {
            let total = 1 + random.next() % (1 << 48)
            _ = try decoder.decode([0, total / 3, 0, total - total / 3])
          }
        }
      } catch {
        refused += 1
      }
    }
    #expect(refused > 0)
  }

  /// A truncated code is another text's, or refused; it never reads beyond its end.
  @Test func aTruncatedCodeEnds() {
    let bits = Self.bits(500, seed: 3)
    let code = Self.encoded(bits)
    var different = 0
    for length in 0..<code.count {
      var decoder = ArithmeticDecoder(Array(code.prefix(length)))
      var text: [Bool] = []
      for (_, share) in bits {
        guard let bit = try? decoder.decode(share) else { break }
        text.append(bit)
      }
      if text != bits.map(\.bit) { different += 1 }
    }
    #expect(different >= code.count - 6)
  }

  @Test func aSymbolWithoutAShareIsMisuse() async {
    await #expect(processExitsWith: .failure) { _ = CodingShare(of: 1, in: [1, 0]) }
    await #expect(processExitsWith: .failure) { _ = CodingShare(of: 0, in: [(1 << 48) + 1]) }
    await #expect(processExitsWith: .failure) { _ = CodingShare(of: 2, in: [1, 1]) }
  }
}
