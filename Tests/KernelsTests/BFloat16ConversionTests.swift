import KernelInterface
import Kernels
import Testing

@Suite struct BFloat16ConversionTests {
  /// Every bf16 number, with what lies around it: all ties, all neighbours of ties, all specials.
  @Test(arguments: variants)
  func everyNumberRoundsToTheNearest(variant: String) throws {
    let kernels = try kernelSet(variant)
    let tails: [UInt32] = [0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF]
    let x = (0..<UInt32(0x1_0000)).flatMap { high in
      tails.map { Float(bitPattern: high << 16 | $0) }
    }
    let words = GuardedWords(x.count)
    // One row, so that each number is in the low half over a high half of zero; then as the second.
    for high in [false, true] {
      let rows = high ? [Float](repeating: 0, count: x.count) + x : x
      kernels.bfloat16.pairRows(
        rows, x.count, high ? 2 : 1, x.count, .none, words.pointer, x.count)
      let wrong = x.indices.filter { i in
        let result = BFloat16.half(words.pointer[i], high: high)
        let other = words.pointer[i] & (high ? 0xFFFF : 0xFFFF_0000)
        let expected = BFloat16.rounded(x[i])
        return other != 0
          || (expected.isNaN ? !result.isNaN : result.bitPattern != expected.bitPattern)
      }
      #expect(wrong.isEmpty, "\(wrong.prefix(5).map { x[$0] })")
      #expect(words.intact)
    }
  }

  @Test func theJudgeItselfRoundsToNearestEven() {
    // One unit in the last place of bf16 at 1 is 2⁻⁷.
    let unit: Float = 0x1p-7
    #expect(BFloat16.rounded(1 + unit / 2) == 1)
    #expect(BFloat16.rounded(1 + 3 * unit / 2) == 1 + 2 * unit)
    #expect(BFloat16.rounded((1 + unit / 2).nextUp) == 1 + unit)
    #expect(BFloat16.rounded(-1 - unit / 4) == -1)
    #expect(BFloat16.rounded(.greatestFiniteMagnitude) == .infinity)
    #expect(BFloat16.rounded(0x1.FEFFFEp127) == 0x1.FEp127)
    #expect(BFloat16.rounded(0x1p-134) == 0)
    #expect(BFloat16.rounded(0x1.8p-133) == 0x1p-132)
    #expect(BFloat16.rounded(-0.0).bitPattern == Float(-0.0).bitPattern)
  }

  @Test(arguments: variants, lengths)
  func wordsHoldNeighboursAndZerosBeyond(variant: String, columns: Int) throws {
    let kernels = try kernelSet(variant).bfloat16
    let gap = 3
    for rows in [1, 2, 5] {
      let stride = columns + gap
      let x = Guarded([Float](repeating: .nan, count: rows * stride))
      let values = Sample.floats(rows * columns, seed: 4, centre: 2)
      for i in values.indices { x.pointer[i / columns * stride + i % columns] = values[i] }
      func value(_ r: Int, _ c: Int) -> Float {
        r < rows && c < columns ? BFloat16.rounded(values[r * columns + c]) : 0
      }
      let pairs = (columns + 1) / 2
      let acrossColumns = GuardedWords(rows * (pairs + gap))
      kernels.pairColumns(x.pointer, stride, rows, columns, acrossColumns.pointer, pairs + gap)
      for r in 0..<rows {
        for j in 0..<(pairs + gap) {
          let word = acrossColumns.pointer[r * (pairs + gap) + j]
          let expected =
            j < pairs
            ? value(r, 2 * j).bitPattern >> 16 | value(r, 2 * j + 1).bitPattern
            : GuardedWords.canary
          #expect(word == expected, "row \(r) word \(j)")
        }
      }
      let acrossRows = GuardedWords((rows + 1) / 2 * stride)
      kernels.pairRows(x.pointer, stride, rows, columns, .none, acrossRows.pointer, stride)
      for j in 0..<((rows + 1) / 2) {
        for c in 0..<stride {
          let word = acrossRows.pointer[j * stride + c]
          let expected =
            c < columns
            ? value(2 * j, c).bitPattern >> 16 | value(2 * j + 1, c).bitPattern
            : GuardedWords.canary
          #expect(word == expected, "rows from \(2 * j) column \(c)")
        }
      }
      #expect(acrossColumns.intact && acrossRows.intact)
    }
  }

  @Test(arguments: variants)
  func panelsHoldTheColumnsSideBySideAndZerosBeyond(variant: String) throws {
    let kernels = try kernelSet(variant).bfloat16
    let P = kernels.panelWidth
    for (K, N) in [(1, 1), (5, P), (6, P), (7, 2 * P + 3), (8, 2 * P + 3), (3, P - 1), (2, P + 1)] {
      for transposed in [false, true] {
        let pairs = (K + 1) / 2
        let b = Sample.floats(K * N, seed: 3, centre: 2)
        let panels = GuardedWords((N + P - 1) / P * P * pairs)
        kernels.pack(b, transposed ? 1 : N, transposed ? K : 1, K, N, panels.pointer)
        #expect(panels.intact)
        for index in 0..<panels.count {
          let (panel, j, lane) = (index / (pairs * P), index / P % pairs, index % P)
          let n = panel * P + lane
          for high in [false, true] {
            let k = 2 * j + (high ? 1 : 0)
            let expected =
              n < N && k < K ? BFloat16.rounded(transposed ? b[n * K + k] : b[k * N + n]) : 0
            let result = BFloat16.half(panels.pointer[index], high: high)
            #expect(result == expected, "K \(K) N \(N) panel \(panel) row \(k) lane \(lane)")
          }
        }
      }
    }
  }
}
