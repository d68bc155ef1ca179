import Dispatch
import Foundation
import Synchronization

/// SIGINT and SIGTERM as a request that running work looks at between two steps.
///
/// The first signal asks for an orderly end; a second one ends the process at once.
enum Interruption {
  private static let signalNumber = Atomic<Int32>(0)
  private nonisolated(unsafe) static var sources: [any DispatchSourceSignal] = []

  /// Starts to listen; called once, before the work.
  static func listen() {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if signalNumber.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
      }
      source.resume()
      sources.append(source)
    }
  }

  /// Asks for an orderly end from inside the process.
  static func request(_ number: Int32 = SIGTERM) {
    signalNumber.store(number, ordering: .relaxed)
  }

  /// The signal that arrived, if any.
  static var received: Int32? {
    let number = signalNumber.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// The exit code after an orderly end: 130 for SIGINT, 143 for SIGTERM.
  static var exitCode: Int32 { 128 + (received ?? SIGTERM) }
}
