/// The place of a trial in a planned race, see ``Experiment``.
public struct Assignment: Hashable, Sendable, Codable {
  /// How the number of steps was fixed.
  public enum Stage: String, Sendable, Codable, CaseIterable {
    /// By the plan.
    case planned
    /// So that training takes the baseline's processor time.
    case equalTime = "equal_time"
  }

  /// Place in ``Experiment/cells``.
  public var cell: Int
  public var stage: Stage
  /// Steps of the trial, which is also the length of its learning-rate schedule.
  public var steps: Int

  public init(cell: Int, stage: Stage, steps: Int) {
    self.cell = cell
    self.stage = stage
    self.steps = steps
  }
}

extension Trial {
  /// Returns the steps at which the trial reports a rung; a planned trial has one, at its own.
  public func steps(at rung: Int, in ladder: RungLadder) -> Int {
    assignment?.steps ?? ladder.steps(rung)
  }

  /// Returns the length of the trial's learning-rate schedule.
  public func scheduleSteps(in ladder: RungLadder) -> Int {
    assignment?.steps ?? ladder.topSteps
  }
}
