/// A line of the leaderboard: the last result of a trial.
///
/// Ordered by the highest rung first, then the lowest score, then the earlier trial; trials that
/// diverged come after all others.
public struct LeaderboardEntry: Hashable, Sendable {
  public var place: Int
  public var trial: Trial
  public var steps: Int

  public init(place: Int, trial: Trial, steps: Int) {
    self.place = place
    self.trial = trial
    self.steps = steps
  }
}
