public import KernelInterface
public import Kernels

/// Speed of one training step's matrix products at one weight matrix `(inputs, outputs)`.
///
/// As a step does them: weights packed beforehand, activations read and packed in every call.
public struct ProductBenchmark: Sendable, Encodable {
  public let rows: Int, inputs: Int, outputs: Int
  /// `y = x · W`, 10⁹ operations a second.
  public let forward: Double
  /// `dX = dY · Wᵀ`.
  public let inputGradient: Double
  /// `dW += xᵀ · dY`.
  public let weightGradient: Double

  /// Measures on the calling thread, best of `rounds` of about `seconds` each.
  ///
  /// - Throws: `AllocationError`.
  public static func run(
    rows R: Int, inputs I: Int, outputs O: Int, kernels: KernelSet, rounds: Int = 5,
    seconds: Double = 0.1
  ) throws(AllocationError) -> ProductBenchmark {
    let P = kernels.panelWidth
    let tile = MatrixProduct.tileRows
    func panels(_ K: Int, _ N: Int) -> Int { (N + P - 1) / P * P * K }
    var plan = ArenaPlan()
    let offsets = [
      plan.place(R * I), plan.place(R * O), plan.place(I * O), plan.place(I * O),
      plan.place(panels(I, O)), plan.place(panels(O, I)), plan.place(panels(R, O)),
      plan.place((I + tile - 1) / tile * tile * R),
    ]
    let arena = try FloatArena(count: plan.count)
    let random = CounterRandom(seed: 1)
    for i in 0..<plan.count { arena.base[i] = random.unit(UInt32(truncatingIfNeeded: i)) - 0.5 }
    let (x, y, w, dW) = (
      arena.base + offsets[0], arena.base + offsets[1], arena.base + offsets[2],
      arena.base + offsets[3]
    )
    let (forward, backward, gradient, rowPanels) = (
      arena.base + offsets[4], arena.base + offsets[5], arena.base + offsets[6],
      arena.base + offsets[7]
    )
    kernels.pack(w, O, 1, I, O, forward)
    kernels.pack(w, 1, O, O, I, backward)
    let operations = 2 * Double(R) * Double(I) * Double(O)
    func rate(_ body: () -> Void) -> Double {
      body()
      let clock = ContinuousClock()
      var best = Double.infinity
      for _ in 0..<rounds {
        let start = clock.now
        var count = 0
        var taken = 0.0
        repeat {
          body()
          count += 1
          taken = (clock.now - start).nanoseconds
        } while taken < seconds * 1e9
        best = min(best, taken / Double(count))
      }
      return operations / best
    }
    return ProductBenchmark(
      rows: R, inputs: I, outputs: O,
      forward: rate {
        kernels.multiply(
          MatrixProduct(
            M: R, N: O, K: I, a: x, aRow: I, panels: forward, c: y, cRow: O, accumulate: false))
      },
      inputGradient: rate {
        kernels.multiply(
          MatrixProduct(
            M: R, N: I, K: O, a: y, aRow: O, panels: backward, c: x, cRow: I, accumulate: false))
      },
      weightGradient: rate {
        kernels.pack(y, O, 1, R, O, gradient)
        kernels.packRows(x, I, R, I, .none, rowPanels)
        kernels.multiply(
          MatrixProduct(
            M: I, N: O, K: R, rowPanels: rowPanels, panels: gradient, c: dW, cRow: O,
            accumulate: true))
      })
  }

  private enum CodingKeys: String, CodingKey {
    case rows, inputs, outputs, forward
    case inputGradient = "input_gradient"
    case weightGradient = "weight_gradient"
  }
}
