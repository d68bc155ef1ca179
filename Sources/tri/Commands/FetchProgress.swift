import Corpora

/// Shows a fetch on stderr: lines, and on a terminal a percentage that is overwritten.
struct FetchProgress {
  let name: String
  private var percent = -1

  init(name: String) { self.name = name }

  /// Shows one event.
  mutating func show(_ event: CorpusEvent) {
    if case .progress(let received, let total) = event {
      let now = total == 0 ? 100 : 100 * received / total
      guard now != percent else { return }
      percent = now
      Console.progress("\(name): \(received.grouped) of \(total.grouped) bytes, \(now) %")
      return
    }
    finish()
    if let line = event.line { Console.note("\(name): \(line)") }
  }

  /// Ends an overwritten line, so that what follows begins its own.
  mutating func finish() {
    if percent >= 0 { Console.endProgress() }
    percent = -1
  }
}
