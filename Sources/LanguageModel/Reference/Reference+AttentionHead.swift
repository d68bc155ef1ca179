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
  /// - Returns: Shape `(n, D)`.
  public static func attentionHead<Scalar: ReferenceScalar>(
    query: [Scalar], key: [Scalar], value: [Scalar], headSize: Int, scale: Scalar
  ) -> [Scalar] {
    let D = headSize
    let logits = attentionLogits(query: query, key: key, headSize: D, scale: scale)
    require("attentionHead", count: value.count, is: query.count)
    let n = query.count / D
    let probabilities = softmax(logits, columns: n)
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

  /// Returns the gradients of ``attentionHead(query:key:value:headSize:scale:)`` in its arrays.
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
  /// - Returns: Three arrays of shape `(n, D)`.
  public static func attentionHeadBackward<Scalar: ReferenceScalar>(
    _ dOut: [Scalar], query: [Scalar], key: [Scalar], value: [Scalar], headSize: Int,
    scale: Scalar
  ) -> (dQuery: [Scalar], dKey: [Scalar], dValue: [Scalar]) {
    let D = headSize
    let logits = attentionLogits(query: query, key: key, headSize: D, scale: scale)
    require("attentionHeadBackward", count: dOut.count, is: query.count)
    require("attentionHeadBackward", count: value.count, is: query.count)
    let n = query.count / D
    let probabilities = softmax(logits, columns: n)
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
      for s in 0...t {
        let P = probabilities[t * n + s]
        let dLogit = P * (dP[s] - mean)
        for i in 0..<D {
          dQuery[t * D + i] += scale * dLogit * key[s * D + i]
          dKey[s * D + i] += scale * dLogit * query[t * D + i]
          dValue[s * D + i] += P * dOut[t * D + i]
        }
      }
    }
    return (dQuery, dKey, dValue)
  }
}
