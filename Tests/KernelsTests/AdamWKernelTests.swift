import Foundation
import KernelInterface
import Kernels
import Testing

@Suite struct AdamWKernelTests {
  /// Compares each of four steps from zero moments with the formula in `Double`.
  ///
  /// The formula starts from the kernel's own state before the step. Moments are two products and a
  /// sum (4ε of their sizes); the step adds a square root, a quotient and three products: 12ε of |p|
  /// and of the step without cancellation.
  @Test(arguments: variants, lengths)
  func aStepMatchesItsFormula(variant: String, count: Int) throws {
    let kernels = try kernelSet(variant)
    let (b1, b2): (Float, Float) = (0.9, 0.98)
    let p = Guarded(Sample.floats(count, seed: 1))
    let m = Guarded([Float](repeating: 0, count: count))
    let v = Guarded([Float](repeating: 0, count: count))
    for n in 1...4 {
      let g = Sample.floats(count, seed: UInt64(10 + n))
      let (p0, m0, v0) = (widened(p.values), widened(m.values), widened(v.values))
      let c1 = Float(1 - pow(Double(b1), Double(n)))
      let c2 = Float(1 - pow(Double(b2), Double(n)))
      let (rate, decay, scale, tiny): (Float, Float, Float, Float) = (0.01, 0.3, 0.7, 1e-8)
      g.withUnsafeBufferPointer { g in
        guard let g = g.baseAddress else { return }
        kernels.adamW(
          AdamWStep(
            p: p.pointer, g: g, m: m.pointer, v: v.pointer, count: count, gradientScale: scale,
            rate: rate, beta1: b1, beta2: b2, epsilon: tiny, decay: decay, correction1: c1,
            correction2: c2))
      }
      #expect(p.intact && m.intact && v.intact)
      var ratios: [Double] = []
      for i in 0..<count {
        let grad = Double(g[i]) * Double(scale)
        let mean = Double(b1) * m0[i] + Double(1 - b1) * grad
        let square = Double(b2) * v0[i] + Double(1 - b2) * grad * grad
        let meanSize = Double(b1) * abs(m0[i]) + Double(1 - b1) * abs(grad)
        let root = (square / Double(c2)).squareRoot() + Double(tiny)
        let step = mean / Double(c1) / root
        let expected = p0[i] - Double(rate) * (step + Double(decay) * p0[i])
        let stepSize = Double(rate) * meanSize / Double(c1) / root
        ratios.append(abs(Double(m.pointer[i]) - mean) / (4 * epsilon * meanSize))
        ratios.append(abs(Double(v.pointer[i]) - square) / (4 * epsilon * square))
        ratios.append(
          abs(Double(p.pointer[i]) - expected) / (12 * epsilon * (abs(p0[i]) + stepSize)))
      }
      #expect(ratios.allSatisfy { $0 <= 1 }, "step \(n): \(ratios.max() ?? 0)")
    }
  }

  @Test(arguments: variants)
  func aGradientThatIsNoNumberReachesTheParameterAndNoOther(variant: String) throws {
    let kernels = try kernelSet(variant)
    for place in [0, 16, 18] {
      var (p, m, v) = (Sample.floats(19, seed: 1), Sample.floats(19, seed: 2), [Float]())
      v = [Float](repeating: 1, count: 19)
      var g = Sample.floats(19, seed: 3)
      g[place] = .nan
      p.withUnsafeMutableBufferPointer { p in
        m.withUnsafeMutableBufferPointer { m in
          v.withUnsafeMutableBufferPointer { v in
            g.withUnsafeBufferPointer { g in
              guard let p = p.baseAddress, let m = m.baseAddress, let v = v.baseAddress,
                let g = g.baseAddress
              else { return }
              kernels.adamW(
                AdamWStep(
                  p: p, g: g, m: m, v: v, count: 19, gradientScale: 1, rate: 0.1, beta1: 0.9,
                  beta2: 0.99, epsilon: 1e-8, decay: 0, correction1: 0.1, correction2: 0.01))
            }
          }
        }
      }
      for i in 0..<19 { #expect(p[i].isNaN == (i == place)) }
    }
  }
}
