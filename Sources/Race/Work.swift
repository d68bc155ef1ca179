/// Steps done and the wall time they took on their worker, evaluation and all; for estimates.
public struct Work: Hashable, Sendable {
  public var steps: Int
  public var microseconds: Int64

  public init(steps: Int = 0, microseconds: Int64 = 0) {
    self.steps = max(0, steps)
    self.microseconds = max(0, microseconds)
  }
}
