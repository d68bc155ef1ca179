import Foundation
import KernelInterface
import Kernels
import Testing

@Suite struct RotaryKernelTests {
  /// Rows of heads with a gap, and the tables of their angles.
  struct Fixture {
    let T = 5, H: Int, D: Int
    var stride: Int { H * D + 3 }
    let x: Guarded
    let inverse: Guarded
    let cosines: [Float], sines: [Float]
    let factor: Float = 0.7

    init(H: Int, D: Int) {
      (self.H, self.D) = (H, D)
      let count = 5 * (H * D + 3)
      x = Guarded(unwritten: count)
      let values = Sample.floats(count, seed: 1, scale: 2)
      for t in 0..<5 {
        for i in 0..<(H * D) { x.pointer[t * (H * D + 3) + i] = values[t * H * D + i] }
      }
      inverse = Guarded(unwritten: 5 * H)
      let angles = (0..<5).flatMap { t in
        (0..<(D / 2)).map { Double(t) * pow(100, -2 * Double($0) / Double(D)) }
      }
      cosines = angles.map { Float(cos($0)) }
      sines = angles.map { Float(sin($0)) }
    }

    func call(_ body: (Rotation) -> Void) {
      cosines.withUnsafeBufferPointer { cosines in
        sines.withUnsafeBufferPointer { sines in
          guard let c = cosines.baseAddress, let s = sines.baseAddress else { return }
          body(
            Rotation(
              x: x.pointer, T: T, stride: stride, H: H, D: D, cosines: c, sines: s,
              factor: factor, inverseRMS: inverse.pointer))
        }
      }
    }

    func row(_ values: [Float], t: Int, h: Int) -> [Double] {
      let start = t * stride + h * D
      return widened(Array(values[start..<(start + D)]))
    }

    /// Turns a row by the angles of position `t`, or back.
    func turned(_ row: [Double], t: Int, back: Bool = false) -> [Double] {
      var out = row
      for i in 0..<(D / 2) {
        let c = Double(cosines[t * (D / 2) + i])
        let s = Double(sines[t * (D / 2) + i]) * (back ? -1 : 1)
        out[i] = row[i] * c - row[D / 2 + i] * s
        out[D / 2 + i] = row[i] * s + row[D / 2 + i] * c
      }
      return out
    }

    var gapsUnwritten: Bool {
      (0..<T).allSatisfy { t in
        ((H * D)..<stride).allSatisfy { x.isUnwritten(t * stride + $0) }
      }
    }
  }

  static let sizes = [2, 3, 6, 8, 9, 14, 16, 17, 18, 30, 32, 33, 34, 64, 126, 128]

  static func inverseRMS(_ row: [Double]) -> Double {
    1 / (row.reduce(0) { $0 + $1 * $1 } / Double(row.count) + 1e-5).squareRoot()
  }

  /// The norm errs as rmsNorm does, the rotation by three more roundings.
  @Test(arguments: variants, sizes)
  func rotaryNormsTurnsAndScalesEachHead(variant: String, D: Int) throws {
    let kernels = try kernelSet(variant)
    let fixture = Fixture(H: 1 + D % 3, D: D)
    let before = fixture.x.values
    fixture.call(kernels.rotary)
    #expect(fixture.x.intact && fixture.inverse.intact && fixture.gapsUnwritten)
    let share = (Double(D) / 4 + 6) * epsilon
    for t in 0..<fixture.T {
      for h in 0..<fixture.H {
        let row = fixture.row(before, t: t, h: h)
        let inverse = Self.inverseRMS(row)
        let got = fixture.inverse.pointer[t * fixture.H + h]
        #expect(abs(Double(got) - inverse) <= share * inverse)
        let scaled = row.map { $0 * inverse * Double(fixture.factor) }
        let expected = fixture.turned(scaled, t: t)
        let size = scaled.map(abs).max() ?? 0
        let out = fixture.row(fixture.x.values, t: t, h: h)
        for i in 0..<D { #expect(abs(out[i] - expected[i]) <= 2 * share * size, "\(t) \(h) \(i)") }
      }
    }
  }

  /// Turned back first and normed after, where the kernel does both at once: (D + 16)·ε of the
  /// largest terms, since its mean is a sum of D products.
  @Test(arguments: variants, sizes)
  func rotaryBackwardIsTheGradientOfWhatRotaryRead(variant: String, D: Int) throws {
    let kernels = try kernelSet(variant)
    let fixture = Fixture(H: 1 + D % 3, D: D)
    let before = fixture.x.values
    fixture.call(kernels.rotary)
    let gradient = Guarded(Sample.floats(before.count, seed: 9))
    let dOut = gradient.values
    let after = fixture.x.values
    fixture.call { kernels.rotaryBackward($0, gradient.pointer) }
    #expect(gradient.intact)
    #expect(zip(after, fixture.x.values).allSatisfy { $0.bitPattern == $1.bitPattern })
    for t in 0..<fixture.T {
      for i in (fixture.H * D)..<fixture.stride {
        #expect(gradient.pointer[t * fixture.stride + i] == dOut[t * fixture.stride + i])
      }
      for h in 0..<fixture.H {
        let row = fixture.row(before, t: t, h: h)
        let inverse = Self.inverseRMS(row)
        let normed = row.map { $0 * inverse }
        let dNormed = fixture.turned(fixture.row(dOut, t: t, h: h), t: t, back: true)
          .map { $0 * Double(fixture.factor) }
        let products = zip(normed, dNormed).map { $0 * $1 }
        let mean = products.reduce(0, +) / Double(D)
        let sizes = products.reduce(0) { $0 + abs($1) } / Double(D)
        let largest =
          (dNormed.map(abs).max() ?? 0) + (normed.map(abs).max() ?? 0) * max(sizes, abs(mean))
        let got = fixture.row(gradient.values, t: t, h: h)
        for i in 0..<D {
          let expected = inverse * (dNormed[i] - normed[i] * mean)
          let tolerance = Double(D + 16) * epsilon * inverse * largest
          #expect(abs(got[i] - expected) <= tolerance, "\(t) \(h) \(i)")
        }
      }
    }
  }
}
