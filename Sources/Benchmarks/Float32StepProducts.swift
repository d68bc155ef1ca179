internal import KernelInterface
internal import Kernels

/// The products of float32 numbers.
struct Float32StepProducts: StepProducts {
  private let R: Int, I: Int, O: Int
  private let kernels: KernelSet
  private let numbers: StepOperands
  private let panels: FloatArena
  /// Where the panels of `W`, of `Wᵀ` and of `dY` are, and those of `xᵀ` by rows.
  private let offsets: [Int]

  init(rows: Int, inputs: Int, outputs: Int, kernels: KernelSet) throws(AllocationError) {
    (R, I, O) = (rows, inputs, outputs)
    self.kernels = kernels
    numbers = try StepOperands(rows: rows, inputs: inputs, outputs: outputs)
    let (P, tile) = (kernels.panelWidth, MatrixProduct.tileRows)
    func size(_ K: Int, _ N: Int) -> Int { (N + P - 1) / P * P * K }
    var plan = ArenaPlan()
    offsets = [
      plan.place(size(inputs, outputs)), plan.place(size(outputs, inputs)),
      plan.place(size(rows, outputs)), plan.place((inputs + tile - 1) / tile * tile * rows),
    ]
    panels = try FloatArena(count: plan.count)
  }

  func packWeights() {
    kernels.pack(numbers.w, O, 1, I, O, panels.base + offsets[0])
    kernels.pack(numbers.w, 1, O, O, I, panels.base + offsets[1])
  }

  func forward() {
    kernels.multiply(
      MatrixProduct(
        M: R, N: O, K: I, a: numbers.x, aRow: I, panels: panels.base + offsets[0], c: numbers.y,
        cRow: O, accumulate: false))
  }

  func inputGradient() {
    kernels.multiply(
      MatrixProduct(
        M: R, N: I, K: O, a: numbers.y, aRow: O, panels: panels.base + offsets[1], c: numbers.x,
        cRow: I, accumulate: false))
  }

  func weightGradient() {
    kernels.pack(numbers.y, O, 1, R, O, panels.base + offsets[2])
    kernels.packRows(numbers.x, I, R, I, .none, panels.base + offsets[3])
    kernels.multiply(
      MatrixProduct(
        M: I, N: O, K: R, rowPanels: panels.base + offsets[3], panels: panels.base + offsets[2],
        c: numbers.dW, cRow: O, accumulate: true))
  }
}
