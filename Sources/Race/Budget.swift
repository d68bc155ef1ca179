/// What a race may use, over all workers and sessions.
///
/// A missing limit is no limit.
public struct Budget: Hashable, Sendable, Codable {
  /// Trials started; exact.
  public var trials: Int?
  /// Training steps that a checkpoint or a report keeps; exact.
  ///
  /// Steps that a crash lost and that are done again do not count twice.
  public var steps: Int?
  /// Seconds during which a session was open.
  public var seconds: Double?

  public init(trials: Int? = nil, steps: Int? = nil, seconds: Double? = nil) {
    self.trials = trials
    self.steps = steps
    self.seconds = seconds
  }

  public static let unlimited = Budget()

  /// Throws `invalid` when a limit is not positive.
  public func validate() throws {
    if let trials, trials < 1 {
      throw RaceError(.invalid, "a budget of \(trials) trials", hint: "use 1 trial or more")
    }
    if let steps, steps < 1 {
      throw RaceError(.invalid, "a budget of \(steps) steps", hint: "use 1 step or more")
    }
    if let seconds, !(seconds > 0 && seconds < 1e12) {
      throw RaceError(.invalid, "a budget of \(seconds) seconds", hint: "use a positive duration")
    }
  }
}
