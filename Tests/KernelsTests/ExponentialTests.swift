import Foundation
import KernelInterface
import Kernels
import Testing

/// exp and ln, seen through the kernels that use them.
@Suite struct ExponentialTests {
  /// Returns exp of each number without a sum, as `exp(logit − 0)`.
  ///
  /// Takes `columns` numbers a row, so that 1 is a part of a register and 32 are whole ones.
  static func exponentials(_ x: [Float], columns: Int, _ kernels: KernelSet) -> [Float] {
    let room = SoftmaxKernelTests.room(columns, kernels)
    let rows = (x.count + columns - 1) / columns
    let places = x.indices.map { $0 / columns * room + $0 % columns }
    var padded = [Float](repeating: 0, count: rows * room)
    for (place, value) in zip(places, x) { padded[place] = value }
    let logSum = [Float(0)]
    padded.withUnsafeMutableBufferPointer { buffer in
      for row in 0..<rows {
        guard let base = buffer.baseAddress else { return }
        kernels.causalSoftmaxAgain(base + row * room, 1, columns - 1, columns, room, logSum)
      }
    }
    return places.map { padded[$0] }
  }

  /// The kernel's own claim: a relative error under 2⁻²², that is two ulps at worst.
  @Test(arguments: variants, [1, 32])
  func expIsRightToTwoUlps(variant: String, columns: Int) throws {
    let kernels = try kernelSet(variant)
    var x = Sample.floats(100_000, seed: 1, scale: 87.5, centre: 0.5)
    x += Sample.floats(50_000, seed: 2)
    x += Sample.floats(1_000, seed: 3, scale: 1e-6)
    // The ends, and both sides of each half-integer multiple of ln 2, where the reduction switches.
    x += [-87, 88, 0, -0.0, .leastNonzeroMagnitude]
    for n in -125..<126 {
      let edge = Float((Double(n) + 0.5) * log(2.0))
      x += [edge.nextDown, edge, edge.nextUp]
    }
    x = x.filter { $0 >= -87 && $0 <= 88 }
    let got = Self.exponentials(x, columns: columns, kernels)
    var worst = 0.0
    for i in x.indices {
      let exact = exp(Double(x[i]))
      let error = abs(Double(got[i]) - exact) / exact
      worst = error.isNaN ? .infinity : max(worst, error)
    }
    #expect(worst < 0x1p-22, "relative error \(worst / 0x1p-23) · 2⁻²³")
    #expect(Self.exponentials([0], columns: columns, kernels) == [1])
  }

  @Test(arguments: variants, [1, 32])
  func expIsClampedOutsideItsRange(variant: String, columns: Int) throws {
    let kernels = try kernelSet(variant)
    let ends = Self.exponentials([-87, 88], columns: columns, kernels)
    #expect(
      Self.exponentials(
        [-87.5, -1e30, -.infinity, 88.5, 1e30, .infinity], columns: columns, kernels)
        == [ends[0], ends[0], ends[0], ends[1], ends[1], ends[1]])
  }

  @Test(arguments: variants, [1, 32])
  func expOfNaNIsNaNWhateverItsPayload(variant: String, columns: Int) throws {
    let kernels = try kernelSet(variant)
    let patterns: [UInt32] = [0x7FC0_0000, 0xFFC0_0000, 0x7FC0_0001, 0x7FC0_01FF, 0x7FFF_FFFF]
    let got = Self.exponentials(
      patterns.map { Float(bitPattern: $0) }, columns: columns, kernels)
    #expect(got.allSatisfy { $0.isNaN }, "\(got)")
  }

  /// n equal logits cost ln n: the sum is exact, so only the logarithm and one rounding err.
  @Test(arguments: variants)
  func theLossOfEqualLogitsIsTheLogarithmOfTheirNumber(variant: String) throws {
    let kernels = try kernelSet(variant)
    for n in Array(1...300) + [511, 512, 513, 1_000, 4_096, 65_537] {
      var row = [Float](repeating: 0, count: n)
      #expect(kernels.crossEntropy(&row, n, n - 1, 1) == Float(log(Double(n))), "ln \(n)")
    }
  }

  /// Compares the loss with ln(1 + eˣ) for x in ±40.
  ///
  /// The sum carries exp's error of 2⁻²² and one rounding, the result another: 4ε in all, relative
  /// to 1 (for the logarithm's argument) or to the result.
  @Test(arguments: variants)
  func theLossOfTwoLogitsIsSoftplus(variant: String) throws {
    let kernels = try kernelSet(variant)
    for x in Sample.floats(5_000, seed: 5, scale: 40) {
      for target in [0, 1] {
        var row = [0, x]
        let loss = Double(kernels.crossEntropy(&row, 2, target, 0))
        let exact = target == 0 ? log1p(exp(Double(x))) : log1p(exp(-Double(x)))
        // The larger logit is added to the logarithm and rounded with it.
        #expect(abs(loss - exact) <= 4 * epsilon * max(1, abs(Double(x))), "\(x) \(target)")
      }
    }
  }
}
