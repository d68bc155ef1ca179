import KernelInterface
import Kernels
import Testing

/// Pack and multiply against a triple loop in `Double`.
@Suite struct MatrixProductTests {
  struct Case {
    var M: Int, N: Int, K: Int
    var transposedA = false, transposedB = false, accumulate = false
    /// Rows of `b` that are packed but not used.
    var extraRows = 0
    /// Distance beyond the row's length between rows of `a`, `b` and `c`.
    var gap = 0
  }

  static let sizes = [1, 2, 5, 6, 7, 8, 9, 16, 17, 33, 64, 65, 97, 256, 257]

  /// Each size in each dimension with seven others, and every combination of the switches.
  static let cases: [Case] = {
    let random = CounterRandom(seed: 71)
    var counter: UInt32 = 0
    func draw(_ limit: Int) -> Int {
      counter += 1
      return Int(random.bits(counter)) % limit
    }
    var cases: [Case] = []
    for repetition in 0..<7 {
      for size in sizes {
        var shape = [size, sizes[draw(sizes.count)], sizes[draw(sizes.count)]]
        shape.swapAt(0, repetition % 3)
        let switches = cases.count
        cases.append(
          Case(
            M: shape[0], N: shape[1], K: shape[2], transposedA: switches & 1 != 0,
            transposedB: switches & 2 != 0, accumulate: switches & 4 != 0,
            extraRows: switches & 8 != 0 ? 1 + draw(60) : 0, gap: draw(4)))
      }
    }
    return cases
  }()

  /// The operands of a case, with NaN in every element that must not be read.
  struct Operands {
    let test: Case
    let a: Guarded, b: Guarded, c: Guarded
    let aRow: Int, aColumn: Int, bRow: Int, bColumn: Int, cRow: Int

    init(_ test: Case, seed: UInt64) {
      self.test = test
      let (M, N, K, rows) = (test.M, test.N, test.K, test.K + test.extraRows)
      (aRow, aColumn) = test.transposedA ? (1, M + test.gap) : (K + test.gap, 1)
      (bRow, bColumn) = test.transposedB ? (1, rows + test.gap) : (N + test.gap, 1)
      cRow = N + test.gap
      a = Guarded(unwritten: test.transposedA ? K * (M + test.gap) : M * (K + test.gap))
      b = Guarded(unwritten: test.transposedB ? N * (rows + test.gap) : rows * (N + test.gap))
      c = Guarded(unwritten: M * cRow)
      let values = Sample.floats(M * K + K * N + M * N, seed: seed)
      for m in 0..<M {
        for k in 0..<K { a.pointer[m * aRow + k * aColumn] = values[m * K + k] }
      }
      for k in 0..<K {
        for n in 0..<N { b.pointer[k * bRow + n * bColumn] = values[M * K + k * N + n] }
      }
      guard test.accumulate else { return }
      for m in 0..<M {
        for n in 0..<N { c.pointer[m * cRow + n] = values[M * K + K * N + m * N + n] }
      }
    }

    /// Packs and multiplies; whether only what belongs to the results was written.
    func run(_ kernels: KernelSet) -> Bool {
      let rows = test.K + test.extraRows
      let P = kernels.panelWidth
      let panels = Guarded(unwritten: (test.N + P - 1) / P * P * rows)
      kernels.pack(b.pointer, bRow, bColumn, rows, test.N, panels.pointer)
      kernels.multiply(
        MatrixProduct(
          M: test.M, N: test.N, K: test.K, a: a.pointer, aRow: aRow, aColumn: aColumn,
          panels: panels.pointer, packedRows: rows, c: c.pointer, cRow: cRow,
          accumulate: test.accumulate))
      let gaps = (0..<test.M).allSatisfy { m in
        (test.N..<cRow).allSatisfy { c.isUnwritten(m * cRow + $0) }
      }
      return panels.intact && c.intact && gaps
    }
  }

  @Test(arguments: variants)
  func theProductMatchesATripleLoop(variant: String) throws {
    let kernels = try kernelSet(variant)
    for (index, test) in Self.cases.enumerated() {
      let operands = Operands(test, seed: UInt64(index))
      let before = operands.c.values
      #expect(operands.run(kernels), "wrote outside: \(test)")
      // A sum of K products in any order, fused or not, is off by at most K·ε/2·Σ|a||b| to first
      // order; adding it to c in blocks of 256 rounds K/256 + 1 times more. K·ε leaves a factor
      // of two for K ≥ 2.
      var worst = 0.0
      for m in 0..<test.M {
        for n in 0..<test.N {
          let old = test.accumulate ? Double(before[m * operands.cRow + n]) : 0
          var (sum, size) = (old, abs(old))
          for k in 0..<test.K {
            let product =
              Double(operands.a.pointer[m * operands.aRow + k * operands.aColumn])
              * Double(operands.b.pointer[k * operands.bRow + n * operands.bColumn])
            sum += product
            size += abs(product)
          }
          let error = abs(Double(operands.c.pointer[m * operands.cRow + n]) - sum)
          let ratio = error / (Double(test.K + 1) * epsilon * size)
          worst = ratio.isNaN ? .infinity : max(worst, ratio)
        }
      }
      #expect(worst <= 1, "\(test)")
    }
  }

