import Foundation
import KernelInterface
import Kernels
import Testing

@Suite struct SoftmaxKernelTests {
  /// Softmax and log of the sum of exponentials of a row, in `Double`.
  static func softmax(_ row: [Float]) -> (p: [Double], logSum: Double) {
    let most = Double(row.max() ?? 0)
    let exponentials = row.map { exp(Double($0) - most) }
    let total = exponentials.reduce(0, +)
    return (exponentials.map { $0 / total }, most + log(total))
  }

  /// A probability's relative tolerance with logits in ±10 among `count`.
  ///
  /// `logit − max` rounds by 20·ε/2, and exp errs by that and 2ε; the sum by count·ε/2; division
  /// and products by 2ε.
  static func share(_ count: Int) -> Double { (Double(count) / 2 + 16) * epsilon }

  @Test(arguments: variants, lengths)
  func softmaxMatchesItsFormula(variant: String, columns: Int) throws {
    let kernels = try kernelSet(variant)
    let x = Sample.floats(columns, seed: 1, scale: 10)
    let row = Guarded(x)
    kernels.softmax(row.pointer, columns)
    #expect(row.intact)
    let expected = Self.softmax(x).p
    let share = Self.share(columns)
    #expect(worst(row.values, expected, tolerance: expected.map { $0 * share }) <= 1)
  }

  /// Elements that a row of a causal softmax takes: whole registers.
  static func room(_ columns: Int, _ kernels: KernelSet) -> Int {
    (columns + kernels.lanes - 1) / kernels.lanes * kernels.lanes
  }

  @Test(arguments: variants, lengths)
  func causalSoftmaxSeesTheDiagonalAndNothingBeyond(variant: String, first: Int) throws {
    let kernels = try kernelSet(variant)
    for (rows, extra) in [(1, 0), (4, 0), (3, 7)] {
      let columns = first + rows + extra
      let stride = Self.room(columns, kernels) + 2
      var x = Sample.floats(rows * stride, seed: 1, scale: 10)
      for r in 0..<rows {
        for i in (first + r + 1)..<(stride - 2) { x[r * stride + i] = .nan }
      }
      let logits = Guarded(x)
      let logSum = Guarded(unwritten: rows)
      kernels.causalSoftmax(logits.pointer, rows, first, columns, stride, logSum.pointer)
      #expect(logits.intact && logSum.intact)
      let again = Guarded(x)
      kernels.causalSoftmaxAgain(again.pointer, rows, first, columns, stride, logSum.pointer)
      #expect(again.intact)
      for r in 0..<rows {
        let count = first + r + 1
        let row = Array(x[(r * stride)..<(r * stride + count)])
        let expected = Self.softmax(row)
        let share = Self.share(count)
        let tolerance = expected.p.map { $0 * share }
        for result in [logits.values, again.values] {
          let got = Array(result[(r * stride)..<(r * stride + count)])
          #expect(worst(got, expected.p, tolerance: tolerance) <= 1)
          #expect(result[(r * stride + count)..<(r * stride + columns)].allSatisfy { $0 == 0 })
          let beyond = ((r + 1) * stride - 2)..<((r + 1) * stride)
          #expect(Array(result[beyond]) == Array(x[beyond]))
        }
        // The log of a sum whose relative error is `share`, rounded.
        let error = abs(Double(logSum.pointer[r]) - expected.logSum)
        #expect(error <= share + abs(expected.logSum) * epsilon)
      }
    }
  }

  /// Sums of `columns` products: (columns + 4)·ε of their sizes.
  @Test(arguments: variants, lengths)
  func softmaxBackwardMatchesItsFormula(variant: String, columns: Int) throws {
    let kernels = try kernelSet(variant)
    let (rows, stride) = (3, Self.room(columns, kernels) + 5)
    let p = Sample.floats(rows * stride, seed: 1, scale: 0.5, centre: 0.5)
    let d = Sample.floats(rows * stride, seed: 2)
    let out = Guarded(d)
    kernels.causalSoftmaxBackward(p, out.pointer, rows, columns - 1, columns, stride)
    #expect(out.intact)
    var expected = widened(d)
    var tolerance = [Double](repeating: 0, count: d.count)
    for r in 0..<rows {
      let range = (r * stride)..<(r * stride + columns)
      let total = range.reduce(0.0) { $0 + Double(p[$1]) * Double(d[$1]) }
      let size = range.reduce(0.0) { $0 + abs(Double(p[$1]) * Double(d[$1])) }
      for i in range {
        expected[i] = Double(p[i]) * (Double(d[i]) - total)
        tolerance[i] = Double(columns + 4) * epsilon * Double(p[i]) * (abs(Double(d[i])) + size)
      }
    }
    for r in 0..<rows {
      for i in (r * stride + columns)..<((r + 1) * stride - 5) {
        expected[i] = Double(out.pointer[i])
      }
    }
    #expect(worst(out.values, expected, tolerance: tolerance) <= 1)
  }

