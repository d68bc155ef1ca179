/// What a worker is told when it asks for work.
public enum ClaimAnswer: Hashable, Sendable {
  case work(Claim)
  /// Nothing now; ask again.
  case wait(WaitReason)
  /// Nothing any more, unless the budget grows or the race is resumed.
  case finished(FinishReason)
}

/// Why there is nothing to do now.
public enum WaitReason: String, Sendable, Codable {
  /// Running trials may yet be promoted or leave work behind.
  case othersRunning = "others_running"
  /// The race has a limit of time, and no supervisor is counting it.
  case noSession = "no_session"
}

/// Why there is nothing to do any more.
public enum FinishReason: String, Sendable, Codable {
  case deadline
  case trialBudget = "trial_budget"
  case stepBudget = "step_budget"
  /// What is left of the time is too short for any piece of work.
  case tooLate = "too_late"
  /// Each configuration of the search space exists already.
  case spaceExhausted = "space_exhausted"
  /// Each trial of the plan is over.
  case planDone = "plan_done"
  case stoppedByUser = "stopped_by_user"
  case won
}
