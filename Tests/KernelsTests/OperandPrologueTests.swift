import KernelInterface
import Kernels
import Testing

/// ReLU² on the way into an operand against the separate pass, bit for bit.
@Suite struct OperandPrologueTests {
  /// Numbers of both signs with every special one among them, as far as there is room.
  static func numbers(_ count: Int) -> [Float] {
    var x = Sample.floats(count, seed: 5)
    let specials: [Float] = [
      .nan, .infinity, -.infinity, -0.0, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
    ]
    for (i, special) in specials.enumerated() where 7 * i + 3 < count { x[7 * i + 3] = special }
    return x
  }

  @Test(arguments: variants, [1, 5, 6, 7, 18, 65])
  func rowPanelsOfSquares(variant: String, M: Int) throws {
    let kernels = try kernelSet(variant)
    let tile = MatrixProduct.tileRows
    for (K, gap) in [(1, 0), (7, 3), (33, 0)] {
      let x = Guarded(Self.numbers(K * M), rows: K, columns: M, gap: gap)
      let squares = Guarded(unwritten: x.count)
      kernels.squaredReLU(x.pointer, x.count, squares.pointer)
      let fused = Guarded(unwritten: (M + tile - 1) / tile * tile * K)
      let separate = Guarded(unwritten: fused.count)
      kernels.packRows(x.pointer, M + gap, K, M, .squaredReLU, fused.pointer)
      kernels.packRows(squares.pointer, M + gap, K, M, .none, separate.pointer)
      let same = (0..<fused.count).allSatisfy {
        isSame(fused.pointer[$0], separate.pointer[$0])
      }
      #expect(same && fused.intact, "K \(K) gap \(gap)")
    }
  }

  @Test(arguments: variants, lengths)
  func pairedRowsOfSquares(variant: String, columns: Int) throws {
    let kernels = try kernelSet(variant)
    for (rows, gap) in [(1, 0), (2, 3), (5, 0), (6, 1)] {
      let stride = columns + gap
      let x = Guarded(Self.numbers(rows * columns), rows: rows, columns: columns, gap: gap)
      let squares = Guarded(unwritten: x.count)
      kernels.squaredReLU(x.pointer, x.count, squares.pointer)
      let words = (rows + 1) / 2 * stride
      let (fused, separate) = (GuardedWords(words), GuardedWords(words))
      let pairRows = kernels.bfloat16.pairRows
      pairRows(x.pointer, stride, rows, columns, .squaredReLU, fused.pointer, stride)
      pairRows(squares.pointer, stride, rows, columns, .none, separate.pointer, stride)
      let same = (0..<words).allSatisfy { i in
        [false, true].allSatisfy {
          isSame(
            BFloat16.half(fused.pointer[i], high: $0), BFloat16.half(separate.pointer[i], high: $0))
        }
      }
      #expect(same && fused.intact, "rows \(rows) gap \(gap)")
    }
  }
}
