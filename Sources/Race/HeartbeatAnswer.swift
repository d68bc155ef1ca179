/// What a worker is told when it shows that it is alive.
public enum HeartbeatAnswer: Hashable, Sendable {
  /// The lease now lasts until then.
  case proceed(until: Instant)
  /// Write a checkpoint at the next step, and release.
  case stop(StopReason)
}

/// Why a running trial has to stop.
public enum StopReason: String, Sendable, Codable {
  case deadline
  case noSession = "no_session"
  case stoppedByUser = "stopped_by_user"
  case won
}
