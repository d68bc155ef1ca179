internal import KernelInterface

/// Arrays of the parameters' layout that a rule keeps between steps.
///
/// What they hold is the rule's own business: of the others it only matters that they are zero before
/// the first step, saved with the run, and not touched in between.
package struct UpdateState: OptionSet, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  package static let first = UpdateState(rawValue: 1)
  package static let second = UpdateState(rawValue: 2)
  /// Also what scores are made with.
  package static let average = UpdateState(rawValue: 4)

  /// How many arrays.
  var count: Int { rawValue.nonzeroBitCount }
}

/// What an optimiser does to one tensor in one step.
///
/// A rule knows its tensor, the step and its own hyper-parameters, and no other rule;
/// ``TrainingConfiguration/Optimizer/rules`` says which tensors take it. Tensors are updated side by
/// side on several threads, so a rule writes nothing but its slice of the arrays.
package protocol UpdateRule: Sendable {
  static var state: UpdateState { get }
  /// Whether it takes one matrix at a time, fused ones apart, with memory to orthogonalise it.
  static var takesMatrices: Bool { get }

  init(_ configuration: TrainingConfiguration)

  /// Called once a step, before any ``update(_:_:_:)`` of it, on one thread.
  ///
  /// - Parameter number: Number of the step, from 1; not always one more than at the last call.
  func prepare(step number: Int)

  /// Updates `slice` of the parameters, and of the state, which share its layout.
  ///
  /// - Precondition: `newtonSchulz` has room for the slice where the rule takes matrices.
  func update(_ slice: ParameterSlice, _ step: UpdateStep, _ newtonSchulz: NewtonSchulz?)
}

extension UpdateRule {
  package static var takesMatrices: Bool { false }

  package func prepare(step number: Int) {}
}

/// A tensor, or one of the matrices that stand side by side in it.
package struct ParameterSlice: Sendable {
  /// Index of its first element in the flat arrays.
  let offset: Int
  let rows: Int
  let columns: Int
  /// Elements between the starts of two rows; `columns` where the slice is a whole tensor.
  let stride: Int
  /// Factor of the rate for a rule that moves each element by about its rate, whatever the gradient:
  /// the role's own times that of the model's width.
  let share: Double
  /// Factor of the rule's decay: 0 for vectors, which do not decay.
  let decay: Double
  /// Steps of the run so far that it did not take, which are none of its own.
  var start: Int

  package init(
    offset: Int, rows: Int, columns: Int, stride: Int, share: Double = 1, decay: Double = 1,
    start: Int = 0
  ) {
    self.offset = offset
    self.rows = rows
    self.columns = columns
    self.stride = stride
    self.share = share
    self.decay = decay
    self.start = start
  }

  /// Elements of a whole tensor.
  var count: Int { rows * columns }
}
