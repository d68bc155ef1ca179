/// A decision that a proven rule does not permit: a fault of the program, or of the stored data.
public struct InvariantViolation: Error, Hashable, Sendable, CustomStringConvertible {
  /// The invariant, such as `INV-2`.
  public let invariant: String
  /// The theorem or definition that says so, such as `Scheduler.allows`.
  public let source: String
  /// What was decided, and on which facts.
  public let facts: String

  public init(_ invariant: String, _ source: String, _ facts: String) {
    self.invariant = invariant
    self.source = source
    self.facts = facts
  }

  public var description: String { "\(facts) breaks \(invariant) (\(source))" }
}
