import Foundation
import KernelInterface
import Kernels
import Testing

@Suite struct ElementwiseKernelTests {
  /// One rounding each way: the same bits as the formula in `Float`.
  @Test(arguments: variants, lengths)
  func squaredReLUIsExactlyRounded(variant: String, count: Int) throws {
    let kernels = try kernelSet(variant)
    var x = Sample.floats(count, seed: 1)
    x[count - 1] = -0.0
    let out = Guarded(unwritten: count)
    kernels.squaredReLU(x, count, out.pointer)
    #expect(out.intact)
    #expect(out.values == x.map { $0 > 0 ? $0 * $0 : 0 })
    let g = Sample.floats(count, seed: 2)
    let dX = Guarded(g)
    kernels.squaredReLUBackward(x, count, dX.pointer)
    #expect(dX.intact)
    #expect(dX.values == zip(g, x).map { $1 > 0 ? $0 * (2 * $1) : 0 })
  }

  /// Against the formulas in `Double`: GELU to a few roundings of its own size and of the argument's,
  /// the others exactly.
  @Test(arguments: variants, lengths)
  func activationsAreTheirFormulas(variant: String, count: Int) throws {
    let kernels = try kernelSet(variant)
    var x = Sample.floats(count, seed: 1, scale: 4)
    x[0] = -30
    x[count - 1] = 30
    let g = Sample.floats(count, seed: 2)
    for kind in Activation.allCases {
      let out = Guarded(unwritten: count)
      kernels.activate(kind, x, count, out.pointer)
      let dX = Guarded(g)
      kernels.activateBackward(kind, x, count, dX.pointer)
      #expect(out.intact && dX.intact)
      let inPlace = Guarded(x)
      kernels.activate(kind, inPlace.pointer, count, inPlace.pointer)
      #expect(inPlace.values == out.values)
      for i in 0..<count {
        let v = Double(x[i])
        let (value, slope): (Double, Double) =
          switch kind {
          case .squaredReLU: (v > 0 ? Double(x[i] * x[i]) : 0, 2 * max(v, 0))
          case .relu: (max(v, 0), v > 0 ? 1 : 0)
          case .gelu: Self.gelu(v)
          }
        #expect(
          abs(Double(out.values[i]) - value) <= 2e-6 * max(abs(v), 1) * (kind == .gelu ? 1 : 0))
        #expect(abs(Double(dX.values[i]) - Double(g[i]) * slope) <= 4e-6 * max(abs(v), 1))
      }
    }
  }

  private static func gelu(_ x: Double) -> (value: Double, slope: Double) {
    let tangent = tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x))
    let inner = (2 / Double.pi).squareRoot() * (1 + 3 * 0.044715 * x * x)
    return (x / 2 * (1 + tangent), (1 + tangent) / 2 + x / 2 * (1 - tangent * tangent) * inner)
  }

  @Test(arguments: variants)
  func activationsKeepWhatIsNoNumber(variant: String) throws {
    let kernels = try kernelSet(variant)
    for kind in Activation.allCases {
      for count in [1, 19] {
        let x = [Float](repeating: .nan, count: count)
        var out = [Float](repeating: 0, count: count)
        kernels.activate(kind, x, count, &out)
        #expect(out.allSatisfy { $0.isNaN }, "\(kind)")
        var d = [Float](repeating: 1, count: count)
        kernels.activateBackward(kind, x, count, &d)
        #expect(kind == .relu || d.allSatisfy { $0.isNaN }, "\(kind)")
        d = [Float](repeating: .nan, count: count)
        let below = [Float](repeating: -1, count: count)
        kernels.activateBackward(kind, below, count, &d)
        #expect(d.allSatisfy { $0.isNaN }, "\(kind)")
      }
    }
  }

  /// The mask is that of `CounterRandom`, element by element, tails included.
  @Test(arguments: variants, lengths + [257])
  func dropoutDropsWhatTheCounterSays(variant: String, count: Int) throws {
    let kernels = try kernelSet(variant)
    for (seed, rate) in [(1, 0.1), (2, 0.5), (3, 0.9), (4, 0)] as [(UInt64, Double)] {
      let random = CounterRandom(seed: seed)
      let threshold = CounterRandom.threshold(rate)
      let scale = Float(1 / (1 - rate))
      let x = Sample.floats(count, seed: 9, centre: 3)
      let out = Guarded(x)
      kernels.dropout(out.pointer, count, random.low, random.high, threshold, scale)
      #expect(out.intact)
      let expected = x.indices.map { random.bits(UInt32($0)) < threshold ? 0 : x[$0] * scale }
      #expect(out.values == expected)
    }
  }

  @Test(arguments: variants)
  func dropoutKeepsABitPatternAtTheThreshold(variant: String) throws {
    let kernels = try kernelSet(variant)
    let random = CounterRandom(seed: 6)
    for index in [0, 3, 16, 18] {
      let bits = random.bits(UInt32(index))
      let even = bits & ~1
      for (threshold, kept) in [(even, true), (even &+ 2, false)] {
        var x = [Float](repeating: 2, count: 19)
        kernels.dropout(&x, 19, random.low, random.high, threshold, 1)
        #expect(x[index] == (kept ? 2 : 0))
      }
    }
  }

  /// Two roundings, or one where the processor fuses them.
  @Test(arguments: variants, lengths)
  func addScaledAndCombineAreSumsOfProducts(variant: String, count: Int) throws {
    let kernels = try kernelSet(variant)
    let (x, y) = (Sample.floats(count, seed: 1), Sample.floats(count, seed: 2))
    let (a, b): (Float, Float) = (0.37, -1.9)
    let sum = Guarded(y)
    kernels.addScaled(x, b, count, sum.pointer)
    let out = Guarded(unwritten: count)
    kernels.combine(a, x, b, y, count, out.pointer)
    let inPlace = Guarded(x)
    kernels.combine(a, inPlace.pointer, b, y, count, inPlace.pointer)
    #expect(sum.intact && out.intact && inPlace.intact)
    #expect(out.values == inPlace.values)
    let (wx, wy) = (widened(x), widened(y))
    let (wa, wb) = (Double(a), Double(b))
    #expect(
      worst(
        sum.values, zip(wx, wy).map { $1 + wb * $0 },
        tolerance: zip(wx, wy).map { epsilon * (abs($1) + abs(wb * $0)) }) <= 1)
    #expect(
      worst(
        out.values, zip(wx, wy).map { wa * $0 + wb * $1 },
        tolerance: zip(wx, wy).map { epsilon * (abs(wa * $0) + abs(wb * $1)) }) <= 1)
  }

  @Test(arguments: variants, lengths)
  func addRowsAddsInOrder(variant: String, C: Int) throws {
    let kernels = try kernelSet(variant)
    for rows in [0, 1, 4] {
      let x = Sample.floats(rows * C + 1, seed: 1)
      let out = Guarded(Sample.floats(C, seed: 2))
      var expected = out.values
      // A product with 1 is exact, so the order alone decides the bits.
      for r in 0..<rows {
        for i in 0..<C { expected[i] += x[r * C + i] }
      }
      kernels.addRows(x, rows, C, out.pointer)
      #expect(out.intact)
      #expect(out.values == expected)
    }
  }

  /// Blocks of at most 4,096 in `Float`: 4,096·ε/2 at the very worst, whatever the length.
  @Test(arguments: variants, lengths + [0, 4_095, 4_096, 4_097, 12_301])
  func sumOfSquaresIsJoinedInDouble(variant: String, count: Int) throws {
    let kernels = try kernelSet(variant)
    let x = Sample.floats(count, seed: 1) + [.nan]
    let expected = x.prefix(count).reduce(0.0) { $0 + Double($1) * Double($1) }
    let got = kernels.sumOfSquares(x, count)
    #expect(abs(got - expected) <= Double(min(count, 4_096) + 2) / 2 * epsilon * expected)
  }

  /// A sum in `Float` alone, even in 16 lanes, would lose the small squares.
  @Test(arguments: variants)
  func aLongSumOfSquaresIsExactWhereItsBlocksAre(variant: String) throws {
    let kernels = try kernelSet(variant)
    let count = 1 << 20
    // Squares of 1 and 2⁻⁶: a block's sum is a multiple of 2⁻¹² below 2¹¹, so it is exact.
    let x = (0..<count).map { $0 % 4_096 < 2_000 ? Float(1) : $0 % 4_096 == 4_095 ? 0x1p-6 : 0 }
    #expect(kernels.sumOfSquares(x, count) == Double(count / 4_096) * (2_000 + 0x1p-12))
  }
}
