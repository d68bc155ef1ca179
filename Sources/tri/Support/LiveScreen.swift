import Foundation
import Synchronization

/// A terminal's screen that is drawn again and again, and left as it was found.
///
/// It is the terminal's second screen: what was on the first one is there again afterwards, however this
/// ends, short of `kill -9`.
enum LiveScreen {
  /// Whether stdout is a terminal that can be drawn on.
  static var isPossible: Bool {
    let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
    return isatty(STDOUT_FILENO) == 1 && !kind.isEmpty && kind != "dumb"
  }

  private enum State { case closed, open, over }
  private static let state = Mutex(State.closed)
  private static let resized = Atomic<Bool>(false)
  private nonisolated(unsafe) static var source: (any DispatchSourceSignal)?

  /// Takes the screen; called once.
  static func open() {
    state.withLock { state in
      guard state == .closed else { return }
      state = .open
      write("\u{1B}[?1049h\u{1B}[?25l")
    }
    let source = DispatchSource.makeSignalSource(signal: SIGWINCH, queue: .global())
    source.setEventHandler { resized.store(true, ordering: .relaxed) }
    source.resume()
    Self.source = source
  }

  /// Gives the screen back; nothing is drawn any more.
  static func close() {
    state.withLock { state in
      if state == .open { write("\u{1B}[?25h\u{1B}[?1049l") }
      state = .over
    }
  }

  /// Draws lines from the top, as many and as much of each as the terminal has room for.
  static func draw(_ lines: [String]) {
    let (width, height) = size
    var text = "\u{1B}[H"
    for line in lines.prefix(height) {
      // No line break after the last: it would scroll a full screen.
      text += (text.count > 3 ? "\r\n" : "") + line.prefix(width) + "\u{1B}[K"
    }
    text += "\u{1B}[J"
    state.withLock { if $0 == .open { write(text) } }
  }

  /// Waits, but not beyond a change of the terminal's size.
  static func wait(seconds: Double) {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      if resized.exchange(false, ordering: .relaxed) { return }
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  /// Columns and rows of the terminal.
  static var size: (width: Int, height: Int) {
    var window = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0,
      window.ws_row > 0
    else { return (80, 24) }
    return (Int(window.ws_col), Int(window.ws_row))
  }

  private static func write(_ text: String) {
    try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
  }
}
