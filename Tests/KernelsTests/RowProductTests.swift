import KernelInterface
import Kernels
import Testing

/// The product of a single row, which goes another way than that of several.
@Suite struct RowProductTests {
  /// Around one panel and four of every width (8, 16, 32), and twice that.
  static let columns = [1, 7, 8, 9, 16, 17, 31, 32, 33, 64, 65, 96, 128, 129, 256, 257]
  /// Around the blocks of 256.
  static let depths = [1, 2, 65, 255, 256, 257, 600]

  /// A text must not depend on the pieces in which a model reads it.
  @Test(arguments: variants, depths)
  func aRowHasTheSameBitsAloneAndAmongOthers(variant: String, K: Int) throws {
    let kernels = try kernelSet(variant)
    let P = kernels.panelWidth
    for N in Self.columns {
      for (accumulate, aColumn, extraRows) in [(false, 1, 0), (true, 1, 3), (false, 7, 0)] {
        let a = Guarded(Sample.floats(7 * K, seed: 1))
        let aRow = aColumn == 1 ? K : 1
        let b = Sample.floats((K + extraRows) * N, seed: 2)
        let panels = Guarded(unwritten: (N + P - 1) / P * P * (K + extraRows))
        kernels.pack(b, N, 1, K + extraRows, N, panels.pointer)
        let together = Guarded(Sample.floats(7 * N, seed: 3))
        kernels.multiply(
          MatrixProduct(
            M: 7, N: N, K: K, a: a.pointer, aRow: aRow, aColumn: aColumn,
            panels: panels.pointer, packedRows: K + extraRows, c: together.pointer, cRow: N,
            accumulate: accumulate))
        for m in [0, 3, 6] {
          let alone = Guarded(Array(Sample.floats(7 * N, seed: 3)[(m * N)..<((m + 1) * N)]))
          kernels.multiply(
            MatrixProduct(
              M: 1, N: N, K: K, a: a.pointer + m * aRow, aRow: aRow, aColumn: aColumn,
              panels: panels.pointer, packedRows: K + extraRows, c: alone.pointer, cRow: N,
              accumulate: accumulate))
          #expect(alone.intact)
          let differing = (0..<N).filter {
            alone.pointer[$0].bitPattern != together.pointer[m * N + $0].bitPattern
          }
          #expect(differing.isEmpty, "N \(N) row \(m) accumulate \(accumulate)")
        }
      }
    }
  }
}
