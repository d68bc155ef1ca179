/// A point of time, in microseconds since 1970-01-01T00:00:00Z.
///
/// The race reads no clock: every operation that needs the time is given one of these.
public struct Instant: Comparable, Hashable, Codable, Sendable {
  public var microseconds: Int64

  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  public init(seconds: Double) {
    microseconds = Int64((seconds * 1_000_000).rounded())
  }

  /// Returns the instant that many seconds later.
  public func advanced(bySeconds seconds: Double) -> Instant {
    Instant(microseconds: microseconds + Int64((seconds * 1_000_000).rounded()))
  }

  /// Returns the microseconds from `earlier` to here; negative when `earlier` is later.
  public func microseconds(since earlier: Instant) -> Int64 {
    microseconds - earlier.microseconds
  }

  public static func < (a: Instant, b: Instant) -> Bool { a.microseconds < b.microseconds }

  public init(from decoder: any Decoder) throws {
    microseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(microseconds)
  }
}
