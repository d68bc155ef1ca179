/// A promise of ``RaceStore`` that a store did not keep.
public struct ContractViolation: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}

/// Throws when the condition does not hold.
func require(_ condition: Bool, _ claim: @autoclosure () -> String) throws {
  if !condition { throw ContractViolation(claim()) }
}
