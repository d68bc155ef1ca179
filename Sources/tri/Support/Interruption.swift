import Dispatch
import Foundation
import Synchronization

/// SIGINT and SIGTERM as a request that running work looks at between two steps.
enum Interruption {
  /// Who decides when the process has to end.
  enum Listener {
    /// A command that a user runs: the first signal asks for an orderly end, a second one ends
    /// the process at once.
    case command
    /// A worker: its supervisor decides. Ctrl-C reaches a whole group of processes and is none of
    /// its business, and a second signal must not cut the saving short that the first began.
    case worker
    /// A command that only shows something: the first signal ends it.
    case viewer
  }

  private static let signalNumber = Atomic<Int32>(0)
  private nonisolated(unsafe) static var sources: [any DispatchSourceSignal] = []

  /// Starts to listen; called once, before the work. A viewer runs `atEnd` before it ends.
  static func listen(
    as listener: Listener = .command, atEnd: @escaping @Sendable () -> Void = {}
  ) {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      if listener == .worker && number == SIGINT { continue }
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if listener == .viewer {
          atEnd()
          _exit(128 + number)
        }
        let earlier = signalNumber.exchange(number, ordering: .relaxed)
        if earlier != 0 && listener == .command { _exit(128 + number) }
      }
      source.resume()
      sources.append(source)
    }
  }

  /// Asks for an orderly end from inside the process.
  static func request(_ number: Int32 = SIGTERM) {
    signalNumber.store(number, ordering: .relaxed)
  }

  /// Sleeps, but not beyond a signal.
  static func sleep(seconds: Double) {
    let end = ContinuousClock.now + .seconds(seconds)
    while received == nil && ContinuousClock.now < end {
      Thread.sleep(forTimeInterval: min(0.05, seconds))
    }
  }

  /// The signal that arrived, if any.
  static var received: Int32? {
    let number = signalNumber.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// The exit code after an orderly end: 130 for SIGINT, 143 for SIGTERM.
  static var exitCode: Int32 { 128 + (received ?? SIGTERM) }
}
