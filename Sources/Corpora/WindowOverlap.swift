/// Counts the windows of one sequence that occur anywhere in another: exactly, in linear time.
///
/// Each distinct window of the held-out sequence is a class in a hash table; the other sequence
/// is scanned with a rolling hash. A hash only proposes: elements are then compared one by one,
/// so there are no false matches, and equal windows always have equal hashes, so none is missed.
///
/// Elements are numbers: those of words, or bytes widened.
package struct WindowOverlap {
  /// Held-out windows that occur in training, each position counted.
  package let count: Int
  /// All held-out windows.
  package let total: Int
  /// Indices of the first such window and of its first occurrence in training.
  package let first: (heldOut: Int, training: Int)?
  /// Elements in the longest stretch of adjacent matching windows.
  package let longestRun: Int

  /// Compares two sequences.
  ///
  /// - Parameters:
  ///   - heldOut: The text to be scored; fewer than 2³¹ elements.
  ///   - training: The text learnt from; fewer than 2³¹ elements.
  ///   - width: Elements a window; positive.
  /// - Complexity: O(heldOut.count + training.count) expected for a fixed width.
  package init(heldOut: [UInt32], training: [UInt32], width: Int) {
    precondition(width > 0, "[WindowOverlap] width \(width), expected at least 1")
    total = max(0, heldOut.count - width + 1)
    var table = WindowTable(heldOut, width: width)
    var classes: [Int32] = []
    classes.reserveCapacity(total)
    RollingHash.scan(heldOut, width: width) { start, hash in
      classes.append(table.insert(at: start, hash: hash))
    }
    // The first training position of each class.
    var seenAt = [Int32](repeating: -1, count: table.classCount)
    RollingHash.scan(training, width: width) { start, hash in
      if let found = table.find(training, at: start, hash: hash), seenAt[Int(found)] < 0 {
        seenAt[Int(found)] = Int32(start)
      }
    }
    var count = 0
    var first: (heldOut: Int, training: Int)? = nil
    var run = 0
    var longest = 0
    for (offset, windowClass) in classes.enumerated() {
      let seen = seenAt[Int(windowClass)]
      guard seen >= 0 else {
        run = 0
        continue
      }
      count += 1
      run += 1
      longest = max(longest, run)
      if first == nil { first = (offset, Int(seen)) }
    }
    self.count = count
    self.first = first
    longestRun = longest == 0 ? 0 : longest + width - 1
  }
}
