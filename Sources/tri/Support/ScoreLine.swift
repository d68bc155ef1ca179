/// The one line that `tri train` prints on stdout: `BPB=X.XXXX` (L-R8).
///
/// Programs read it, so that nothing else may be printed there, and it is printed in no other way.
struct ScoreLine {
  let text: String

  /// The line of a score; nil for what is none: a negative number, NaN or ∞.
  init?(_ bitsPerByte: Double) {
    guard bitsPerByte.isFinite, bitsPerByte >= 0 else { return nil }
    text = "BPB=" + decimal(bitsPerByte, 4)
  }

  /// Whether a line is one of a score.
  static func isScore(_ line: String) -> Bool { line.wholeMatch(of: /BPB=\d+\.\d{4}/) != nil }
}
