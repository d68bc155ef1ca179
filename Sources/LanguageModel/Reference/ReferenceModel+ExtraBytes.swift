extension Reference.Model {
  /// The weighted losses of the bytes beyond the next one.
  func extraLoss(latents: [Scalar], targets: [UInt8], weights: [Scalar]) -> Scalar {
    layout.extra.indices.reduce(0) { sum, index in
      let term = extraTerm(index, latents: latents, targets: targets, weights: weights)
      return sum
        + Reference.softmaxCrossEntropy(
          term.logits, targets: term.targets, weights: term.weights)
    }
  }

  /// Adds their gradients in the heads, and returns that in the latents, shape `(n, C)`.
  func backwardExtra(
    latents: [Scalar], targets: [UInt8], weights: [Scalar], into gradients: inout Gradients
  ) -> [Scalar] {
    var dLatents = [Scalar](repeating: 0, count: latents.count)
    for (index, head) in layout.extra.enumerated() {
      let term = extraTerm(index, latents: latents, targets: targets, weights: weights)
      if term.targets.isEmpty { continue }
      let dLogits = Reference.softmaxCrossEntropyBackward(
        logits: term.logits, targets: term.targets, weights: term.weights)
      gradients.add(
        Reference.addBiasBackward(dLogits, columns: ModelConfiguration.vocabulary), to: head.bias)
      let product = productBackward(dLogits, x: term.latents, weights: head.matrix)
      gradients.add(product.dWeights, to: head.matrix)
      for (i, value) in product.dX.enumerated() { dLatents[i] += value }
    }
    return dLatents
  }

  /// One head's part: the positions that have a byte so far on, and what is known of them.
  private func extraTerm(
    _ index: Int, latents: [Scalar], targets: [UInt8], weights: [Scalar]
  ) -> (latents: [Scalar], logits: [Scalar], targets: [UInt8], weights: [Scalar]) {
    let head = layout.extra[index]
    let count = max(0, targets.count - index - 1)
    let rows = Array(latents.prefix(count * configuration.width))
    if count == 0 { return ([], [], [], []) }
    let share = Scalar(extra?.share ?? 0)
    return (
      rows, Reference.addBias(product(rows, head.matrix), bias: values(head.bias)),
      Array(targets.dropFirst(index + 1)), weights.prefix(count).map { $0 * share }
    )
  }
}
