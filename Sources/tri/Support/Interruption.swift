import Dispatch
import Foundation
import Synchronization

/// SIGINT and SIGTERM as a request that running work looks at between two steps.
enum Interruption {
  /// What a signal means.
  enum Listener {
    /// A command that a user runs: the first signal asks for an orderly end, a second one ends
    /// the process at once.
    case command
    /// A worker: its supervisor decides. Ctrl-C reaches a whole group of processes and is none of
    /// its business. SIGTERM asks for an orderly end, a second one ends the process at once; what the
    /// supervisor asks for, by closing a pipe, counts as none.
    case worker
    /// A command that only shows something: the first signal ends it.
    case viewer
  }

  private struct State {
    var listener = Listener.command
    /// When the first request came.
    var since: ContinuousClock.Instant?
    var number: Int32 = 0
    var signals = 0
  }

  private static let state = Mutex(State())
  private nonisolated(unsafe) static var sources: [any DispatchSourceSignal] = []

  /// Starts to listen; called once, before the work.
  ///
  /// A viewer runs `atEnd` before it ends.
  static func listen(
    as listener: Listener = .command, atEnd: @escaping @Sendable () -> Void = {}
  ) {
    state.withLock { $0.listener = listener }
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      if listener == .worker && number == SIGINT { continue }
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if listener == .viewer {
          atEnd()
          _exit(128 + number)
        }
        let signals = state.withLock { state in
          state.signals += 1
          return state.signals
        }
        if signals > 1 { _exit(128 + number) }
        request(number)
      }
      source.resume()
      sources.append(source)
    }
  }

  /// Asks for an orderly end; also from inside the process.
  static func request(_ number: Int32 = SIGTERM) {
    state.withLock { state in
      state.number = number
      if state.since == nil { state.since = .now }
    }
  }

  /// Seconds from a request by when a worker has left its store, and by when it is gone (L-R6: 10 s).
  static let storeSeconds = 8.0
  static let endSeconds = 9.5

  /// By when a wait for a store that began at a moment has to be over; `nil` while nobody asks for an
  /// end.
  ///
  /// A worker gives its trial back as long as there is time; any other command has its answer within 2 s,
  /// or leaves.
  static func cutOff(of began: ContinuousClock.Instant) -> ContinuousClock.Instant? {
    state.withLock { state in
      state.since.map { since in
        state.listener == .worker
          ? max(since + .seconds(storeSeconds), began + .seconds(0.5))
          : max(since, began) + .seconds(2)
      }
    }
  }

  /// Time since the first request; `nil` while there is none.
  static var age: Duration? { state.withLock { $0.since.map { .now - $0 } } }

  /// Sleeps, but not beyond a signal.
  static func sleep(seconds: Double) {
    let end = ContinuousClock.now + .seconds(seconds)
    while received == nil && ContinuousClock.now < end {
      Thread.sleep(forTimeInterval: min(0.05, seconds))
    }
  }

  /// The signal that arrived, if any.
  static var received: Int32? {
    state.withLock { $0.since == nil ? nil : $0.number }
  }

  /// The exit code after an orderly end: 130 for SIGINT, 143 for SIGTERM.
  static var exitCode: Int32 { 128 + (received ?? SIGTERM) }
}
