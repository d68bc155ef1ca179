internal import Glibc
internal import KernelInterface

/// Adam with decoupled decay; see `AdamWStep` for the formula.
///
/// η = `lr` times the slice's share, β = `beta1`, `beta2`, ε = 10⁻⁸, λ = `weight_decay`.
///
/// - Source: Loshchilov & Hutter 2019, "Decoupled Weight Decay Regularization", arXiv:1711.05101.
package struct AdamW: UpdateRule {
  package static let state: UpdateState = [.first, .second]

  private static let epsilon: Float = 1e-8

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
    let number = Double(step.number - slice.start)
    step.kernels.adamW(
      AdamWStep(
        p: step.parameters + slice.offset, g: step.gradient + slice.offset,
        m: step.first + slice.offset, v: step.second + slice.offset, count: slice.count,
        gradientScale: step.gradientScale, rate: Float(rate * step.rateFactor * slice.share),
        beta1: beta1, beta2: beta2, epsilon: Self.epsilon, decay: Float(slice.decay) * decay,
        correction1: Float(1 - pow(Double(beta1), number)),
        correction2: Float(1 - pow(Double(beta2), number))))
  }
}
