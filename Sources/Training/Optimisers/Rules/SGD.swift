/// Gradient descent with heavy-ball momentum and decoupled decay.
///
///     v ← μ v + g        p ← p (1 − ηλ) − η v
///
/// η = `lr`, μ = `momentum`, λ = `weight_decay`. In the long run a step is `η / (1 − μ)` times the
/// gradient. Roles' factors are for rules whose steps do not depend on the gradient's size; here every
/// tensor takes the rate itself.
///
/// - Source: Polyak 1964, doi:10.1016/0041-5553(64)90137-5.
package struct SGD: UpdateRule {
  package static let state: UpdateState = .first

  private let rate: Double
  private let momentum: Float
  private let decay: Float

  package init(_ configuration: TrainingConfiguration) {
    rate = configuration.learningRate
    momentum = Float(configuration.momentum)
    decay = Float(configuration.weightDecay)
  }

  package func update(_ slice: ParameterSlice, _ step: UpdateStep, _: NewtonSchulz?) {
    let (p, g) = (step.parameters + slice.offset, step.gradient + slice.offset)
    let v = step.first + slice.offset
    let rate = Float(rate * step.rateFactor)
    let shrink = 1 - rate * decay * Float(slice.decay)
    let scale = step.gradientScale
    for i in 0..<slice.count {
      let velocity = momentum * v[i] + g[i] * scale
      v[i] = velocity
      p[i] = p[i] * shrink - rate * velocity
    }
  }
}
