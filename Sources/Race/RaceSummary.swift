/// A race in numbers, at one moment.
public struct RaceSummary: Hashable, Sendable {
  public var race: RaceRecord
  public var trials: [TrialStatus: Int]
  /// Results at each rung, from the bottom.
  public var reported: [Int]
  public var activeSeconds: Double
  public var remainingSeconds: Double?
  public var remainingSteps: Int?
  public var remainingTrials: Int?
  public var best: LeaderboardEntry?
  /// The moment, by the store's clock where it has one.
  public var now: Instant
  /// Whether a supervisor gave a sign of life lately.
  public var isLive: Bool
}
