import Foundation
import Race
import Synchronization

/// Sees to it that a worker that was asked to end is gone within ten seconds (L-R6).
///
/// A step ends soon, and with it the work. An evaluation may take longer: its trial is saved already, so
/// that it is given back from here, and the process ends. Where even that has no time left, as with a
/// server that does not answer, the lease runs out by itself.
final class Departure: Sendable {
  /// A trial that is saved and being evaluated.
  struct Held {
    let trial: Int
    let token: Int
    let checkpoint: Race.Checkpoint
    let work: Work
  }

  private enum State {
    case working
    case evaluating(Held)
    /// The trial was given back meanwhile: this process is about to end.
    case left
  }

  private let state = Mutex(State.working)
  private let store: any RaceStore
  private let metrics: WorkerMetrics?

  /// Seconds that an evaluation has to end and report by itself.
  private static let patience = 3.0

  init(store: any RaceStore, metrics: WorkerMetrics?) {
    self.store = store
    self.metrics = metrics
    Thread { [weak self] in
      while let self {
        guard let age = Interruption.age?.seconds else {
          Thread.sleep(forTimeInterval: 0.05)
          continue
        }
        if age > Self.patience { self.leaveEvaluation() }
        if age > Interruption.endSeconds { self.end("a lease runs out by itself") }
        Thread.sleep(forTimeInterval: 0.05)
      }
    }.start()
  }

  /// Runs an evaluation of a trial that is saved.
  func during<Value>(_ held: Held, _ evaluate: () -> Value) -> Value {
    state.withLock { $0 = .evaluating(held) }
    let value = evaluate()
    let hasLeft = state.withLock { state in
      if case .left = state { return true }
      state = .working
      return false
    }
    // What it would report was given back.
    while hasLeft { Thread.sleep(forTimeInterval: 1) }
    return value
  }

  private func leaveEvaluation() {
    let held: Held? = state.withLock { state in
      guard case .evaluating(let held) = state else { return nil }
      state = .left
      return held
    }
    guard let held else { return }
    do {
      try store.release(
        trial: held.trial, token: held.token, checkpoint: held.checkpoint, work: held.work,
        at: .now)
      end(nil)
    } catch let error as RaceError where error.code == .leaseLost {
      end(nil)
    } catch {
      end("the store does not answer: the lease of trial \(held.trial) runs out by itself")
    }
  }

  private func end(_ warning: String?) -> Never {
    if let warning { Console.warn(warning) }
    metrics?.end()
    _exit(Interruption.exitCode)
  }
}
