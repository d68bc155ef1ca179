import Dispatch
import Foundation
import Race
import Synchronization

/// Renews a lease from a timer of its own, so that a long step or evaluation does not look dead.
final class Heart: @unchecked Sendable {
  /// What the race wants of the running trial.
  enum Wish: Equatable {
    case goOn
    /// Save, release, and ask again.
    case stop
    /// The trial belongs to another worker: drop everything.
    case lost
  }

  private struct State {
    var wish = Wish.goOn
    /// Until when the lease lasts at least, by this machine's monotonic clock.
    var until: ContinuousClock.Instant
  }

  private let state: Mutex<State>
  private let store: any RaceStore
  private let trial: Int
  private let token: Int
  private let lease: Duration
  private let timer: any DispatchSourceTimer

  /// Starts to beat, every `seconds` or three times a lease.
  ///
  /// The store's clock decides when a lease ends. It began after the claim was asked for, so it lasts
  /// at least as long as it does counted from there.
  init(
    store: any RaceStore, claim: Claim, asked: ContinuousClock.Instant, leaseSeconds: Double,
    every seconds: Double
  ) {
    self.store = store
    trial = claim.trial
    token = claim.lease.token
    lease = .seconds(leaseSeconds)
    state = Mutex(State(until: asked + lease))
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "igla.heart"))
    let pause = min(seconds, leaseSeconds / 3)
    timer.schedule(deadline: .now() + pause, repeating: pause)
    timer.setEventHandler { [weak self] in self?.beat() }
    timer.resume()
  }

  /// Stops to beat.
  func rest() { timer.cancel() }

  var wish: Wish { state.withLock { $0.wish } }

  private func beat() {
    let asked = ContinuousClock.now
    do {
      switch try store.heartbeat(trial: trial, token: token, samples: [], at: .now) {
      case .proceed: state.withLock { $0.until = asked + lease }
      case .stop: state.withLock { $0.wish = .stop }
      }
    } catch let error as RaceError where error.code == .leaseLost {
      state.withLock { $0.wish = .lost }
    } catch {
      // A store that is busy for a moment costs nothing; a lease that runs out meanwhile does.
      state.withLock { state in
        if ContinuousClock.now > state.until { state.wish = .lost }
      }
    }
  }
}
