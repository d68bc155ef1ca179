/// Whether a trial that reports at a rung goes on at once, or is stopped for good.
package struct StoppingRule {
  package let scheduler: Scheduler
  package let eta: Int
  /// Losses reported so far, by rung; NaN where a trial had diverged.
  private var reported: [[Double]]

  package init(_ scheduler: Scheduler, eta: Int, rungs: Int) {
    self.scheduler = scheduler
    self.eta = eta
    reported = Array(repeating: [], count: rungs)
  }

  /// Records a loss and returns whether its trial goes on.
  ///
  /// The rules are those of the three programs, read in their sources; a loss that is NaN never goes on.
  package mutating func goesOn(_ loss: Double, rung: Int) -> Bool {
    let before = reported[rung]
    reported[rung].append(loss)
    if loss.isNaN { return false }
    let finite = (before + [loss]).filter { !$0.isNaN }.sorted()
    switch scheduler {
    case .optuna:
      // Among the best ⌊n/η⌋ of all so far, its own included; the best of the first few goes on.
      let cut = max(0, (before.count + 1) / eta - 1)
      return cut < finite.count && loss <= finite[cut]
    case .ray:
      // Not worse than the 1/η quantile of those before it.
      guard let cut = Self.quantile(before.filter { !$0.isNaN }.sorted(), 1 / Double(eta)) else {
        return true
      }
      return loss <= cut
    case .syneTune:
      // Not worse than the 1/η quantile of all so far; alone, it goes on.
      guard finite.count > 1, let cut = Self.quantile(finite, 1 / Double(eta)) else { return true }
      return loss <= cut
    case .random: return true
    case .igla, .promotion, .delayed:
      preconditionFailure("[StoppingRule] \(scheduler) pauses trials, it does not stop them")
    }
  }

  /// Returns a quantile by linear interpolation between sorted values; `nil` of none.
  package static func quantile(_ sorted: [Double], _ share: Double) -> Double? {
    guard let last = sorted.last else { return nil }
    let place = share * Double(sorted.count - 1)
    let low = Int(place)
    guard low + 1 < sorted.count else { return last }
    return sorted[low] + (place - Double(low)) * (sorted[low + 1] - sorted[low])
  }
}
