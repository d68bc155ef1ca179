internal import Kernels

/// How the weights that are scored are averaged over a run's steps.
///
/// The average after step 1 is the weights themselves; after step `s`, with those of step `r` before
/// it and weights that did not change in between,
///
///     average_s = keep(r → s) · average_r + (1 − keep(r → s)) · weights
///
/// in one go as well as step by step, which lets the average of a hash row wait.
package enum WeightAverage: Sendable, Hashable {
  /// The last weights are scored.
  case none
  /// `keep(r → s) = ((r + 1)/(s + 1))^power`: about the last `1/power` of the steps count.
  case power(Double)
  /// `keep(r → s) = decay^(s − r)`: about the last `1/(1 − decay)` steps count.
  case exponential(Double)

  /// Share of the average after step `r` in that after step `s ≥ r`, for `r ≥ 1`.
  func keep(from r: Int, to s: Int) -> Float {
    switch self {
    case .none: 0
    case .power(let power): Float(PlainMath.power(Double(r + 1) / Double(s + 1), power))
    case .exponential(let decay): Float(PlainMath.power(decay, Double(s - r)))
    }
  }
}

extension TrainingConfiguration {
  /// The average that ``averagePower`` or ``emaDecay`` asks for.
  package var average: WeightAverage {
    if averagePower > 0 { return .power(averagePower) }
    return emaDecay > 0 ? .exponential(emaDecay) : .none
  }
}
