extension Reference {
  /// Returns the matrix product of activations and weights.
  ///
  ///     out[t, j] = Σ_i x[t, i] · weights[i, j]
  ///
  /// - Parameters:
  ///   - x: Activations, shape `(n, inputs)`.
  ///   - weights: Matrix, shape `(inputs, outputs)`.
  ///   - outputs: Columns of the matrix.
  /// - Returns: Shape `(n, outputs)`.
  public static func matmul<Scalar: ReferenceScalar>(
    _ x: [Scalar], _ weights: [Scalar], outputs: Int
  ) -> [Scalar] {
    let inputs = rowCount("matmul", count: weights.count, width: outputs)
    let n = rowCount("matmul", count: x.count, width: inputs)
    var out: [Scalar] = zeros(n * outputs)
    for t in 0..<n {
      for j in 0..<outputs {
        var total: Scalar = 0
        for i in 0..<inputs {
          total += x[t * inputs + i] * weights[i * outputs + j]
        }
        out[t * outputs + j] = total
      }
    }
    return out
  }

  /// Returns the gradients of ``matmul(_:_:outputs:)`` in both factors.
  ///
  ///     dX[t, i] = Σ_j dOut[t, j] · weights[i, j]
  ///     dWeights[i, j] = Σ_t x[t, i] · dOut[t, j]
  ///
  /// - Parameters:
  ///   - dOut: Gradient in the product, shape `(n, outputs)`.
  ///   - x: Activations, shape `(n, inputs)`.
  ///   - weights: Matrix, shape `(inputs, outputs)`.
  ///   - outputs: Columns of the matrix.
  /// - Returns: Arrays of the shapes of `x` and `weights`.
  public static func matmulBackward<Scalar: ReferenceScalar>(
    _ dOut: [Scalar], x: [Scalar], weights: [Scalar], outputs: Int
  ) -> (dX: [Scalar], dWeights: [Scalar]) {
    let inputs = rowCount("matmulBackward", count: weights.count, width: outputs)
    let n = rowCount("matmulBackward", count: x.count, width: inputs)
    require("matmulBackward", count: dOut.count, is: n * outputs)
    var dX: [Scalar] = zeros(x.count)
    var dWeights: [Scalar] = zeros(weights.count)
    for t in 0..<n {
      for i in 0..<inputs {
        for j in 0..<outputs {
          let d = dOut[t * outputs + j]
          dX[t * inputs + i] += d * weights[i * outputs + j]
          dWeights[i * outputs + j] += x[t * inputs + i] * d
        }
      }
    }
    return (dX, dWeights)
  }

  /// Returns `x` with `bias` added to every row.
  ///
  /// - Parameters:
  ///   - x: Shape `(n, columns)`.
  ///   - bias: Shape `(columns)`.
  /// - Returns: Shape `(n, columns)`.
  public static func addBias<Scalar: ReferenceScalar>(_ x: [Scalar], bias: [Scalar]) -> [Scalar] {
    _ = rowCount("addBias", count: x.count, width: bias.count)
    return x.indices.map { x[$0] + bias[$0 % bias.count] }
  }

  /// Returns the gradient of ``addBias(_:bias:)`` in the bias; that in `x` is `dOut` itself.
  ///
  ///     dBias[j] = Σ_t dOut[t, j]
  ///
  /// - Parameters:
  ///   - dOut: Shape `(n, columns)`.
  ///   - columns: Elements of the bias.
  /// - Returns: Shape `(columns)`.
  public static func addBiasBackward<Scalar: ReferenceScalar>(
    _ dOut: [Scalar], columns: Int
  ) -> [Scalar] {
    _ = rowCount("addBiasBackward", count: dOut.count, width: columns)
    var dBias: [Scalar] = zeros(columns)
    for index in dOut.indices { dBias[index % columns] += dOut[index] }
    return dBias
  }
}
