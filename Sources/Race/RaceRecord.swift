/// The row of a race: its settings and its counters.
public struct RaceRecord: Hashable, Sendable {
  public let id: Int
  public var settings: RaceSettings
  public var state = RaceState.active
  public let created: Instant
  public var trialCount = 0
  public var proposalCount = 0
  /// Trials claimed at least once; what the budget of trials counts.
  public var trialsStarted = 0
  public var stepsUsed = 0
  public var stepsReserved = 0
  public var lastToken = 0
  public var measuredSteps = 0
  public var measuredMicroseconds: Int64 = 0
  public var evaluations = 0
  public var evaluationMicroseconds: Int64 = 0
  /// Active time of closed sessions.
  public var closedMicroseconds: Int64 = 0
  public var session: Session?
  public var sessionCount = 0
  /// Events that belong to no trial.
  public var eventCount = 0
  public var events = ChainHead()
  public var ledger = ChainHead()
  public var candidateCount = 0
  public var winner: Int?
  /// Whether the whole space was found to be tried, or the whole plan to be done.
  public var exhausted = false
  /// What an ablation decided so far, in order.
  public var decisions: [ExperimentDecision] = []

  public init(id: Int, settings: RaceSettings, created: Instant) {
    self.id = id
    self.settings = settings
    self.created = created
  }

  /// Active time over all sessions, at `now`.
  public func activeMicroseconds(at now: Instant) -> Int64 {
    guard let session, !session.closed else { return closedMicroseconds }
    return closedMicroseconds + session.activeMicroseconds + session.increment(at: now)
  }

  /// Seconds left of the budget of time; `nil` when there is none.
  public func remainingSeconds(at now: Instant) -> Double? {
    settings.budget.seconds.map { max(0, $0 - Double(activeMicroseconds(at: now)) / 1e6) }
  }

  /// Steps neither used nor reserved; `nil` when there is no limit.
  public var remainingSteps: Int? {
    settings.budget.steps.map { max(0, $0 - stepsUsed - stepsReserved) }
  }

  /// Trials that may still be started; `nil` when there is no limit.
  public var remainingTrials: Int? {
    settings.budget.trials.map { max(0, $0 - trialsStarted) }
  }

  /// Mean time of an evaluation; 0 while none is measured.
  var secondsPerEvaluation: Double {
    evaluations > 0 ? Double(evaluationMicroseconds) / 1e6 / Double(evaluations) : 0
  }

  var secondsPerStep: Double? {
    measuredSteps > 0 ? Double(measuredMicroseconds) / 1e6 / Double(measuredSteps) : nil
  }
}
