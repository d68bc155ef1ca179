import Corpora
import Foundation

/// Shows a fetch on stderr: lines, and on a terminal a percentage that is overwritten.
struct FetchProgress {
  let name: String
  private let onTerminal = isatty(STDERR_FILENO) == 1
  private var percent = -1

  init(name: String) { self.name = name }

  /// Shows one event.
  mutating func show(_ event: CorpusEvent) {
    if case .progress(let received, let total) = event {
      let now = total == 0 ? 100 : 100 * received / total
      guard onTerminal, now != percent else { return }
      percent = now
      write("\r\(name): \(received.grouped) of \(total.grouped) bytes, \(now) %")
      return
    }
    finish()
    if let line = event.line { write("\(name): \(line)\n") }
  }

  /// Ends an overwritten line, so that what follows begins its own.
  mutating func finish() {
    if percent >= 0 { write("\n") }
    percent = -1
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
