internal import GoldenFloat
internal import KernelInterface
internal import Kernels

extension GF16Benchmark {
  /// `(size, size) · (size, size)` with operands of GF16 and of `Float`.
  static func product(
    _ stopwatch: Stopwatch, size n: Int, kernels: KernelSet
  ) throws(AllocationError) -> Product {
    let P = kernels.panelWidth
    var plan = ArenaPlan()
    let offsets = [
      plan.place(n * n), plan.place(n * n), plan.place(n * n), plan.place((n + P - 1) / P * P * n),
    ]
    let arena = try FloatArena(count: plan.count)
    arena.fill(plan.count, seed: 2)
    let (a, b, c, panels) = (
      arena.base + offsets[0], arena.base + offsets[1], arena.base + offsets[2],
      arena.base + offsets[3]
    )
    let x = (0..<(n * n)).map { GF16(a[$0]) }
    let y = (0..<(n * n)).map { GF16(b[$0]) }
    var out = [Float](repeating: 0, count: n * n)
    let operations = 2 * Double(n) * Double(n) * Double(n)
    return Product(
      size: n,
      gf16: operations
        / stopwatch.best {
          var span = out.mutableSpan
          GF16Kernels.best.product(x.span, y.span, rows: n, columns: n, depth: n, into: &span)
        },
      float32: operations
        / stopwatch.best {
          kernels.pack(b, n, 1, n, n, panels)
          kernels.multiply(
            MatrixProduct(
              M: n, N: n, K: n, a: a, aRow: n, panels: panels, c: c, cRow: n, accumulate: false))
        })
  }
}
