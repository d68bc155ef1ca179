/// What is done to an operand's elements on their way into the form that a product reads.
public enum OperandPrologue: Sendable, Hashable {
  case none
  /// `max(x, 0)²`, as `KernelSet.squaredReLU` computes it.
  case squaredReLU
}
