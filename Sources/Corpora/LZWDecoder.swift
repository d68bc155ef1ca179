/// Decodes the stream format of the Unix program `compress` (`.Z` files).
///
/// A stream is the bytes 1F 9D, a flag byte (low five bits: widest code, top bit: clear codes
/// are used), then codes of 9 bits and up, least significant bit first. Codes are packed in
/// groups of eight; when the width changes, the rest of the group is padding.
///
/// - Source: Welch 1984, "A technique for high-performance data compression"; compress(1).
package struct LZWDecoder {
  private static let clearCode = 256
  private let input: ArraySlice<UInt8>
  private let widestCode: Int
  private let usesClearCode: Bool
  private let codesStart: Int

  private var width = 9
  /// Bits read since the current group of eight codes began, at `groupStart`.
  private var groupStart: Int
  private var groupBits = 0

  /// Reads the three header bytes.
  ///
  /// - Throws: ``CorpusError`` with code `badData` if they are not those of `compress`.
  package init(_ input: ArraySlice<UInt8>) throws {
    let start = input.startIndex
    guard input.count >= 3, input[start] == 0x1F, input[start + 1] == 0x9D else {
      throw Self.damaged("it does not begin as a compress stream")
    }
    widestCode = Int(input[start + 2] & 0x1F)
    usesClearCode = input[start + 2] & 0x80 != 0
    guard (9...16).contains(widestCode) else {
      throw Self.damaged("its widest code has \(widestCode) bits")
    }
    self.input = input
    codesStart = start + 3
    groupStart = codesStart
  }

  /// Decodes the whole stream.
  ///
  /// - Parameter limit: The most bytes to produce; a stream with more is an error.
  /// - Throws: ``CorpusError`` with code `badData` on an impossible code or too long an output.
  /// - Returns: The bytes that were compressed.
  package mutating func decode(limit: Int) throws -> [UInt8] {
    let capacity = 1 << widestCode
    // Entry c ≥ first is the string of `prefix[c]` followed by `suffix[c]`.
    var prefix = [UInt16](repeating: 0, count: capacity)
    var suffix = [UInt8](repeating: 0, count: capacity)
    let first = usesClearCode ? 257 : 256
    var free = first
    var previous: Int? = nil
    var output: [UInt8] = []
    output.reserveCapacity(limit)

    while let code = nextCode() {
      if usesClearCode && code == Self.clearCode {
        startGroup(width: 9)
        free = first
        previous = nil
        continue
      }
      let start = output.count
      var walk = code
      if let previous, code == free {
        walk = previous
      } else if code >= free {
        throw Self.damaged("code \(code) before it is defined")
      }
      if previous == nil && code > 255 { throw Self.damaged("its first code is \(code)") }
      while walk >= first {
        output.append(suffix[walk])
        walk = Int(prefix[walk])
      }
      guard walk < 256 else { throw Self.damaged("a clear code inside a string") }
      let head = UInt8(walk)
      output.append(head)
      output[start...].reverse()
      if code == free { output.append(head) }
      guard output.count <= limit else { throw Self.damaged("it is longer than \(limit) bytes") }

      if let previous, free < capacity {
        prefix[free] = UInt16(previous)
        suffix[free] = head
        free += 1
        if free > (1 << width) - 1 && width < widestCode { startGroup(width: width + 1) }
      }
      previous = code
    }
    return output
  }

  /// Skips the padding of the current group and goes on with another width.
  private mutating func startGroup(width: Int) {
    let groupLength = self.width * 8
    let groups = (groupBits + groupLength - 1) / groupLength
    groupStart += groups * self.width
    groupBits = 0
    self.width = width
  }

  private mutating func nextCode() -> Int? {
    let bit = groupBits
    let byte = groupStart + bit / 8
    guard (groupStart - input.startIndex) * 8 + bit + width <= input.count * 8 else { return nil }
    var word = UInt32(input[byte]) | UInt32(input[byte + 1]) << 8
    if byte + 2 < input.endIndex { word |= UInt32(input[byte + 2]) << 16 }
    groupBits += width
    return Int((word >> UInt32(bit % 8)) & ((1 << UInt32(width)) - 1))
  }

  private static func damaged(_ what: String) -> CorpusError {
    CorpusError(
      .badData, "a compressed text is damaged: \(what)",
      hint: "install the package again: apt-get install --reinstall bible-kjv-text")
  }
}
