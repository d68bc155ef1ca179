internal import KernelInterface
internal import Kernels

/// The three matrix products of one weight matrix in a training step, on operands of their own.
///
/// As a step does them: weights packed beforehand, activations read, packed and, for bf16, rounded in
/// every call.
protocol StepProducts {
  /// Reserves operands for activations `(rows, inputs)` and weights `(inputs, outputs)`.
  init(rows: Int, inputs: Int, outputs: Int, kernels: KernelSet) throws(AllocationError)
  /// Packs the weights in both forms, as once a step.
  func packWeights()
  /// `y = x · W`.
  func forward()
  /// `dX = dY · Wᵀ`.
  func inputGradient()
  /// `dW += xᵀ · dY`.
  func weightGradient()
}

/// Numbers that every product reads or writes.
struct StepOperands {
  let x: UnsafeMutablePointer<Float>, y: UnsafeMutablePointer<Float>
  let w: UnsafeMutablePointer<Float>, dW: UnsafeMutablePointer<Float>
  private let arena: FloatArena

  init(rows R: Int, inputs I: Int, outputs O: Int) throws(AllocationError) {
    var plan = ArenaPlan()
    let offsets = [plan.place(R * I), plan.place(R * O), plan.place(I * O), plan.place(I * O)]
    arena = try FloatArena(count: plan.count)
    arena.fill(plan.count, seed: 1)
    let base = arena.base
    (x, y, w, dW) = (
      base + offsets[0], base + offsets[1], base + offsets[2], base + offsets[3]
    )
  }
}
