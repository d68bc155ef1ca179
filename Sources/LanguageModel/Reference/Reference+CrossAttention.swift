extension Reference {
  /// Returns one head's attention from queries to the first keys: the mean of their values, weighted
  /// by the softmax of the logits.
  ///
  ///     P[q, :] = softmax_s(scale · Σ_i query[q, i] · key[s, i])
  ///     out[q, i] = Σ_s P[q, s] · value[s, i]
  ///
  /// - Parameters:
  ///   - query: Shape `(m, D)`.
  ///   - key: Shape `(n, D)`.
  ///   - value: Shape `(n, D)`.
  ///   - headSize: `D`.
  ///   - scale: Factor of the dot product.
  ///   - precision: What the operands of both products are rounded to.
  /// - Returns: Shape `(m, D)`.
  public static func crossAttentionHead<Scalar: ReferenceScalar>(
    query: [Scalar], key: [Scalar], value: [Scalar], headSize: Int, scale: Scalar,
    precision: Precision = .float32
  ) -> [Scalar] {
    let D = headSize
    let (m, n) = (query.count / D, key.count / D)
    let weights = rounded(
      crossWeights(query: query, key: key, headSize: D, scale: scale, precision: precision),
      for: precision)
    let value = rounded(value, for: precision)
    var out: [Scalar] = zeros(query.count)
    for q in 0..<m {
      for s in 0..<n {
        for i in 0..<D { out[q * D + i] += weights[q * n + s] * value[s * D + i] }
      }
    }
    return out
  }

  /// Returns the gradients of ``crossAttentionHead(query:key:value:headSize:scale:precision:)`` in its
  /// arrays.
  ///
  /// - Parameters:
  ///   - dOut: Gradient in the result, shape `(m, D)`.
  ///   - query: Shape `(m, D)`.
  ///   - key: Shape `(n, D)`.
  ///   - value: Shape `(n, D)`.
  ///   - headSize: `D`.
  ///   - scale: Factor of the dot product.
  ///   - precision: What the operands are rounded to of the products that sum over keys or channels;
  ///     those of `dKey` and `dValue`, which sum over the few queries, are not.
  /// - Returns: Arrays of the shapes of `query`, `key` and `value`.
  public static func crossAttentionHeadBackward<Scalar: ReferenceScalar>(
    _ dOut: [Scalar], query: [Scalar], key: [Scalar], value: [Scalar], headSize: Int,
    scale: Scalar, precision: Precision = .float32
  ) -> (dQuery: [Scalar], dKey: [Scalar], dValue: [Scalar]) {
    let D = headSize
    let (m, n) = (query.count / D, key.count / D)
    require("crossAttentionHeadBackward", count: dOut.count, is: query.count)
    let weights = crossWeights(
      query: query, key: key, headSize: D, scale: scale, precision: precision)
    let (multipliedKey, multipliedValue) = (
      rounded(key, for: precision), rounded(value, for: precision)
    )
    let multipliedOut = rounded(dOut, for: precision)
    var dQuery: [Scalar] = zeros(query.count)
    var dKey: [Scalar] = zeros(key.count)
    var dValue: [Scalar] = zeros(key.count)
    for q in 0..<m {
      var dWeights: [Scalar] = zeros(n)
      var mean: Scalar = 0
      for s in 0..<n {
        for i in 0..<D { dWeights[s] += multipliedOut[q * D + i] * multipliedValue[s * D + i] }
        mean += weights[q * n + s] * dWeights[s]
      }
      let dLogits = (0..<n).map { weights[q * n + $0] * (dWeights[$0] - mean) }
      let multipliedLogits = rounded(dLogits, for: precision)
      for s in 0..<n {
        for i in 0..<D {
          dQuery[q * D + i] += scale * multipliedLogits[s] * multipliedKey[s * D + i]
          dKey[s * D + i] += scale * dLogits[s] * query[q * D + i]
          dValue[s * D + i] += weights[q * n + s] * dOut[q * D + i]
        }
      }
    }
    return (dQuery, dKey, dValue)
  }

  private static func crossWeights<Scalar: ReferenceScalar>(
    query: [Scalar], key: [Scalar], headSize: Int, scale: Scalar, precision: Precision
  ) -> [Scalar] {
    let D = headSize
    let (query, scale) = scaled(query, by: scale, for: precision)
    let key = rounded(key, for: precision)
    let m = rowCount("crossAttentionHead", count: query.count, width: D)
    let n = rowCount("crossAttentionHead", count: key.count, width: D)
    var logits: [Scalar] = []
    for q in 0..<m {
      for s in 0..<n {
        logits.append(scale * (0..<D).reduce(0) { $0 + query[q * D + $1] * key[s * D + $1] })
      }
    }
    return softmax(logits, columns: n)
  }
}
