/// Gives equal words equal numbers, over several texts.
///
/// A word is a run of bytes that are not ASCII whitespace, with the letters A–Z folded to a–z;
/// punctuation belongs to it.
struct WordNumbers {
  /// The words of one text: their numbers, and where each begins.
  struct Words {
    var numbers: [UInt32] = []
    /// Offsets in the indices of the text given.
    var offsets: [Int] = []
  }

  private var slots = [UInt32](repeating: 0, count: 1 << 16)
  private var hashes: [UInt64] = []
  /// Folded bytes of all distinct words; word n is `arena[ends[n]..<ends[n + 1]]`.
  private var arena: [UInt8] = []
  private var ends: [Int] = [0]

  /// Numbers the words of a text.
  mutating func words(of text: ArraySlice<UInt8>) -> Words {
    let bytes = Array(text)
    var words = Words()
    var start = -1
    var hash: UInt64 = 0
    var index = 0
    while index <= bytes.count {
      // The end of the text ends a word as a space does.
      let byte = index < bytes.count ? Self.folded(bytes[index]) : 32
      if byte == 32 || (byte >= 9 && byte <= 13) {
        if start >= 0 {
          words.numbers.append(number(of: bytes, from: start, to: index, hash: hash))
          words.offsets.append(text.startIndex + start)
        }
        start = -1
      } else {
        if start < 0 {
          start = index
          hash = 0xCBF2_9CE4_8422_2325
        }
        hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
      }
      index += 1
    }
    return words
  }

  private mutating func number(
    of bytes: [UInt8], from start: Int, to end: Int, hash: UInt64
  ) -> UInt32 {
    if hashes.count * 2 > slots.count { grow() }
    var slot = Int(truncatingIfNeeded: hash ^ (hash >> 32)) & (slots.count - 1)
    while slots[slot] != 0 {
      let entry = Int(slots[slot]) - 1
      if hashes[entry] == hash && equals(entry, bytes, from: start, to: end) {
        return UInt32(entry)
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    hashes.append(hash)
    for byte in bytes[start..<end] { arena.append(Self.folded(byte)) }
    ends.append(arena.count)
    slots[slot] = UInt32(hashes.count)
    return UInt32(hashes.count - 1)
  }

  private func equals(_ entry: Int, _ bytes: [UInt8], from start: Int, to end: Int) -> Bool {
    let mine = ends[entry]
    guard ends[entry + 1] - mine == end - start else { return false }
    var offset = 0
    while offset < end - start && arena[mine + offset] == Self.folded(bytes[start + offset]) {
      offset += 1
    }
    return offset == end - start
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for (entry, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash ^ (hash >> 32)) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(entry + 1)
    }
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    byte >= 65 && byte <= 90 ? byte | 32 : byte
  }
}
