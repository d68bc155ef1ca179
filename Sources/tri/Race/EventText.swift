import Race

/// What happens in a race, in one line each.
enum EventText {
  /// A line for events that a watcher wants to see; nil for the others.
  static func line(_ event: RaceEvent) -> String? {
    let trial = "trial \(event.trial)"
    let detail = event.detail
    func text(_ key: String) -> String {
      switch detail[key] {
      case .string(let value)?: value
      case .int(let value)?: String(value)
      case .double(let value)?: decimal(value, 4)
      default: "?"
      }
    }
    switch event.kind {
    case .reported:
      let score: String =
        switch detail["bpb"] ?? detail["bits_per_byte"] {
        case .double(let value)?: decimal(value, 4) + " BPB"
        case .int(let value)?: "\(value) BPB"
        default: "diverged"
        }
      return
        "\(trial): \(score) at step \(text("step")), rank \(text("rank")) of \(text("reported")) "
        + "at rung \(text("rung")): \(text("decision").replacing("_", with: " "))"
    case .promoted: return "\(trial): promoted to rung \(text("to_rung"))"
    case .drained: return "\(trial): promoted to rung \(text("to_rung")) at the budget's end"
    case .expired: return "\(trial): its worker fell silent; it goes back to its checkpoint"
    case .failed: return "\(trial): failed: \(text("error"))"
    case .gaveUp: return "\(trial): given up: \(text("reason"))"
    case .stopped: return "\(trial): stopped: \(text("reason"))"
    case .raceWon: return "the race is won"
    case .decided:
      let isTime = text("stage") == Assignment.Stage.equalTime.rawValue
      let count = detail["value"] == .null ? "no" : text("value")
      let what = "\(count) \(text("decision")) at equal \(isTime ? "processor time" : "steps")"
      return "\(text("cell")): \(what): \(text("why"))"
    case .budgetChanged: return "the budget was changed"
    default: return nil
    }
  }

  /// The state of a race in one line.
  static func status(_ summary: RaceSummary) -> String {
    let counts = TrialStatus.allCases.compactMap { status -> String? in
      guard let count = summary.trials[status], count > 0 else { return nil }
      return "\(count) \(status.rawValue)"
    }
    let left =
      summary.remainingSeconds.map { "\(spoken(seconds: $0)) left" }
      ?? summary.remainingTrials.map { "\($0) trials left" }
      ?? summary.remainingSteps.map { "\($0) steps left" }
    let parts = (counts.isEmpty ? ["no trials yet"] : counts) + (left.map { [$0] } ?? [])
    let best = summary.best.flatMap { entry in
      entry.trial.bitsPerByte.map {
        "; best \(decimal($0, 4)) BPB (trial \(entry.trial.id), \(entry.steps) steps)"
      }
    }
    return parts.joined(separator: ", ") + (best ?? "")
  }

  /// Why a race has no work left, as far as its budget and its state say.
  static func ending(_ summary: RaceSummary) -> String {
    if summary.race.state == .won { return "the race is won" }
    if summary.race.state == .stopped { return "the race was stopped" }
    if summary.race.settings.experiment != nil, summary.race.exhausted {
      return "every trial of the plan is over"
    }
    let more = "; a larger --budget goes on"
    if let seconds = summary.remainingSeconds, seconds < 1 { return "the time is used" + more }
    if summary.remainingSteps == 0 { return "the budget of steps is used" + more }
    if summary.remainingTrials == 0 { return "the budget of trials is used" + more }
    if summary.race.exhausted { return "every configuration of the search space was tried" }
    return "what is left of the budget holds no further piece of work" + more
  }
}
