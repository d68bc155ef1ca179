/// A rule that decides which configurations are trained further.
public enum Scheduler: String, CaseIterable, Sendable {
  /// This project's race: promotion with its end game.
  case igla
  /// Promotion ASHA without an end game: it promotes, or begins, what fits into the budget.
  case promotion
  /// The race with delayed promotion.
  case delayed
  /// The rule of Optuna's `SuccessiveHalvingPruner`.
  case optuna
  /// The rule of Ray Tune's `ASHAScheduler`.
  case ray
  /// The rule of Syne Tune's `ASHA` of type `stopping`.
  case syneTune = "syne-tune"
  /// Every configuration to the end.
  case random
}
