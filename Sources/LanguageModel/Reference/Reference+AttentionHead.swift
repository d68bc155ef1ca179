extension Reference {
  /// Returns one head's attention logits, −∞ where the key lies in the future.
  ///
  ///     logits[t, s] = scale · Σ_i query[t, i] · key[s, i]  for s ≤ t
  ///
  /// - Parameters:
  ///   - query: Shape `(n, D)`, normalised and rotated.
  ///   - key: Shape `(n, D)`, normalised and rotated.
  ///   - headSize: `D`.
  ///   - scale: Factor of the dot product, `qkGain / √D`.
  /// - Returns: Shape `(n, n)`.
  public static func attentionLogits<Scalar: ReferenceScalar>(
    query: [Scalar], key: [Scalar], headSize: Int, scale: Scalar
  ) -> [Scalar] {
    let D = headSize
    let n = rowCount("attentionLogits", count: query.count, width: D)
    require("attentionLogits", count: key.count, is: query.count)
    var logits = [Scalar](repeating: -.infinity, count: n * n)
    for t in 0..<n {
      for s in 0...t {
        var dot: Scalar = 0
        for i in 0..<D { dot += query[t * D + i] * key[s * D + i] }
        logits[t * n + s] = scale * dot
      }
    }
    return logits
  }

  /// The queries and the factor of their dot products as they are multiplied in a precision.
  ///
  /// Under mixed precision the factor belongs to the queries before they are rounded.
  static func scaled<Scalar: ReferenceScalar>(
    _ query: [Scalar], by scale: Scalar, for precision: Precision
  ) -> (query: [Scalar], scale: Scalar) {
    switch precision {
    case .float32: (query, scale)
    case .mixedBFloat16: (rounded(query.map { scale * $0 }, for: precision), 1)
    }
  }

  /// Returns one head's attention: for each position, the mean of the values so far, weighted by
  /// the softmax of the logits.
  ///
  ///     P[t, :] = softmax(logits[t, :])
  ///     out[t, i] = Σ_{s ≤ t} P[t, s] · value[s, i]
  ///
  /// - Parameters:
  ///   - query: Shape `(n, D)`.
  ///   - key: Shape `(n, D)`.
  ///   - value: Shape `(n, D)`.
  ///   - headSize: `D`.
  ///   - scale: Factor of the dot product.
  ///   - precision: What the operands of both products are rounded to.
  /// - Returns: Shape `(n, D)`.
  public static func attentionHead<Scalar: ReferenceScalar>(
    query: [Scalar], key: [Scalar], value: [Scalar], headSize: Int, scale: Scalar,
    precision: Precision = .float32
  ) -> [Scalar] {
    let D = headSize
    let (query, scale) = scaled(query, by: scale, for: precision)
    let logits = attentionLogits(
      query: query, key: rounded(key, for: precision), headSize: D, scale: scale)
    require("attentionHead", count: value.count, is: query.count)
    let n = query.count / D
    let probabilities = rounded(softmax(logits, columns: n), for: precision)
    let value = rounded(value, for: precision)
    var out: [Scalar] = zeros(query.count)
    for t in 0..<n {
      for s in 0...t {
        for i in 0..<D {
          out[t * D + i] += probabilities[t * n + s] * value[s * D + i]
        }
      }
    }
    return out
  }

  /// Returns the gradients of ``attentionHead(query:key:value:headSize:scale:precision:)`` in its arrays.
  ///
  ///     dP[t, s] = Σ_i dOut[t, i] · value[s, i]
  ///     dLogits[t, s] = P[t, s] · (dP[t, s] − Σ_{r ≤ t} P[t, r] · dP[t, r])
  ///     dQuery[t, i] = scale · Σ_{s ≤ t} dLogits[t, s] · key[s, i]
  ///     dKey[s, i] = scale · Σ_{t ≥ s} dLogits[t, s] · query[t, i]
  ///     dValue[s, i] = Σ_{t ≥ s} P[t, s] · dOut[t, i]
  ///
  /// - Parameters:
  ///   - dOut: Gradient in the result, shape `(n, D)`.
  ///   - query: Shape `(n, D)`.
  ///   - key: Shape `(n, D)`.
  ///   - value: Shape `(n, D)`.
  ///   - headSize: `D`.
  ///   - scale: Factor of the dot product.
  ///   - precision: What the operands of all products are rounded to; softmax and its gradient are
  ///     not.
  /// - Returns: Three arrays of shape `(n, D)`.
  public static func attentionHeadBackward<Scalar: ReferenceScalar>(
    _ dOut: [Scalar], query: [Scalar], key: [Scalar], value: [Scalar], headSize: Int,
    scale: Scalar, precision: Precision = .float32
  ) -> (dQuery: [Scalar], dKey: [Scalar], dValue: [Scalar]) {
    let D = headSize
    let (scaledQuery, rest) = scaled(query, by: scale, for: precision)
    let (key, value) = (rounded(key, for: precision), rounded(value, for: precision))
    let dOut = rounded(dOut, for: precision)
    let logits = attentionLogits(query: scaledQuery, key: key, headSize: D, scale: rest)
    require("attentionHeadBackward", count: dOut.count, is: query.count)
    require("attentionHeadBackward", count: value.count, is: query.count)
    let n = query.count / D
    let probabilities = softmax(logits, columns: n)
    let weights = rounded(probabilities, for: precision)
    var dQuery: [Scalar] = zeros(query.count)
    var dKey: [Scalar] = zeros(query.count)
    var dValue: [Scalar] = zeros(query.count)
    for t in 0..<n {
      var dP: [Scalar] = zeros(t + 1)
      var mean: Scalar = 0
      for s in 0...t {
        for i in 0..<D { dP[s] += dOut[t * D + i] * value[s * D + i] }
        mean += probabilities[t * n + s] * dP[s]
      }
      let dLogits = rounded(
        (0...t).map { probabilities[t * n + $0] * (dP[$0] - mean) }, for: precision)
      for s in 0...t {
        for i in 0..<D {
          dQuery[t * D + i] += scale * dLogits[s] * key[s * D + i]
          dKey[s * D + i] += rest * dLogits[s] * scaledQuery[t * D + i]
          dValue[s * D + i] += weights[t * n + s] * dOut[t * D + i]
        }
      }
    }
    return (dQuery, dKey, dValue)
  }
}
