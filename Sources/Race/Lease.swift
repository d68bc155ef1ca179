/// The right to work on a trial, until it expires.
public struct Lease: Hashable, Sendable, Codable {
  /// The worker that holds it.
  public var owner: String
  /// Fencing token: each claim of the race has a greater one, and a write with an older one is
  /// refused.
  public var token: Int
  public var expiry: Instant

  public init(owner: String, token: Int, expiry: Instant) {
    self.owner = owner
    self.token = token
    self.expiry = expiry
  }
}
