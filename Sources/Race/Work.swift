/// Steps done, evaluations made, and the wall time each took on their worker; for estimates.
///
/// The two are kept apart: near the first rung an evaluation may take longer than the steps.
public struct Work: Hashable, Sendable {
  public var steps: Int
  /// Time of the steps.
  public var microseconds: Int64
  public var evaluations: Int
  /// Time of the evaluations.
  public var evaluationMicroseconds: Int64
  /// Processor time of the steps, of all threads.
  public var processorMicroseconds: Int64

  public init(
    steps: Int = 0, microseconds: Int64 = 0, evaluations: Int = 0,
    evaluationMicroseconds: Int64 = 0, processorMicroseconds: Int64 = 0
  ) {
    self.steps = max(0, steps)
    self.microseconds = max(0, microseconds)
    self.evaluations = max(0, evaluations)
    self.evaluationMicroseconds = max(0, evaluationMicroseconds)
    self.processorMicroseconds = max(0, processorMicroseconds)
  }
}
