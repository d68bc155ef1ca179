import KernelInterface
import Kernels
import LanguageModel
import Testing

/// Products with bias and ReLU² against the reference's separate layers in `Double`.
@Suite struct FusedProductTests {
  /// The number of roundings on the way to a sum of `K` products and a bias, and one to spare, times
  /// half a unit: K + 2 to first order.
  private static func bound(_ K: Int, size: Double) -> Double {
    Double(K + 2) * Double(Float.ulpOfOne) * size
  }

  @Test(
    arguments: KernelSet.available.map(\.name),
    [(1, 19, 7), (1, 70, 300), (9, 33, 257), (13, 40, 64)])
  func biasAndSquaredReLUAreTheReferences(
    variant: String, shape: (M: Int, N: Int, K: Int)
  ) throws {
    let kernels = try KernelSet.select(variant)
    let (M, N, K, P) = (shape.M, shape.N, shape.K, kernels.panelWidth)
    let a = Sample.numbers(M * K, seed: 1).map(Float.init)
    let b = Sample.numbers(K * N, seed: 2).map(Float.init)
    let bias = Sample.numbers(N, seed: 3).map(Float.init)
    let dOut = Sample.numbers(M * K, seed: 4).map(Float.init)
    let (A, B) = (a.map(Double.init), b.map(Double.init))
    var panels = [Float](repeating: .nan, count: (N + P - 1) / P * P * K)
    kernels.pack(b, N, 1, K, N, &panels)
    var (c, squares) = (
      [Float](repeating: .nan, count: M * N), [Float](repeating: .nan, count: M * N)
    )
    c.withUnsafeMutableBufferPointer { c in
      squares.withUnsafeMutableBufferPointer { squares in
        a.withUnsafeBufferPointer { a in
          panels.withUnsafeBufferPointer { panels in
            bias.withUnsafeBufferPointer { bias in
              kernels.multiply(
                MatrixProduct(
                  M: M, N: N, K: K, a: a.baseAddress.unsafelyUnwrapped, aRow: K,
                  panels: panels.baseAddress.unsafelyUnwrapped,
                  c: c.baseAddress.unsafelyUnwrapped, cRow: N,
                  addend: .rows(bias.baseAddress.unsafelyUnwrapped, stride: 0),
                  epilogue: .squaredReLU(
                    into: squares.baseAddress.unsafelyUnwrapped, stride: N)))
            }
          }
        }
      }
    }
    let sums = Reference.addBias(
      Reference.matmul(A, B, outputs: N), bias: bias.map(Double.init))
    let sizes = Reference.addBias(
      Reference.matmul(A.map(abs), B.map(abs), outputs: N), bias: bias.map { Double(abs($0)) })
    let expected = Reference.squaredReLU(sums)
    #expect(expected.contains { $0 > 0 } && expected.contains(0))
    for i in c.indices {
      let error = Self.bound(K, size: sizes[i])
      #expect(abs(Double(c[i]) - sums[i]) <= error)
      // (z + e)² − z² = 2ze + e², and the square is rounded once.
      let allowed = 2 * abs(sums[i]) * error + error * error
      #expect(
        abs(Double(squares[i]) - expected[i])
          <= allowed + Double(Float.ulpOfOne) * (expected[i] + allowed))
    }

    // Backward: dA = (dC · Bᵀ) · ReLU²'(x), here with dC = c and x = dOut.
    var transposed = [Float](repeating: .nan, count: (K + P - 1) / P * P * N)
    kernels.pack(b, 1, N, N, K, &transposed)
    var dA = [Float](repeating: .nan, count: M * K)
    dA.withUnsafeMutableBufferPointer { dA in
      c.withUnsafeBufferPointer { c in
        transposed.withUnsafeBufferPointer { panels in
          dOut.withUnsafeBufferPointer { x in
            kernels.multiply(
              MatrixProduct(
                M: M, N: K, K: N, a: c.baseAddress.unsafelyUnwrapped, aRow: N,
                panels: panels.baseAddress.unsafelyUnwrapped,
                c: dA.baseAddress.unsafelyUnwrapped, cRow: K, addend: .nothing,
                epilogue: .squaredReLUGradient(of: x.baseAddress.unsafelyUnwrapped, stride: K)))
          }
        }
      }
    }
    let C = c.map(Double.init)
    func dX(_ C: [Double], _ B: [Double]) -> [Double] {
      Reference.matmulBackward(
        C, x: [Double](repeating: 0, count: M * K), weights: B, outputs: N
      ).dX
    }
    let x = dOut.map(Double.init)
    let exact = Reference.squaredReLUBackward(dX(C, B), x: x)
    let size = Reference.squaredReLUBackward(dX(C.map(abs), B.map(abs)), x: x)
    // Two more roundings than the sum: of the product, and one to spare.
    for i in dA.indices {
      #expect(abs(Double(dA[i]) - exact[i]) <= Self.bound(N + 2, size: size[i]))
    }
  }
}
