/// How much a race got done lately.
public struct Throughput: Hashable, Sendable {
  /// The time that was looked at, up to now.
  public var seconds: Double
  /// Results, and trials that were claimed for the first time.
  public var reported = 0
  public var started = 0

  /// The time that counts as lately.
  public static let window = 600.0

  /// Counts in the last events of a race, in order: those of the last ten minutes, or of the shorter
  /// time since the first of them.
  public init(_ events: [RaceEvent], at now: Instant) {
    let recent = events.filter { Self.seconds(since: $0.time, now) < Self.window }
    let reachesBack = recent.count < events.count
    let oldest = recent.first.map { Self.seconds(since: $0.time, now) } ?? 0
    seconds = recent.isEmpty ? 0 : max(1, reachesBack ? Self.window : oldest)
    for event in recent {
      switch event.kind {
      case .reported: reported += 1
      case .claimed where Self.isFirst(event): started += 1
      default: break
      }
    }
  }

  private static func seconds(since time: Instant, _ now: Instant) -> Double {
    Double(now.microseconds(since: time)) / 1e6
  }

  private static func isFirst(_ event: RaceEvent) -> Bool {
    guard case .string(let text)? = event.detail["source"],
      let source = Claim.Source(rawValue: text)
    else { return false }
    return source == .proposed || source == .enqueued || source == .planned
  }

  public var rungsPerHour: Double { seconds > 0 ? Double(reported) / seconds * 3_600 : 0 }
  public var trialsPerHour: Double { seconds > 0 ? Double(started) / seconds * 3_600 : 0 }
}
