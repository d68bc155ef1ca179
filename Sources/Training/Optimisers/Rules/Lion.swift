/// Steps of one size, in the direction of the sign of an interpolated momentum.
///
///     p ← p (1 − ηλ) − η sign(β₁ m + (1 − β₁) g)        m ← β₂ m + (1 − β₂) g
///
/// η = `lr` times the slice's share, β = `beta1`, `beta2`, λ = `weight_decay`; the sign of zero is
/// zero. Best rates are three to ten times smaller than AdamW's, and decays as much larger.
///
/// - Source: Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", arXiv:2302.06675.
package struct Lion: UpdateRule {
  package static let state: UpdateState = .first

  private let rate: Double
  private let decay: Float
  private let beta1: Float, beta2: Float

  package init(_ configuration: TrainingConfiguration) {
    rate = configuration.learningRate
    decay = Float(configuration.weightDecay)
    beta1 = Float(configuration.beta1)
    beta2 = Float(configuration.beta2)
  }

  package func update(_ slice: ParameterSlice, _ step: UpdateStep, _: NewtonSchulz?) {
    let (p, g) = (step.parameters + slice.offset, step.gradient + slice.offset)
    let m = step.first + slice.offset
    let rate = Float(rate * step.rateFactor * slice.share)
    let shrink = 1 - rate * decay * Float(slice.decay)
    let scale = step.gradientScale
    for i in 0..<slice.count {
      let value = g[i] * scale
      let mixed = beta1 * m[i] + (1 - beta1) * value
      // What is not a number is neither, and shows in the weights.
      let sign = mixed > 0 ? 1 : mixed < 0 ? -1 : mixed
      m[i] = beta2 * m[i] + (1 - beta2) * value
      p[i] = p[i] * shrink - rate * sign
    }
  }
}
