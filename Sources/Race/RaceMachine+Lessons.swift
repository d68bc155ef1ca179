extension RaceMachine {
  /// Counts a trial's report in the experience: the first one, and any that ends badly.
  ///
  /// The lower half is judged at the trial's first rung, among four results or more.
  mutating func learn(_ trial: inout Trial, from result: RungResult, _ race: RaceRecord) throws {
    switch result.decision {
    case .stopDiverged: try learn(&trial, .diverged, race)
    case .stopCut: try learn(&trial, .cut, race)
    case .pause, .complete:
      let low = result.reported >= 4 && 2 * result.rank > result.reported
      let first = result.rung == trial.firstRung
      if first { try learn(&trial, low ? .bottomHalf : nil, race) }
    }
  }

  /// Counts how a trial ended, or that it did not end badly (`nil`), once for each parameter.
  mutating func learn(
    _ trial: inout Trial, _ outcome: Lesson.Outcome?, _ race: RaceRecord
  ) throws {
    guard race.settings.lessons, trial.verdict != .bad else { return }
    guard outcome != nil || trial.verdict == .unknown else { return }
    let isNew = trial.verdict == .unknown
    trial.verdict = outcome == nil ? .good : .bad
    for (name, pattern) in race.settings.lessonPatterns(of: trial.configuration) {
      var lesson =
        try records.lesson(parameter: name, pattern: pattern)
        ?? Lesson(parameter: name, pattern: pattern)
      if isNew { lesson.seen += 1 }
      if let outcome {
        lesson.bad[outcome, default: 0] += 1
        lesson.lastTrial = trial.id
      }
      try records.put(lesson)
    }
  }
}
