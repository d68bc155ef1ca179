/// Which windows score a range of a text so that every byte is scored once.
///
/// A window's inputs are `length` consecutive bytes; its targets are the bytes one later. Windows
/// overlap: each scores only its last targets, so that a scored byte has at least
/// `length − stride + 1` bytes of context where the text has them. Bytes before the range serve as
/// context. The first byte of a text has no context and no window: it costs a uniform 8 bits.
public struct WindowPlan: Sendable, Hashable {
  /// One window.
  public struct Window: Sendable, Hashable {
    /// Index in the text of its first input byte.
    public let start: Int
    /// Bytes of input.
    public let length: Int
    /// Targets that it scores, as indices in the text; the last ones of the window.
    public let scored: Range<Int>
  }

  /// The windows, by rising position.
  public let windows: [Window]
  /// Bytes that are scored as uniform for lack of any context: 1 if the range starts the text.
  public let uncovered: Int

  /// Plans windows over `range`.
  ///
  /// - Parameters:
  ///   - range: Bytes to score.
  ///   - context: Longest window, `T`.
  ///   - stride: New bytes per window, `1…context`.
  public init(range: Range<Int>, context: Int, stride: Int) {
    precondition(
      range.lowerBound >= 0 && context >= 1 && (1...context).contains(stride),
      "[WindowPlan] range \(range), context \(context), stride \(stride)")
    var windows: [Window] = []
    uncovered = range.contains(0) ? 1 : 0
    var next = max(range.lowerBound, 1)
    while next < range.upperBound {
      // A window that reaches back to the text's first byte scores all it can.
      let reach = next <= context - stride ? context + 1 : next + stride
      let end = min(range.upperBound, reach)
      let start = max(0, end - 1 - context)
      windows.append(Window(start: start, length: end - 1 - start, scored: next..<end))
      next = end
    }
    self.windows = windows
  }
}
