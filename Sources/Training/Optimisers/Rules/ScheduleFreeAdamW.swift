internal import Glibc
internal import Synchronization

/// AdamW whose momentum is an average of its own iterates, which takes the place of a schedule.
///
///     v ← β₂ v + (1 − β₂) g²
///     z ← z − γ (g / (√v + ε) + λ y)      γ = η · warm-up · √(1 − β₂ⁿ) at step n
///     x ← (1 − c) x + c z                 c = γ² / Σ γ² over the steps so far
///     y ← (1 − β₁) z + β₁ x
///
/// The engine holds `y`, where gradients are taken; `z` is the first array, `v` the second, and `x`,
/// which scores are made with, the average. η = `lr` times the slice's share, β = `beta1`, `beta2`,
/// ε = 10⁻⁸, λ = `weight_decay`. The rate rises in the warm-up and then stays, whatever `schedule` is.
/// `n` and the sum count a tensor's own steps, the warm-up the run's.
///
/// - Source: Defazio et al. 2024, "The Road Less Scheduled", arXiv:2405.15682, algorithm 1.
package final class ScheduleFreeAdamW: UpdateRule {
  package static let state: UpdateState = [.first, .second, .average]

  private static let epsilon: Float = 1e-8

  private let configuration: TrainingConfiguration
  /// Squares of the rates of the steps up to `number`, in units of the peak rate's.
  private struct Weights {
    var number = 0, last = 0.0, sum = 0.0
  }
  /// Those of the model's tensors, and of the predictor of hidden spans, which rests in steps without.
  private let weights = Mutex((model: Weights(), predictor: Weights()))

  package init(_ configuration: TrainingConfiguration) {
    self.configuration = configuration
  }

  /// The rate of a tensor at step `number` of the run, its own one `own`, in units of the peak rate.
  private func relativeRate(_ number: Int, own: Int) -> Double {
    let correction = 1 - pow(configuration.beta2, Double(own))
    return configuration.warmupFactor(step: number - 1)
      * configuration.phase(of: number - 1).rate * correction.squareRoot()
  }

  package func prepare(step number: Int) {
    weights.withLock {
      advance(&$0.model, to: number) { $0 }
      advance(&$0.predictor, to: number) {
        configuration.hidesSpans(step: $0 - 1) ? configuration.hidingSteps(before: $0) : nil
      }
    }
  }

  private func advance(_ weights: inout Weights, to number: Int, own: (Int) -> Int?) {
    // A resumed run adds up again what it had, in the same order.
    if weights.number >= number { weights = Weights() }
    while weights.number < number {
      weights.number += 1
      guard let own = own(weights.number) else { continue }
      let rate = relativeRate(weights.number, own: own)
      weights.last = rate * rate
      weights.sum += weights.last
    }
  }

  /// Share of a step's iterate in the average of a tensor that rested in so many steps.
  private func share(rested: Int) -> Float {
    // What never rested has the same steps as the model.
    let own = weights.withLock { rested == 0 ? $0.model : $0.predictor }
    return Float(own.sum > 0 ? own.last / own.sum : 1)
  }

  package func update(_ slice: ParameterSlice, _ step: UpdateStep, _: NewtonSchulz?) {
    let (p, g) = (step.parameters + slice.offset, step.gradient + slice.offset)
    let (z, v) = (step.first + slice.offset, step.second + slice.offset)
    let x = step.average + slice.offset
    if step.number == slice.start + 1 {
      z.update(from: p, count: slice.count)
      x.update(from: p, count: slice.count)
    }
    let rate = Float(
      configuration.learningRate * slice.share
        * relativeRate(step.number, own: step.number - slice.start))
    let share = share(rested: slice.start)
    let decay = Float(configuration.weightDecay * slice.decay)
    let (beta1, beta2) = (Float(configuration.beta1), Float(configuration.beta2))
    let scale = step.gradientScale
    for i in 0..<slice.count {
      let value = g[i] * scale
      let square = beta2 * v[i] + (1 - beta2) * value * value
      let iterate = z[i] - rate * (value / (square.squareRoot() + Self.epsilon) + decay * p[i])
      let mean = (1 - share) * x[i] + share * iterate
      v[i] = square
      z[i] = iterate
      x[i] = mean
      p[i] = (1 - beta1) * iterate + beta1 * mean
    }
  }
}
