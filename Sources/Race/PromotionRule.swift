public import Invariants

/// Says whether a paused trial may go on to the next rung: promotion ASHA.
///
/// A trial is promotable when its rank among the `reported` results of its rung is at most
/// ⌊reported / eta⌋. With `delayed` it also waits until reported / (next + 1) ≥ eta, where `next`
/// counts the results of the next rung, so that few early results do not decide alone.
///
/// - Source: Li et al., "A system for massively parallel hyperparameter tuning", MLSys 2020; the
///   delay from Li et al., "Hyper-Tune", VLDB 2022.
public struct PromotionRule: Hashable, Sendable, Codable {
  /// Written into each decision; raised when the rule changes.
  public static let version = 1

  public var eta: Int
  public var delayed: Bool

  public init(eta: Int = ProvenConstants.rungEta, delayed: Bool = false) {
    precondition(eta >= 2, "[PromotionRule] eta is \(eta), expected ≥ 2")
    self.eta = eta
    self.delayed = delayed
  }

  /// The worst rank that is promoted.
  public func cut(reported: Int) -> Int { reported / eta }

  /// Returns whether the trial of that rank (1 is best) may go on.
  public func allows(rank: Int, reported: Int, next: Int) -> Bool {
    rank <= cut(reported: reported) && (!delayed || reported >= eta * (next + 1))
  }
}
