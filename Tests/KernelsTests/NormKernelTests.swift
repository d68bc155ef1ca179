import KernelInterface
import Kernels
import Testing

@Suite struct NormKernelTests {
  static let normEpsilon = 1e-5

  /// Sums of C squares err by C/2 roundings at most, their root by half of that, and the few other
  /// operations by at most 3 ulps: (C/4 + 3)·ε.
  @Test(arguments: variants, lengths)
  func rmsNormMatchesItsFormula(variant: String, C: Int) throws {
    let kernels = try kernelSet(variant)
    for (rows, scale) in [(1, 1), (3, 1), (5, 1e-3), (2, 1e6)] as [(Int, Float)] {
      let x = Sample.floats(rows * C, seed: 1, scale: scale)
      let gain = Sample.floats(C, seed: 2, centre: 1)
      let out = Guarded(unwritten: rows * C)
      let inverse = Guarded(unwritten: rows)
      kernels.rmsNorm(x, gain, rows, C, out.pointer, inverse.pointer)
      #expect(out.intact && inverse.intact)
      var (expected, inverses) = ([Double](), [Double]())
      for r in 0..<rows {
        let row = widened(Array(x[(r * C)..<((r + 1) * C)]))
        let mean = row.reduce(0) { $0 + $1 * $1 } / Double(C)
        inverses.append(1 / (mean + Self.normEpsilon).squareRoot())
        expected += (0..<C).map { row[$0] * inverses[r] * Double(gain[$0]) }
      }
      let share = (Double(C) / 4 + 3) * epsilon
      #expect(worst(out.values, expected, tolerance: expected.map { abs($0) * share }) <= 1)
      #expect(worst(inverse.values, inverses, tolerance: inverses.map { $0 * share }) <= 1)
    }
  }

  /// Sums of C (or `rows`) products: (C + 8)·ε of the sum of sizes; both results are added.
  @Test(arguments: variants, lengths)
  func rmsNormBackwardAddsTheGradient(variant: String, C: Int) throws {
    let kernels = try kernelSet(variant)
    let rows = 3
    let x = Sample.floats(rows * C, seed: 1)
    let gain = Sample.floats(C, seed: 2, centre: 1)
    let dOut = Sample.floats(rows * C, seed: 3)
    let dX = Guarded(Sample.floats(rows * C, seed: 4))
    let dGain = Guarded(Sample.floats(C, seed: 5))
    var expectedX = widened(dX.values)
    var expectedGain = widened(dGain.values)
    var sizeX = expectedX.map(abs)
    var sizeGain = expectedGain.map(abs)
    var inverses: [Float] = []
    for r in 0..<rows {
      let row = widened(Array(x[(r * C)..<((r + 1) * C)]))
      let mean = row.reduce(0) { $0 + $1 * $1 } / Double(C)
      let inverse = 1 / (mean + Self.normEpsilon).squareRoot()
      inverses.append(Float(inverse))
      let products = (0..<C).map { Double(dOut[r * C + $0]) * Double(gain[$0]) * row[$0] }
      let cube = inverse * inverse * inverse / Double(C)
      let sum = products.reduce(0, +) * cube
      let sumSize = products.reduce(0) { $0 + abs($1) } * cube
      for i in 0..<C {
        let g = Double(dOut[r * C + i]) * Double(gain[i]) * inverse
        expectedX[r * C + i] += g - row[i] * sum
        sizeX[r * C + i] += abs(g) + abs(row[i]) * sumSize
        let n = Double(dOut[r * C + i]) * row[i] * inverse
        expectedGain[i] += n
        sizeGain[i] += abs(n)
      }
    }
    kernels.rmsNormBackward(x, gain, inverses, dOut, rows, C, dX.pointer, dGain.pointer)
    #expect(dX.intact && dGain.intact)
    let share = Double(C + 8) * epsilon
    #expect(worst(dX.values, expectedX, tolerance: sizeX.map { $0 * share }) <= 1)
    let gainShare = Double(rows + 4) * epsilon
    #expect(worst(dGain.values, expectedGain, tolerance: sizeGain.map { $0 * gainShare }) <= 1)
  }

  @Test(arguments: variants, lengths)
  func tokenShiftAddsAMultipleOfTheRowBefore(variant: String, C: Int) throws {
    let kernels = try kernelSet(variant)
    let shift = Sample.floats(C, seed: 2)
    for T in [1, 2, 5] {
      let before = Sample.floats(T * C, seed: 1)
      let y = Guarded(before)
      kernels.tokenShift(y.pointer, shift, T, C)
      #expect(y.intact)
      #expect(Array(y.values.prefix(C)) == Array(before.prefix(C)))
      var expected = widened(before)
      var tolerance = expected.map { abs($0) * epsilon }
      for i in C..<max(C, T * C) {
        let added = Double(shift[i % C]) * Double(before[i - C])
        expected[i] += added
        tolerance[i] += abs(added) * epsilon
      }
      #expect(worst(y.values, expected, tolerance: tolerance) <= 1)
    }
  }

  @Test(arguments: variants, lengths)
  func tokenShiftBackwardIsItsTranspose(variant: String, C: Int) throws {
    let kernels = try kernelSet(variant)
    let shift = Sample.floats(C, seed: 2)
    for T in [1, 2, 5] {
      let (g, x) = (Sample.floats(T * C, seed: 1), Sample.floats(T * C, seed: 3))
      let dY = Guarded(g)
      let dShift = Guarded(Sample.floats(C, seed: 4))
      var expected = widened(g)
      var expectedShift = widened(dShift.values)
      var size = expected.map(abs)
      var shiftSize = expectedShift.map(abs)
      for i in C..<max(C, T * C) {
        let back = Double(shift[i % C]) * Double(g[i])
        expected[i - C] += back
        size[i - C] += abs(back)
        let product = Double(g[i]) * Double(x[i - C])
        expectedShift[i % C] += product
        shiftSize[i % C] += abs(product)
      }
      kernels.tokenShiftBackward(dY.pointer, x, shift, T, C, dShift.pointer)
      #expect(dY.intact && dShift.intact)
      #expect(worst(dY.values, expected, tolerance: size.map { $0 * epsilon }) <= 1)
      let share = Double(T) * epsilon
      #expect(worst(dShift.values, expectedShift, tolerance: shiftSize.map { $0 * share }) <= 1)
    }
  }
}
