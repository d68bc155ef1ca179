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
  /// Squares of the rates of the steps up to `number`, in units of the peak rate's, of the tensors
  /// that begin after step `start`.
  private struct Weights {
    let start: Int
    var number = 0, last = 0.0, sum = 0.0
  }
  private let weights: Mutex<[Weights]>

  package init(_ configuration: TrainingConfiguration) {
    self.configuration = configuration
    weights = Mutex(Set([0, configuration.predictorStart]).sorted().map { Weights(start: $0) })
  }

  /// The rate of a tensor at step `number` of the run, in units of the peak rate.
  private func relativeRate(_ number: Int, start: Int) -> Double {
    let correction = 1 - pow(configuration.beta2, Double(number - start))
    return configuration.warmupFactor(step: number - 1) * correction.squareRoot()
  }

  package func prepare(step number: Int) {
    weights.withLock {
      for i in $0.indices {
        let start = $0[i].start
        // A resumed run adds up again what it had, in the same order.
        if $0[i].number >= number { $0[i] = Weights(start: start) }
        while $0[i].number < number {
          $0[i].number += 1
          if $0[i].number <= start { continue }
          let rate = relativeRate($0[i].number, start: start)
          $0[i].last = rate * rate
          $0[i].sum += $0[i].last
        }
      }
    }
  }

  /// Share of a step's iterate in the average of the tensors that begin after step `start`.
  private func share(start: Int) -> Float {
    weights.withLock { all in
      guard let own = all.first(where: { $0.start == start }) else {
        preconditionFailure("[ScheduleFreeAdamW] no tensor begins after step \(start)")
      }
      return Float(own.sum > 0 ? own.last / own.sum : 1)
    }
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
      configuration.learningRate * slice.share * relativeRate(step.number, start: slice.start))
    let share = share(start: slice.start)
    let decay = slice.decays ? Float(configuration.weightDecay) : 0
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
