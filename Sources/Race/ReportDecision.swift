/// What becomes of a trial after its report.
public enum ReportDecision: String, Sendable, Codable {
  /// It waits at its rung; a later claim promotes it, or not.
  case pause
  /// It reached the top rung.
  case complete
  /// Its score is not a finite number.
  case stopDiverged = "stop_diverged"
  /// Its score is beyond the safety cut.
  case stopCut = "stop_cut"
}
