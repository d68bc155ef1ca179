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
}
