internal import KernelInterface
internal import Kernels

/// The products of numbers rounded to bf16.
struct BFloat16StepProducts: StepProducts {
  private let R: Int, I: Int, O: Int
  private let kernels: BFloat16Kernels
  private let numbers: StepOperands
  private let arena: FloatArena
  private let words: UnsafeMutablePointer<UInt32>
  /// Where the panels of `W`, of `Wᵀ` and of `dY` are, and the words of an activation.
  private let offsets: [Int]

  init(rows: Int, inputs: Int, outputs: Int, kernels: KernelSet) throws(AllocationError) {
    (R, I, O) = (rows, inputs, outputs)
    self.kernels = kernels.bfloat16
    numbers = try StepOperands(rows: rows, inputs: inputs, outputs: outputs)
    let P = kernels.bfloat16.panelWidth
    func size(_ K: Int, _ N: Int) -> Int { (N + P - 1) / P * P * ((K + 1) / 2) }
    let widest = max(inputs, outputs)
    var plan = ArenaPlan()
    offsets = [
      plan.place(size(inputs, outputs)), plan.place(size(outputs, inputs)),
      plan.place(size(rows, outputs)),
      plan.place(max(rows * Self.stride((widest + 1) / 2), (rows + 1) / 2 * Self.stride(widest))),
    ]
    arena = try FloatArena(count: plan.count)
    // A word is as large as a float.
    words = UnsafeMutableRawPointer(arena.base).bindMemory(to: UInt32.self, capacity: plan.count)
  }

  /// Distance between rows of `words` words, as in the engine: no whole number of half pages.
  private static func stride(_ words: Int) -> Int { words % 512 == 0 ? words + 16 : words }

  func packWeights() {
    kernels.pack(numbers.w, O, 1, I, O, words + offsets[0])
    kernels.pack(numbers.w, 1, O, O, I, words + offsets[1])
  }

  func forward() { multiply(numbers.x, I, panels: offsets[0], into: numbers.y, O) }

  func inputGradient() { multiply(numbers.y, O, panels: offsets[1], into: numbers.x, I) }

  /// Rounds `a (R, K)` and multiplies it by packed weights `(K, N)`.
  private func multiply(
    _ a: UnsafePointer<Float>, _ K: Int, panels: Int, into c: UnsafeMutablePointer<Float>, _ N: Int
  ) {
    let (operand, pairs) = (words + offsets[3], (K + 1) / 2)
    let stride = Self.stride(pairs)
    kernels.pairColumns(a, K, R, K, operand, stride)
    kernels.multiply(
      BFloat16Product(
        M: R, N: N, pairs: pairs, a: operand, aRow: stride, panels: words + panels, c: c, cRow: N,
        addend: .nothing))
  }

  func weightGradient() {
    let (operand, stride) = (words + offsets[3], Self.stride(I))
    kernels.pack(numbers.y, O, 1, R, O, words + offsets[2])
    kernels.pairRows(numbers.x, I, R, I, .none, operand, stride)
    kernels.multiply(
      BFloat16Product(
        M: I, N: O, pairs: (R + 1) / 2, a: operand, aRow: 1, aColumn: stride,
        panels: words + offsets[2], c: numbers.dW, cRow: O, addend: .result))
  }
}
