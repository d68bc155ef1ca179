/// A hash table of the distinct windows of one sequence.
package struct WindowTable {
  private let elements: [UInt32]
  private let width: Int
  private let mask: Int
  /// Class number plus one in each slot; 0 is free.
  private var slots: [Int32]
  private var hashes: [UInt64] = []
  private var starts: [Int32] = []

  /// The number of distinct windows inserted.
  package var classCount: Int { starts.count }

  /// Makes room for all windows of `elements`.
  package init(_ elements: [UInt32], width: Int) {
    self.elements = elements
    self.width = width
    var size = 1024
    while size < 2 * elements.count { size *= 2 }
    mask = size - 1
    slots = [Int32](repeating: 0, count: size)
  }

  /// Returns the class of the window at `start`, a new one if it was not met before.
  package mutating func insert(at start: Int, hash: UInt64) -> Int32 {
    let slot = slot(of: elements, at: start, hash: hash)
    if slots[slot] != 0 { return slots[slot] - 1 }
    hashes.append(hash)
    starts.append(Int32(start))
    slots[slot] = Int32(starts.count)
    return slots[slot] - 1
  }

  /// Returns the class that equals the window of another sequence, if there is one.
  package func find(_ other: [UInt32], at start: Int, hash: UInt64) -> Int32? {
    let entry = slots[slot(of: other, at: start, hash: hash)]
    return entry == 0 ? nil : entry - 1
  }

  /// The slot that holds an equal window, or the free slot where it belongs.
  private func slot(of other: [UInt32], at start: Int, hash: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let entry = Int(slots[slot]) - 1
      if hashes[entry] == hash && equals(entry, other, at: start) { return slot }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private func equals(_ entry: Int, _ other: [UInt32], at start: Int) -> Bool {
    let mine = Int(starts[entry])
    var offset = 0
    while offset < width && elements[mine + offset] == other[start + offset] { offset += 1 }
    return offset == width
  }
}
