/// A kind of window that held-out and training text are compared by.
package enum OverlapKind: String, Sendable, Codable, CaseIterable {
  /// Runs of eight words: separated by whitespace, ASCII case folded.
  case words8 = "words_8"
  /// Runs of thirteen words.
  case words13 = "words_13"
  /// Runs of 64 bytes, exactly.
  case bytes64 = "bytes_64"

  /// Words or bytes in a window.
  package var width: Int {
    switch self {
    case .words8: 8
    case .words13: 13
    case .bytes64: 64
    }
  }

  /// The name for a person.
  package var title: String {
    switch self {
    case .words8: "8-word shingles"
    case .words13: "13-word shingles"
    case .bytes64: "64-byte substrings"
    }
  }
}
