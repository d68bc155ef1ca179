internal import Glibc
package import KernelInterface
package import Kernels

/// Orthogonalised momentum for one matrix at a time.
///
///     M ← β M + (1 − β) g        u = (1 − β) g + β M   (Nesterov)
///     O = NewtonSchulz₅(u)       W ← W (1 − ηλ) − η √max(1, outputs/inputs) · O
///
/// Five steps of the quintic iteration bring the singular values near one; it does not converge to
/// exactly one, and does not need to. For matrices inside blocks only: embeddings, heads and vectors
/// take AdamW.
///
/// - Source: K. Jordan et al., "Muon", 2024; coefficients 3.4445, −4.7750, 2.0315.
package struct Muon {
  /// A matrix `(rows, columns)` whose rows lie `stride` apart.
  package struct Matrix {
    let offset: Int
    let rows: Int
    let columns: Int
    let stride: Int

    package init(offset: Int, rows: Int, columns: Int, stride: Int) {
      self.offset = offset
      self.rows = rows
      self.columns = columns
      self.stride = stride
    }
  }

  /// Scratch memory for the largest matrix.
  package final class Scratch: @unchecked Sendable {
    package let x: UnsafeMutablePointer<Float>
    let y: UnsafeMutablePointer<Float>
    let gram: UnsafeMutablePointer<Float>, square: UnsafeMutablePointer<Float>
    let panels: UnsafeMutablePointer<Float>
    private let arena: FloatArena

    package init(largest matrices: [Matrix], panelWidth P: Int) throws(AllocationError) {
      let count = matrices.map { $0.rows * $0.columns }.max() ?? 1
      let short = matrices.map { min($0.rows, $0.columns) }.max() ?? 1
      let long = matrices.map { max($0.rows, $0.columns) }.max() ?? 1
      var plan = ArenaPlan()
      let offsets = [
        plan.place(count), plan.place(count), plan.place(short * short),
        plan.place(short * short), plan.place((long + P) * (long + P)),
      ]
      arena = try FloatArena(count: plan.count)
      let base = arena.base
      x = base + offsets[0]
      y = base + offsets[1]
      gram = base + offsets[2]
      square = base + offsets[3]
      panels = base + offsets[4]
    }
  }

  let kernels: KernelSet
  let momentum: Float
  let rate: Float
  let decay: Float
  let gradientScale: Float

  package init(
    kernels: KernelSet, momentum: Float, rate: Float, decay: Float, gradientScale: Float
  ) {
    self.kernels = kernels
    self.momentum = momentum
    self.rate = rate
    self.decay = decay
    self.gradientScale = gradientScale
  }

  /// One step on `matrix` of `parameters`, `gradient` and `velocity`, which share its layout.
  package func step(
    _ matrix: Matrix, parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
    velocity: UnsafeMutablePointer<Float>, scratch: Scratch
  ) {
    let flipped = matrix.rows > matrix.columns
    let (short, long) =
      flipped ? (matrix.columns, matrix.rows) : (matrix.rows, matrix.columns)
    for row in 0..<matrix.rows {
      let start = matrix.offset + row * matrix.stride
      let (g, m) = (gradient + start, velocity + start)
      for column in 0..<matrix.columns {
        let value = g[column] * gradientScale
        let mean = momentum * m[column] + (1 - momentum) * value
        m[column] = mean
        let index = flipped ? column * long + row : row * long + column
        scratch.x[index] = (1 - momentum) * value + momentum * mean
      }
    }
    orthogonalise(rows: short, columns: long, scratch)
    let scale = rate * max(1, Float(matrix.columns) / Float(matrix.rows)).squareRoot()
    let shrink = 1 - rate * decay
    for row in 0..<matrix.rows {
      let p = parameters + matrix.offset + row * matrix.stride
      for column in 0..<matrix.columns {
        let index = flipped ? column * long + row : row * long + column
        p[column] = p[column] * shrink - scale * scratch.x[index]
      }
    }
  }

  /// Replaces `scratch.x (m, n)`, `m ≤ n`, by its approximate orthogonal factor.
  package func orthogonalise(rows m: Int, columns n: Int, _ scratch: Scratch) {
    let norm = Float(kernels.sumOfSquares(scratch.x, m * n).squareRoot())
    kernels.combine(1 / (norm + 1e-7), scratch.x, 0, scratch.x, m * n, scratch.x)
    var (x, y) = (scratch.x, scratch.y)
    for _ in 0..<5 {
      // B = a I + b A + c A² with A = X Xᵀ, then X ← B X.
      kernels.pack(x, 1, n, n, m, scratch.panels)
      kernels.multiply(
        MatrixProduct(
          M: m, N: m, K: n, a: x, aRow: n, panels: scratch.panels, c: scratch.gram, cRow: m,
          accumulate: false, triangle: .result(diagonal: 0)))
      mirror(scratch.gram, m)
      kernels.pack(scratch.gram, m, 1, m, m, scratch.panels)
      kernels.multiply(
        MatrixProduct(
          M: m, N: m, K: m, a: scratch.gram, aRow: m, panels: scratch.panels, c: scratch.square,
          cRow: m, accumulate: false, triangle: .result(diagonal: 0)))
      mirror(scratch.square, m)
      kernels.combine(
        -4.7750, scratch.gram, 2.0315, scratch.square, m * m, scratch.square)
      for i in 0..<m { scratch.square[i * m + i] += 3.4445 }
      kernels.pack(x, n, 1, m, n, scratch.panels)
      kernels.multiply(
        MatrixProduct(
          M: m, N: n, K: m, a: scratch.square, aRow: m, panels: scratch.panels, c: y, cRow: n,
          accumulate: false))
      swap(&x, &y)
    }
    if x != scratch.x { scratch.x.update(from: x, count: m * n) }
  }

  /// Copies the lower triangle of a symmetric `(m, m)` matrix to the upper one.
  private func mirror(_ a: UnsafeMutablePointer<Float>, _ m: Int) {
    for i in 0..<m {
      for j in (i + 1)..<m { a[i * m + j] = a[j * m + i] }
    }
  }
}
