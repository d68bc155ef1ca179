import KernelInterface
import Kernels
import Testing

/// A diverged run must show: no kernel may swallow a NaN.
@Suite struct NotANumberTests {
  static let count = 19
  static let places = [0, 5, 15, 16, 18]

  static func input(_ place: Int, seed: UInt64 = 1) -> [Float] {
    var x = Sample.floats(count, seed: seed)
    x[place] = .nan
    return x
  }

  @Test(arguments: variants, places)
  func aRowsNormIsNaN(variant: String, place: Int) throws {
    let kernels = try kernelSet(variant)
    let n = Self.count
    let gain = [Float](repeating: 1, count: n)
    var (out, inverse) = ([Float](repeating: 0, count: n), [Float(0)])
    kernels.rmsNorm(Self.input(place), gain, 1, n, &out, &inverse)
    #expect(out.allSatisfy({ $0.isNaN }) && inverse[0].isNaN)
    var (dX, dGain) = ([Float](repeating: 0, count: n), [Float](repeating: 0, count: n))
    kernels.rmsNormBackward(gain, gain, [1], Self.input(place), 1, n, &dX, &dGain)
    #expect(dX.allSatisfy { $0.isNaN })
    #expect((0..<n).allSatisfy { dGain[$0].isNaN == ($0 == place) })
  }

  @Test(arguments: variants, places)
  func anElementsNaNStaysAtItsPlace(variant: String, place: Int) throws {
    let kernels = try kernelSet(variant)
    let n = Self.count
    let ones = [Float](repeating: 1, count: n)
    let x = Self.input(place)
    func expectThere(_ values: [Float], _ what: Comment) {
      #expect((0..<n).allSatisfy { values[$0].isNaN == ($0 == place) }, what)
    }
    var out = ones
    kernels.squaredReLU(x, n, &out)
    expectThere(out, "squaredReLU")
    out = x
    kernels.squaredReLUBackward(ones, n, &out)
    expectThere(out, "squaredReLUBackward, gradient")
    out = ones
    kernels.squaredReLUBackward(x, n, &out)
    expectThere(out, "squaredReLUBackward, input")
    out = ones
    kernels.addScaled(x, 2, n, &out)
    expectThere(out, "addScaled")
    kernels.combine(2, ones, 3, x, n, &out)
    expectThere(out, "combine")
    out = ones
    kernels.addRows(x, 1, n, &out)
    expectThere(out, "addRows")
    out = x
    kernels.dropout(&out, n, 1, 2, 0, 1)
    expectThere(out, "dropout")
    out = x + ones
    kernels.tokenShift(&out, ones, 2, n)
    expectThere(Array(out.prefix(n)), "tokenShift, first row")
    expectThere(Array(out.suffix(n)), "tokenShift, second row")
    out = ones + x
    var dShift = [Float](repeating: 0, count: n)
    kernels.tokenShiftBackward(&out, ones + ones, ones, 2, n, &dShift)
    expectThere(Array(out.prefix(n)), "tokenShiftBackward")
    expectThere(dShift, "tokenShiftBackward, shift")
    #expect(kernels.sumOfSquares(x, n).isNaN)
  }

  @Test(arguments: variants, places)
  func softmaxBackwardSpreadsIt(variant: String, place: Int) throws {
    let kernels = try kernelSet(variant)
    let n = Self.count
    let room = SoftmaxKernelTests.room(n, kernels)
    var out = Self.input(place) + [Float](repeating: 0, count: room - n)
    kernels.causalSoftmaxBackward(
      [Float](repeating: 0.1, count: room), &out, 1, n - 1, n, room)
    #expect(out[..<n].allSatisfy { $0.isNaN })
  }

  @Test(arguments: variants, [0, 7, 17, 33])
  func aHeadsRotationSpreadsItOverTheHeadAlone(variant: String, place: Int) throws {
    let kernels = try kernelSet(variant)
    let D = 34
    let table = [Float](repeating: 0.5, count: D / 2)
    var x = Sample.floats(2 * D, seed: 1)
    x[place] = .nan
    var inverse = [Float](repeating: 0, count: 2)
    table.withUnsafeBufferPointer { table in
      x.withUnsafeMutableBufferPointer { x in
        inverse.withUnsafeMutableBufferPointer { inverse in
          guard let t = table.baseAddress, let x = x.baseAddress, let i = inverse.baseAddress
          else { return }
          kernels.rotary(
            Rotation(
              x: x, T: 1, stride: 2 * D, H: 2, D: D, cosines: t, sines: t, factor: 1,
              inverseRMS: i))
        }
      }
    }
    #expect(x.prefix(D).allSatisfy({ $0.isNaN }) && inverse[0].isNaN)
    #expect(x.suffix(D).allSatisfy({ $0.isFinite }) && inverse[1].isFinite)
  }
}
