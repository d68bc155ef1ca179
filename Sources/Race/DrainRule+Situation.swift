extension DrainRule {
  /// What a piece of work takes.
  public struct Cost: Hashable, Sendable {
    public var steps: Int
    /// Estimated seconds on one worker while the others are busy; `nil` while nothing is measured.
    public var seconds: Double?

    public init(steps: Int, seconds: Double? = nil) {
      self.steps = steps
      self.seconds = seconds
    }

    func plus(_ other: Cost) -> Cost {
      var sum = Cost(steps: steps + other.steps)
      if let a = seconds, let b = other.seconds { sum.seconds = a + b }
      return sum
    }
  }

  /// What is left of a budget; a missing part is unlimited.
  ///
  /// Steps are shared by all workers, seconds run for all at once.
  public struct Remaining: Hashable, Sendable {
    public var steps: Int?
    public var seconds: Double?

    public init(steps: Int? = nil, seconds: Double? = nil) {
      self.steps = steps
      self.seconds = seconds
    }

    var isUnlimited: Bool { steps == nil && seconds == nil }

    func minus(_ cost: Cost, stepsOnly: Bool = false) -> Remaining {
      Remaining(
        steps: steps.map { $0 - cost.steps },
        seconds: seconds.map { $0 - (stepsOnly ? 0 : cost.seconds ?? 0) })
    }
  }

  /// A piece of work that ASHA would do.
  public struct Option: Hashable, Sendable {
    /// The paused trial to promote; `nil` for a fresh or enqueued one.
    public var trial: Int?
    public var cost: Cost
    /// From its rung to the goal, once it is done.
    public var after: Cost
    public var reachesGoal: Bool

    public init(trial: Int?, cost: Cost, after: Cost, reachesGoal: Bool) {
      self.trial = trial
      self.cost = cost
      self.after = after
      self.reachesGoal = reachesGoal
    }
  }

  /// The best paused trial of a rung.
  public struct Candidate: Hashable, Sendable {
    public var trial: Int
    public var toNext: Cost
    public var toGoal: Cost

    public init(trial: Int, toNext: Cost, toGoal: Cost) {
      self.trial = trial
      self.toNext = toNext
      self.toGoal = toGoal
    }
  }

  /// All that the rule looks at.
  public struct Situation: Hashable, Sendable {
    public var remaining: Remaining
    /// What ASHA would do, best first.
    public var ordinary: [Option]
    /// The best paused trial of each rung below the goal, highest rung first.
    public var paused: [Candidate]
    /// What a fresh trial needs from its first step to the goal.
    public var freshToGoal: Cost
    /// Whether a trial is at the goal, or leased to get there.
    public var secured: Bool
    public var othersRunning: Bool
    /// From the highest target of the running trials to the goal; `nil` when none runs.
    public var runningToGoal: Cost?
    /// Steps that the running trials, beyond their targets, and a fresh one are expected to take to the
    /// goal, if one in η is promoted at each rung.
    public var expectedSteps: Double

    public init(
      remaining: Remaining, ordinary: [Option], paused: [Candidate], freshToGoal: Cost,
      secured: Bool, othersRunning: Bool, runningToGoal: Cost? = nil, expectedSteps: Double = 0
    ) {
      self.remaining = remaining
      self.ordinary = ordinary
      self.paused = paused
      self.freshToGoal = freshToGoal
      self.secured = secured
      self.othersRunning = othersRunning
      self.runningToGoal = runningToGoal
      self.expectedSteps = expectedSteps
    }
  }

  /// What a free worker does.
  public enum Decision: Hashable, Sendable {
    /// The option of that index.
    case ordinary(Int)
    /// Bring that paused trial straight to the goal.
    case drain(trial: Int)
    /// Bring that paused trial to its next rung: the goal is out of reach for all.
    case step(trial: Int)
    /// Start nothing.
    case idle
  }
}
