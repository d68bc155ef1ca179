internal import Glibc

extension TrainingConfiguration {
  /// The share of the peak rate at `step`, in [0, 1].
  ///
  /// Rises in a straight line over the first `warmup·steps` steps (1 at their last), then follows
  /// the schedule; `linear` and `cosine` reach 0 at `step = steps`.
  /// - Parameter step: From 0.
  /// - Returns: The factor of every peak rate.
  public func rateFactor(step: Int) -> Double {
    let t = Double(step) + 1
    let total = Double(steps)
    let rising = (warmup * total).rounded(.up)
    if t <= rising { return t / rising }
    switch schedule {
    case .constant:
      return 1
    case .linear:
      let falling = decay * total
      if falling <= 0 { return 1 }
      return min(1, max(0, (total - Double(step)) / falling))
    case .cosine:
      let progress = (Double(step) - rising) / max(total - rising, 1)
      return 0.5 * (1 + cos(Double.pi * min(1, max(0, progress))))
    }
  }
}
