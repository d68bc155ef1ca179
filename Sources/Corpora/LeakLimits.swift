/// The largest shares of held-out windows that training text may contain.
///
/// A share is a number of windows, each position counted, over all windows of that kind.
package struct LeakLimits: Sendable, Codable, Hashable {
  package let words8: Double
  package let words13: Double
  package let bytes64: Double
  /// The longest stretch of held-out bytes that may be made of training windows alone.
  package let longestRunBytes: Int

  enum CodingKeys: String, CodingKey {
    case words8 = "words_8"
    case words13 = "words_13"
    case bytes64 = "bytes_64"
    case longestRunBytes = "longest_run_bytes"
  }

  /// For texts that do not quote themselves; tiny_shakespeare has 0 of each kind.
  ///
  /// One shared run of 64 bytes or 13 words is already a copy. A thousandth of the 8-word
  /// shingles is left to set phrases.
  package static let strict = LeakLimits(words8: 0.001, words13: 0, bytes64: 0, longestRunBytes: 0)

  /// For texts that tell the same thing twice, such as scripture and laws.
  ///
  /// Set a little above what the King James Bible has between its own parts (Matthew against
  /// Mark and Luke: 1.69 %, 0.43 %, 0.39 %, 165 bytes); the run limit catches a copy that is too
  /// short to move a share.
  package static let repetitive = LeakLimits(
    words8: 0.02, words13: 0.005, bytes64: 0.005, longestRunBytes: 256)

  /// The limit of one kind.
  package subscript(kind: OverlapKind) -> Double {
    switch kind {
    case .words8: words8
    case .words13: words13
    case .bytes64: bytes64
    }
  }
}
