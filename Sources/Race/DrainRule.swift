/// Decides, near the end of a budget, what a free worker does instead of what ASHA would do.
///
/// Plain ASHA spends the end of a budget on trials that can no longer matter, and may end with
/// none at the top rung. This rule sees to four things. The *goal* is the top rung, or the highest
/// that the whole budget holds from the first step, if it does not hold the top.
///
/// 1. **Feasible**: no piece of work is started that does not fit into what is left.
/// 2. **One finisher**: while no trial is at the goal or on its way there with a lease that
///    reaches it, a worker that could not bring a paused trial to the goal *after* the ordinary
///    work takes one straight there *instead*: the best of the highest rung from which the goal
///    is still within reach, though it is outside the best ⌊n/η⌋. Each worker tests this
///    whenever it is free, and one that reports a trial is free at that moment; so if the
///    estimates hold, a trial reaches the goal.
/// 3. **More finishers**: when a fresh trial can no longer reach the goal, and what is left is at
///    most `slack` times what that paused trial needs, further workers do the same.
/// 4. **Reserve**: while others run, no fresh trial is started on steps that those which have begun
///    are expected to need: `reserve` times the steps to the goal, if one in η is promoted at each
///    rung. Without it, many workers spend the end of a budget of steps on trials that nobody can
///    promote any more; a worker waits instead.
///
/// A pure function of its arguments. With neither time nor steps limited it changes nothing,
/// except that a race whose budget of trials is spent, and where nothing runs or is promotable,
/// brings its best trial to the top before it ends.
public struct DrainRule: Hashable, Sendable {
  /// Written into each decision; raised when the rule changes.
  public static let version = 2

  /// Estimates of time are multiplied by this before they are compared with what is left.
  public var margin: Double
  /// How early, in multiples of the need, the end game begins.
  public var slack: Double
  /// Multiple of the expected steps that is kept for trials that have begun: asynchronous promotion
  /// promotes more than one in η.
  public var reserve: Double

  public init(margin: Double = 1.15, slack: Double = 1.5, reserve: Double = 2) {
    precondition(
      margin >= 1 && slack >= 1 && reserve >= 0,
      "[DrainRule] margin \(margin), slack \(slack), reserve \(reserve)")
    self.margin = margin
    self.slack = slack
    self.reserve = reserve
  }

  /// Returns what a free worker does.
  public func decide(_ situation: Situation) -> Decision {
    let left = situation.remaining
    let finalist = situation.paused.first { fits($0.toGoal, left) }
    let isReserved =
      situation.othersRunning
      && left.steps.map { Double($0) < reserve * situation.expectedSteps } ?? false
    let options = situation.ordinary.enumerated().filter { !isReserved || $0.element.trial != nil }
    guard let (index, ordinary) = options.first(where: { fits($0.element.cost, left) }) else {
      return withoutOrdinary(situation, isReserved: isReserved, finalist: finalist)
    }
    if ordinary.reachesGoal || left.isUnlimited { return .ordinary(index) }
    if let finalist {
      let needs =
        situation.paused.filter { $0.trial != ordinary.trial }.map(\.toGoal) + [ordinary.after]
      let after = left.minus(scaled(ordinary.cost))
      if !situation.secured, !needs.contains(where: { fits($0, after) }) {
        return .drain(trial: finalist.trial)
      }
      if !fits(situation.freshToGoal, left), isClose(finalist.toGoal, left),
        !fits(ordinary.cost.plus(ordinary.after), left)
      {
        return .drain(trial: finalist.trial)
      }
    } else if !situation.secured, let promised = situation.runningToGoal,
      fits(promised, left), !fits(promised, left.minus(ordinary.cost, stepsOnly: true))
    {
      return .idle
    }
    return .ordinary(index)
  }

  /// Nothing that ASHA would do is there, or fits.
  private func withoutOrdinary(
    _ situation: Situation, isReserved: Bool, finalist: Candidate?
  ) -> Decision {
    let left = situation.remaining
    if let finalist {
      let urgent = isClose(finalist.toGoal, left)
      if !situation.ordinary.isEmpty && !left.isUnlimited && !isReserved {
        return .drain(trial: finalist.trial)
      }
      if !situation.secured && (urgent || !situation.othersRunning) {
        return .drain(trial: finalist.trial)
      }
      return .idle
    }
    guard !situation.secured, !situation.othersRunning, !left.isUnlimited else { return .idle }
    return situation.paused.first { fits($0.toNext, left) }.map { .step(trial: $0.trial) } ?? .idle
  }

  /// Whether a piece of work surely fits; work whose time is unknown is given a chance.
  public func fits(_ cost: Cost, _ left: Remaining) -> Bool {
    if let steps = left.steps, cost.steps > steps { return false }
    if let seconds = left.seconds {
      if seconds <= 0 { return false }
      if let needed = cost.seconds, needed * margin > seconds { return false }
    }
    return true
  }

  /// Whether what is left is at most `slack` times the cost, in either unit.
  private func isClose(_ cost: Cost, _ left: Remaining) -> Bool {
    if let steps = left.steps, Double(steps) <= slack * Double(cost.steps) { return true }
    if let seconds = left.seconds, let needed = cost.seconds, seconds <= slack * margin * needed {
      return true
    }
    return false
  }

  private func scaled(_ cost: Cost) -> Cost {
    Cost(steps: cost.steps, seconds: cost.seconds.map { $0 * margin })
  }
}