  @Test(arguments: variants)
  func panelsHoldTheColumnsSideBySideAndZerosBeyond(variant: String) throws {
    let kernels = try kernelSet(variant)
    let P = kernels.panelWidth
    for (K, N, transposed) in [(1, 1, false), (5, P, false), (5, P, true), (7, 2 * P + 3, false)]
      + [(7, 2 * P + 3, true), (3, P - 1, true), (2, P + 1, false)]
    {
      let b = Sample.floats(K * N, seed: 3, centre: 2)
      let panels = Guarded(unwritten: (N + P - 1) / P * P * K)
      kernels.pack(b, transposed ? 1 : N, transposed ? K : 1, K, N, panels.pointer)
      #expect(panels.intact)
      for index in 0..<panels.count {
        let (panel, k, j) = (index / (K * P), index / P % K, index % P)
        let n = panel * P + j
        let expected = n >= N ? 0 : transposed ? b[n * K + k] : b[k * N + n]
        #expect(
          panels.pointer[index] == expected, "K \(K) N \(N) panel \(panel) row \(k) lane \(j)")
      }
    }
  }

  @Test(arguments: variants)
  func packedRowsGiveTheSameBitsAsUnpackedOnes(variant: String) throws {
    let kernels = try kernelSet(variant)
    let rows = MatrixProduct.tileRows
    for (index, test) in Self.cases.enumerated() where test.transposedA {
      let operands = Operands(test, seed: UInt64(index))
      let (M, N, K) = (test.M, test.N, test.K)
      let a = Guarded(unwritten: (M + rows - 1) / rows * rows * K)
      kernels.packRows(operands.a.pointer, operands.aColumn, K, M, .none, a.pointer)
      #expect(a.intact)
      #expect(a.values.indices.allSatisfy { !a.isUnwritten($0) })
      let P = kernels.panelWidth
      let panels = Guarded(unwritten: (N + P - 1) / P * P * K)
      kernels.pack(operands.b.pointer, operands.bRow, operands.bColumn, K, N, panels.pointer)
      let c = Guarded(operands.c.values)
      kernels.multiply(
        MatrixProduct(
          M: M, N: N, K: K, rowPanels: a.pointer, panels: panels.pointer, c: c.pointer,
          cRow: operands.cRow, accumulate: test.accumulate))
      #expect(operands.run(kernels))
      #expect(c.intact)
      #expect(c.values.map(\.bitPattern) == operands.c.values.map(\.bitPattern), "\(test)")
    }
  }

  @Test(arguments: variants)
  func anEmptySumIsZeroOrWhatWasThere(variant: String) throws {
    let kernels = try kernelSet(variant)
    for accumulate in [false, true] {
      let operands = Operands(Case(M: 7, N: 9, K: 0, accumulate: accumulate, gap: 2), seed: 1)
      let before = operands.c.values
      #expect(operands.run(kernels))
      for m in 0..<7 {
        for n in 0..<9 {
          let expected = accumulate ? before[m * operands.cRow + n] : 0
          #expect(operands.c.pointer[m * operands.cRow + n] == expected)
        }
      }
    }
  }

  @Test(arguments: variants, [(3, 4), (0, 0), (6, 16), (16, 33)])
  func aNumberThatIsNoneSpoilsItsRowOrColumnAlone(variant: String, at: (m: Int, n: Int)) throws {
    let kernels = try kernelSet(variant)
    let (M, N, K) = (17, 34, 9)
    for inA in [true, false] {
      for value in [Float.nan, .infinity] {
        let operands = Operands(Case(M: M, N: N, K: K), seed: 2)
        if inA {
          operands.a.pointer[at.m * K + 5] = value
        } else {
          operands.b.pointer[5 * N + at.n] = value
        }
        #expect(operands.run(kernels))
        for m in 0..<M {
          for n in 0..<N {
            let spoilt = inA ? m == at.m : n == at.n
            let result = operands.c.pointer[m * N + n]
            #expect(result.isFinite != spoilt, "(\(m), \(n))")
            if spoilt, value.isNaN { #expect(result.isNaN) }
            if spoilt, !value.isNaN {
              let other = inA ? operands.b.pointer[5 * N + n] : operands.a.pointer[m * K + 5]
              #expect(result == (other > 0 ? .infinity : -.infinity))
            }
          }
        }
      }
    }
  }

  /// Below the diagonal and on it, the same bits as the whole product.
  @Test(arguments: variants, sizes)
  func lowerTriangleIsThatOfTheWholeProduct(variant: String, size m: Int) throws {
    let kernels = try kernelSet(variant)
    let (K, P) = (65, kernels.panelWidth)
    let a = Guarded(Sample.floats(m * K, seed: 3))
    let panels = Guarded(unwritten: (m + P - 1) / P * P * K)
    kernels.pack(a.pointer, 1, K, K, m, panels.pointer)
    let (whole, half) = (Guarded(unwritten: m * m), Guarded(unwritten: m * m))
    for (c, lower) in [(whole, false), (half, true)] {
      kernels.multiply(
        MatrixProduct(
          M: m, N: m, K: K, a: a.pointer, aRow: K, panels: panels.pointer, c: c.pointer, cRow: m,
          accumulate: false, triangle: lower ? .result(diagonal: 0) : .none))
      #expect(c.intact)
    }
    let differing = (0..<m).flatMap { i in (0...i).map { i * m + $0 } }.filter {
      whole.pointer[$0].bitPattern != half.pointer[$0].bitPattern
    }
    #expect(differing.isEmpty)
  }

  /// A product that leaves out a triangle of zeros has the bits of one that does not.
  @Test(
    arguments: variants, [(1, 1), (6, 20), (7, 48), (48, 48), (48, 300), (100, 33), (300, 290)])
  func zerosLeftOutChangeNothing(variant: String, at: (M: Int, K: Int)) throws {
    let kernels = try kernelSet(variant)
    let (M, K, N, P) = (at.M, at.K, 19, kernels.panelWidth)
    let b = Guarded(Sample.floats(K * N, seed: 5))
    let panels = Guarded(unwritten: (N + P - 1) / P * P * K)
    kernels.pack(b.pointer, N, 1, K, N, panels.pointer)
    for triangle in [
      MatrixProduct.Triangle.operand(diagonal: 0), .operand(diagonal: 3),
      .operand(diagonal: K - 1), .transposedOperand,
    ] {
      let a = Guarded(Sample.floats(M * K, seed: 4))
      for m in 0..<M {
        for k in 0..<K {
          switch triangle {
          case .operand(let diagonal) where k > m + diagonal: a.pointer[m * K + k] = 0
          case .transposedOperand where k < m: a.pointer[m * K + k] = 0
          default: break
          }
        }
      }
      for accumulate in [false, true] {
        let results = [MatrixProduct.Triangle.none, triangle].map { triangle in
          let c =
            accumulate ? Guarded(Sample.floats(M * N, seed: 6)) : Guarded(unwritten: M * N)
          kernels.multiply(
            MatrixProduct(
              M: M, N: N, K: K, a: a.pointer, aRow: K, panels: panels.pointer, c: c.pointer,
              cRow: N, accumulate: accumulate, triangle: triangle))
          #expect(c.intact)
          return c.values
        }
        #expect(results[0] == results[1], "\(triangle) accumulate \(accumulate)")
      }
    }
  }

  @Test(arguments: variants, [0, 1, 5, 40])
  func theShiftedLowerTriangleIsThatOfTheWholeProduct(variant: String, diagonal: Int) throws {
    let kernels = try kernelSet(variant)
    let (M, N, K, P) = (48, 48 + diagonal, 20, kernels.panelWidth)
    let (a, b) = (Guarded(Sample.floats(M * K, seed: 3)), Guarded(Sample.floats(K * N, seed: 4)))
    let panels = Guarded(unwritten: (N + P - 1) / P * P * K)
    kernels.pack(b.pointer, N, 1, K, N, panels.pointer)
    let results = [MatrixProduct.Triangle.none, .result(diagonal: diagonal)].map { triangle in
      let c = Guarded(unwritten: M * N)
      kernels.multiply(
        MatrixProduct(
          M: M, N: N, K: K, a: a.pointer, aRow: K, panels: panels.pointer, c: c.pointer, cRow: N,
          accumulate: false, triangle: triangle))
      #expect(c.intact)
      return c.values
    }
    for m in 0..<M {
      let row = (m * N)..<(m * N + min(N, m + diagonal + 1))
      #expect(results[0][row] == results[1][row], "row \(m)")
    }
  }
}
