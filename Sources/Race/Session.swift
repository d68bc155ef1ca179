/// A time during which a supervisor runs the race.
public struct Session: Hashable, Sendable, Codable {
  public let id: Int
  public let started: Instant
  public var lastTick: Instant
  /// Active time counted so far.
  public var activeMicroseconds: Int64
  public var closed: Bool

  public init(
    id: Int, started: Instant, lastTick: Instant? = nil, activeMicroseconds: Int64 = 0,
    closed: Bool = false
  ) {
    self.id = id
    self.started = started
    self.lastTick = lastTick ?? started
    self.activeMicroseconds = activeMicroseconds
    self.closed = closed
  }

  /// A longer silence between ticks is not counted beyond this: the machine slept, or the
  /// supervisor was killed.
  public static let graceMicroseconds: Int64 = 30_000_000

  /// Returns the time to add for a tick at `now`.
  func increment(at now: Instant) -> Int64 {
    min(max(0, now.microseconds(since: lastTick)), Session.graceMicroseconds)
  }

  /// Whether the supervisor gave a sign of life lately.
  func isLive(at now: Instant) -> Bool {
    !closed && now.microseconds(since: lastTick) <= Session.graceMicroseconds
  }
}
