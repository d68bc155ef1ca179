import Determinism
import Testing

import Corpora

@Suite struct GzipTests {
  /// Made by `gzip -n -9`.
  private static let compressed: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4B, 0x4C, 0x4A, 0x84, 0x43, 0x2E,
    0x00, 0x03, 0xD1, 0x6D, 0x26, 0x0D, 0x00, 0x00, 0x00,
  ]

  private func error(_ file: [UInt8], limit: Int = 100) -> GzipError? {
    do throws(GzipError) {
      _ = try Gzip.decode(file, limit: limit)
      return nil
    } catch {
      return error
    }
  }

  @Test func whatWasCompressedComesBack() throws {
    #expect(try Gzip.decode(Self.compressed, limit: 13) == Array("abababababab\n".utf8))
    for bytes in [[], [7], [UInt8](repeating: 3, count: 60_000)] {
      #expect(try Gzip.decode(IDXFixture.gzip(bytes), limit: 60_000) == bytes)
    }
  }

  @Test func whatIsNoGzipFileIsRefused() {
    #expect(error([]) == .notGzip)
    #expect(error(IDXFixture.idx([1], [1])) == .notGzip)
    #expect(error(Self.compressed, limit: 12) == .tooLong(bytes: 13, limit: 12))
    #expect(error(Self.compressed + [0]) != nil)
    #expect(error(Self.compressed + Self.compressed) == .damaged)
  }

  /// The length is then read from other bytes, here once from data that say 100.
  @Test func everyTruncationIsRefused() {
    for length in 2..<Self.compressed.count {
      #expect(error(Array(Self.compressed.prefix(length))) != nil, "\(length)")
    }
    let stored = IDXFixture.gzip([1, 2, 3, 4, 100, 0, 0, 0])
    #expect(error(Array(stored.dropLast(8))) == .cutShort)
  }

  /// But for the header's text flag, time and system and the two bits that fill up the stream's
  /// last byte, which say nothing of the contents.
  @Test func everyFlippedBitIsFound() {
    for index in Self.compressed.indices where !(4..<10).contains(index) {
      for bit in 0..<8 where ![[3, 0], [16, 6], [16, 7]].contains([index, bit]) {
        var altered = Self.compressed
        altered[index] ^= 1 << bit
        #expect(error(altered, limit: 1 << 20) != nil, "bit \(bit) of byte \(index)")
      }
    }
  }

  @Test func randomStreamsNeverTrap() {
    var random = SplitMix64(seed: 4)
    for _ in 0..<500 {
      let body = (0..<Int.random(in: 8...200, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      #expect(
        error([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3] + body + [200, 0, 0, 0], limit: 200) != nil)
    }
  }
}
