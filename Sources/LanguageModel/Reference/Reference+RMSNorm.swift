extension Reference {
  /// Returns each row of `x`, divided by its root mean square and scaled by `gain`.
  ///
  ///     out[t, i] = gain[i] · x[t, i] / sqrt(mean(x[t, :]²) + epsilon)
  ///
  /// `epsilon` is ``ModelConfiguration/normEpsilon``.
  /// - Parameters:
  ///   - x: Activations, shape `(n, C)`.
  ///   - gain: One factor per channel, shape `(C)`.
  /// - Returns: Shape `(n, C)`.
  /// - Source: Zhang & Sennrich 2019, arXiv:1910.07467.
  public static func rmsNorm<Scalar: ReferenceScalar>(_ x: [Scalar], gain: [Scalar]) -> [Scalar] {
    let C = gain.count
    let n = rowCount("rmsNorm", count: x.count, width: C)
    var out: [Scalar] = zeros(x.count)
    for t in 0..<n {
      let inverse = inverseRMS(x, row: t, width: C)
      for i in 0..<C {
        out[t * C + i] = gain[i] * x[t * C + i] * inverse
      }
    }
    return out
  }

  /// Returns the gradients of ``rmsNorm(_:gain:)`` in the activations and the gain.
  ///
  /// With `ρ = 1 / sqrt(mean(x[t, :]²) + epsilon)`:
  ///
  ///     dX[t, i] = ρ · gain[i] · dOut[t, i]
  ///              − ρ³ · x[t, i] / C · Σ_j dOut[t, j] · gain[j] · x[t, j]
  ///     dGain[i] = Σ_t dOut[t, i] · x[t, i] · ρ
  ///
  /// - Parameters:
  ///   - dOut: Gradient in the result, shape `(n, C)`.
  ///   - x: Activations, shape `(n, C)`.
  ///   - gain: One factor per channel, shape `(C)`.
  /// - Returns: Arrays of the shapes of `x` and `gain`.
  public static func rmsNormBackward<Scalar: ReferenceScalar>(
    _ dOut: [Scalar], x: [Scalar], gain: [Scalar]
  ) -> (dX: [Scalar], dGain: [Scalar]) {
    let C = gain.count
    let n = rowCount("rmsNormBackward", count: x.count, width: C)
    require("rmsNormBackward", count: dOut.count, is: x.count)
    var dX: [Scalar] = zeros(x.count)
    var dGain: [Scalar] = zeros(C)
    for t in 0..<n {
      let inverse = inverseRMS(x, row: t, width: C)
      var projection: Scalar = 0
      for j in 0..<C {
        projection += dOut[t * C + j] * gain[j] * x[t * C + j]
      }
      let correction = inverse * inverse * inverse * projection / Scalar(C)
      for i in 0..<C {
        dX[t * C + i] = inverse * gain[i] * dOut[t * C + i] - correction * x[t * C + i]
        dGain[i] += dOut[t * C + i] * x[t * C + i] * inverse
      }
    }
    return (dX, dGain)
  }

  /// The reciprocal root mean square of one row, epsilon included.
  static func inverseRMS<Scalar: ReferenceScalar>(_ x: [Scalar], row: Int, width: Int) -> Scalar {
    var sumOfSquares: Scalar = 0
    for i in 0..<width {
      sumOfSquares += x[row * width + i] * x[row * width + i]
    }
    return 1 / (sumOfSquares / Scalar(width) + Scalar(ModelConfiguration.normEpsilon)).squareRoot()
  }
}
