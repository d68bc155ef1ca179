package import KernelInterface

/// What all tensors have in common in one step; tasks on several threads share it.
package struct UpdateStep: @unchecked Sendable {
  package typealias Floats = UnsafeMutablePointer<Float>

  let kernels: KernelSet
  /// Number of the run's step, from 1; a slice counts its own from its `start`.
  let number: Int
  /// Multiplies the gradient first (clipping).
  let gradientScale: Float
  /// Share of the peak rate by warm-up and schedule, in [0, 1].
  let rateFactor: Double
  /// The same by the warm-up alone.
  let warmupFactor: Double
  let parameters: Floats
  let gradient: UnsafePointer<Float>
  private let held: (first: Floats?, second: Floats?, average: Floats?)

  package init(
    kernels: KernelSet, number: Int, gradientScale: Float, rateFactor: Double,
    warmupFactor: Double, parameters: Floats, gradient: UnsafePointer<Float>, first: Floats?,
    second: Floats?, average: Floats?
  ) {
    self.kernels = kernels
    self.number = number
    self.gradientScale = gradientScale
    self.rateFactor = rateFactor
    self.warmupFactor = warmupFactor
    self.parameters = parameters
    self.gradient = gradient
    held = (first, second, average)
  }

  /// - Precondition: The rule's `state` has it; so for the next two.
  var first: Floats { Self.need(held.first, "first") }
  var second: Floats { Self.need(held.second, "second") }
  var average: Floats { Self.need(held.average, "average") }

  private static func need(_ array: Floats?, _ name: String) -> Floats {
    guard let array else {
      preconditionFailure("[UpdateStep] \(name) is not in the rule's state")
    }
    return array
  }
}
