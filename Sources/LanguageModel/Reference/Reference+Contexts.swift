extension Reference {
  /// Returns the weighted sum of the embeddings of each byte and of those before it.
  ///
  ///     out[t, :] = Σ_{i ≤ t} weights[i] · tables[i][inputs[t − i], :]
  ///
  /// - Parameters:
  ///   - inputs: Bytes, shape `(n)`.
  ///   - tables: One for each distance from 0, shape `(256, W)` each.
  ///   - weights: As many.
  ///   - W: Channels of an embedding.
  /// - Returns: Shape `(n, W)`.
  public static func contexts<Scalar: ReferenceScalar>(
    _ inputs: [UInt8], tables: [[Scalar]], weights: [Scalar], width W: Int
  ) -> [Scalar] {
    require("contexts", count: weights.count, is: tables.count)
    var out: [Scalar] = zeros(inputs.count * W)
    for t in inputs.indices {
      for i in tables.indices where i <= t {
        for k in 0..<W { out[t * W + k] += weights[i] * tables[i][Int(inputs[t - i]) * W + k] }
      }
    }
    return out
  }

  /// Returns the gradients of ``contexts(_:tables:weights:width:)`` in the tables.
  ///
  /// - Parameters:
  ///   - dOut: Gradient in the result, shape `(n, W)`.
  ///   - inputs: Bytes, shape `(n)`.
  ///   - weights: One for each distance.
  ///   - W: Channels of an embedding.
  /// - Returns: As many arrays as weights, shape `(256, W)` each.
  public static func contextsBackward<Scalar: ReferenceScalar>(
    _ dOut: [Scalar], inputs: [UInt8], weights: [Scalar], width W: Int
  ) -> [[Scalar]] {
    require("contextsBackward", count: dOut.count, is: inputs.count * W)
    var dTables = weights.map { _ -> [Scalar] in zeros(ModelConfiguration.vocabulary * W) }
    for t in inputs.indices {
      for i in weights.indices where i <= t {
        for k in 0..<W { dTables[i][Int(inputs[t - i]) * W + k] += weights[i] * dOut[t * W + k] }
      }
    }
    return dTables
  }

  /// Subtracts from each row its mean; its own gradient.
  ///
  ///     out[t, i] = x[t, i] − mean(x[t, :])
  ///
  /// - Returns: Shape `(n, width)`.
  public static func centredRows<Scalar: ReferenceScalar>(_ x: [Scalar], width: Int) -> [Scalar] {
    var out = x
    for row in 0..<rowCount("centredRows", count: x.count, width: width) {
      let mean = x[(row * width)..<((row + 1) * width)].reduce(0, +) / Scalar(width)
      for i in 0..<width { out[row * width + i] -= mean }
    }
    return out
  }
}
