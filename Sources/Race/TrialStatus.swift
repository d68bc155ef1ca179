/// Where a trial stands.
///
///     pending ─→ running ⇄ suspended
///                running ─→ paused ─→ running (promoted) …
///                running ─→ completed, stopped, failed
///     completed, paused ─→ winner
public enum TrialStatus: String, Sendable, Codable, CaseIterable {
  /// Enqueued and never claimed.
  case pending
  /// A worker holds the lease (or held it, if it has run out) and trains towards the target rung.
  case running
  /// Released or failed on the way to its target rung; the next claim continues it.
  case suspended
  /// Reported at a rung below the top; waits for a promotion that may come at any time.
  case paused
  /// Reported at the top rung.
  case completed
  /// Diverged, beyond the safety cut, or stopped by the user.
  case stopped
  /// Given up after failures without progress.
  case failed
  /// Its configuration passed the victory gate.
  case winner

  /// Whether the trial will never run again.
  public var isFinal: Bool {
    switch self {
    case .completed, .stopped, .failed, .winner: true
    case .pending, .running, .suspended, .paused: false
    }
  }
}