  /// What lies right of the diagonal is ignored, even NaN, and becomes zero.
  @Test(arguments: variants, [(0, 9), (3, 8), (5, 64)])
  func theBackwardOfACausalSoftmaxStopsAtTheDiagonal(
    variant: String, at: (first: Int, columns: Int)
  ) throws {
    let kernels = try kernelSet(variant)
    let (rows, columns) = (3, at.columns)
    let stride = Self.room(columns, kernels)
    let p = Sample.floats(rows * stride, seed: 1, scale: 0.5, centre: 0.5)
    let d = Sample.floats(rows * stride, seed: 2)
    let out = Guarded(d)
    for r in 0..<rows {
      for i in min(at.first + r + 1, columns)..<stride { out.pointer[r * stride + i] = .nan }
    }
    kernels.causalSoftmaxBackward(p, out.pointer, rows, at.first, columns, stride)
    #expect(out.intact)
    for r in 0..<rows {
      let count = min(at.first + r + 1, columns)
      let alone = Guarded(Array(d[(r * stride)..<((r + 1) * stride)]))
      let weights = Array(p[(r * stride)..<((r + 1) * stride)])
      kernels.causalSoftmaxBackward(weights, alone.pointer, 1, count - 1, count, stride)
      let row = Array(out.values[(r * stride)..<(r * stride + columns)])
      #expect(row[..<count].elementsEqual(alone.values[..<count]))
      #expect(row[count...].allSatisfy { $0 == 0 })
    }
  }

  @Test(arguments: variants, lengths + [256])
  func crossEntropyReturnsTheLossAndLeavesItsGradient(variant: String, columns: Int) throws {
    let kernels = try kernelSet(variant)
    for (target, scale) in [(0, 1), (columns / 2, 0.125), (columns - 1, 3)] as [(Int, Float)] {
      let x = Sample.floats(columns, seed: 1, scale: 10)
      let row = Guarded(x)
      let loss = kernels.crossEntropy(row.pointer, columns, target, scale)
      #expect(row.intact)
      let (p, logSum) = Self.softmax(x)
      let share = Self.share(columns)
      let size = abs(logSum) + abs(Double(x[target]))
      #expect(abs(Double(loss) - (logSum - Double(x[target]))) <= share + size * epsilon)
      var expected = p.map { $0 * Double(scale) }
      let tolerance = expected.map { $0 * share + Double(scale) * epsilon }
      expected[target] -= Double(scale)
      #expect(worst(row.values, expected, tolerance: tolerance) <= 1)
    }
  }

  /// The sum over the logits of exp overflows and underflows by far without the maximum's removal.
  @Test(arguments: variants)
  func extremeLogitsGiveTheLimit(variant: String) throws {
    let kernels = try kernelSet(variant)
    for (high, low) in [(3e38, -3e38), (1e4, -1e4), (-1e5, -.infinity)] as [(Float, Float)] {
      var row = [Float](repeating: low, count: 19)
      row[17] = high
      var copy = row
      #expect(kernels.crossEntropy(&copy, 19, 17, 1) == 0)
      kernels.softmax(&row, 19)
      #expect(row[17] == 1)
      #expect((row.max() ?? 2) <= 1)
      #expect((0..<19).allSatisfy { $0 == 17 || (row[$0] >= 0 && row[$0] < 1e-37) })
    }
  }

  @Test(arguments: variants)
  func oneNaNOrInfinityMakesTheWholeRowNaN(variant: String) throws {
    let kernels = try kernelSet(variant)
    for value in [Float.nan, .infinity] {
      for place in [0, 5, 15, 16, 18] {
        var x = Sample.floats(19, seed: 1)
        x[place] = value
        var (row, causal, logSum) = (x, x + [Float](repeating: 0, count: 13), [Float(0)])
        kernels.softmax(&row, 19)
        #expect(row.allSatisfy { $0.isNaN })
        kernels.causalSoftmax(&causal, 1, 18, 19, 19, &logSum)
        #expect(causal[..<19].allSatisfy({ $0.isNaN }) && logSum[0].isNaN)
        var logits = x
        #expect(kernels.crossEntropy(&logits, 19, 3, 1).isNaN)
        #expect(logits.allSatisfy { $0.isNaN })
      }
    }
  }
}
