extension Reference {
  /// Returns each row's exponentials divided by their sum.
  ///
  ///     out[t, j] = exp(x[t, j] − max(x[t, :])) / Σ_i exp(x[t, i] − max(x[t, :]))
  ///
  /// - Parameters:
  ///   - x: Logits, shape `(n, columns)`.
  ///   - columns: At least 1.
  /// - Returns: Shape `(n, columns)`.
  public static func softmax<Scalar: ReferenceScalar>(_ x: [Scalar], columns: Int) -> [Scalar] {
    let n = rowCount("softmax", count: x.count, width: columns)
    var out: [Scalar] = []
    for t in 0..<n {
      out += softmaxRow(x[(t * columns)..<((t + 1) * columns)])
    }
    return out
  }

  /// Returns the weighted sum of the negative log-likelihoods of the targets, in nats.
  ///
  ///     loss = Σ_t weights[t] · (ln Σ_j exp(logits[t, j]) − logits[t, targets[t]])
  ///
  /// - Parameters:
  ///   - logits: Shape `(n, 256)`.
  ///   - targets: The bytes to predict, shape `(n)`.
  ///   - weights: One factor per position, shape `(n)`; 0 leaves the position out.
  /// - Returns: 0 where every weight is.
  public static func softmaxCrossEntropy<Scalar: ReferenceScalar>(
    _ logits: [Scalar], targets: [UInt8], weights: [Scalar]
  ) -> Scalar {
    let V = ModelConfiguration.vocabulary
    require("softmaxCrossEntropy", count: logits.count, is: targets.count * V)
    require("softmaxCrossEntropy", count: weights.count, is: targets.count)
    var loss: Scalar = 0
    for t in targets.indices where weights[t] != 0 {
      let row = logits[(t * V)..<((t + 1) * V)]
      let largest = maximum(row)
      var total: Scalar = 0
      for logit in row { total += Scalar.exponential(logit - largest) }
      let target = logits[t * V + Int(targets[t])]
      loss += weights[t] * (largest + Scalar.naturalLogarithm(total) - target)
    }
    return loss
  }

  /// Returns the gradient of ``softmaxCrossEntropy(_:targets:weights:)`` in the logits.
  ///
  ///     dLogits[t, j] = weights[t] · (softmax(logits[t, :])[j] − (j = targets[t] ? 1 : 0))
  ///
  /// - Parameters:
  ///   - logits: Shape `(n, 256)`.
  ///   - targets: The bytes to predict, shape `(n)`.
  ///   - weights: One factor per position, shape `(n)`.
  /// - Returns: Shape `(n, 256)`.
  public static func softmaxCrossEntropyBackward<Scalar: ReferenceScalar>(
    logits: [Scalar], targets: [UInt8], weights: [Scalar]
  ) -> [Scalar] {
    let V = ModelConfiguration.vocabulary
    require("softmaxCrossEntropyBackward", count: logits.count, is: targets.count * V)
    require("softmaxCrossEntropyBackward", count: weights.count, is: targets.count)
    var dLogits: [Scalar] = zeros(logits.count)
    for t in targets.indices where weights[t] != 0 {
      let probabilities = softmaxRow(logits[(t * V)..<((t + 1) * V)])
      for j in 0..<V { dLogits[t * V + j] = weights[t] * probabilities[j] }
      dLogits[t * V + Int(targets[t])] -= weights[t]
    }
    return dLogits
  }

  /// The softmax of one row of at least one logit.
  static func softmaxRow<Scalar: ReferenceScalar>(_ row: ArraySlice<Scalar>) -> [Scalar] {
    let largest = maximum(row)
    let exponentials = row.map { Scalar.exponential($0 - largest) }
    var total: Scalar = 0
    for value in exponentials { total += value }
    return exponentials.map { $0 / total }
  }

  private static func maximum<Scalar: ReferenceScalar>(_ row: ArraySlice<Scalar>) -> Scalar {
    var largest = -Scalar.infinity
    for value in row where value > largest { largest = value }
    return largest
  }
}
