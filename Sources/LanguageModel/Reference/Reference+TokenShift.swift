extension Reference {
  /// Returns each row plus a multiple, channel by channel, of the row before it.
  ///
  ///     out[t, i] = x[t, i] + factor[i] · x[t − 1, i],  x[−1, :] = 0
  ///
  /// - Parameters:
  ///   - x: Activations, shape `(n, C)`.
  ///   - factor: One factor per channel, shape `(C)`.
  /// - Returns: Shape `(n, C)`.
  public static func tokenShift<Scalar: ReferenceScalar>(
    _ x: [Scalar], factor: [Scalar]
  ) -> [Scalar] {
    let C = factor.count
    let n = rowCount("tokenShift", count: x.count, width: C)
    var out = x
    for t in 1..<max(n, 1) {
      for i in 0..<C {
        out[t * C + i] += factor[i] * x[(t - 1) * C + i]
      }
    }
    return out
  }

  /// Returns the gradients of ``tokenShift(_:factor:)`` in the activations and the factor.
  ///
  ///     dX[t, i] = dOut[t, i] + factor[i] · dOut[t + 1, i],  dOut[n, :] = 0
  ///     dFactor[i] = Σ_{t ≥ 1} dOut[t, i] · x[t − 1, i]
  ///
  /// - Parameters:
  ///   - dOut: Gradient in the result, shape `(n, C)`.
  ///   - x: Activations, shape `(n, C)`.
  ///   - factor: One factor per channel, shape `(C)`.
  /// - Returns: Arrays of the shapes of `x` and `factor`.
  public static func tokenShiftBackward<Scalar: ReferenceScalar>(
    _ dOut: [Scalar], x: [Scalar], factor: [Scalar]
  ) -> (dX: [Scalar], dFactor: [Scalar]) {
    let C = factor.count
    let n = rowCount("tokenShiftBackward", count: x.count, width: C)
    require("tokenShiftBackward", count: dOut.count, is: x.count)
    var dX = dOut
    var dFactor: [Scalar] = zeros(C)
    for t in 1..<max(n, 1) {
      for i in 0..<C {
        dX[(t - 1) * C + i] += factor[i] * dOut[t * C + i]
        dFactor[i] += dOut[t * C + i] * x[(t - 1) * C + i]
      }
    }
    return (dX, dFactor)
  }
}
