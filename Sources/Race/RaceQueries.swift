/// Answers that every store puts together in the same way.
public enum RaceQueries {
  /// Puts the numbers of a race together.
  public static func summary(_ records: some RaceRecords, at now: Instant) throws -> RaceSummary {
    let race = try records.race()
    return RaceSummary(
      race: race, trials: try records.statusCounts(),
      reported: try (0..<race.settings.ladder.count).map { try records.reported(rung: $0) },
      activeSeconds: Double(race.activeMicroseconds(at: now)) / 1e6,
      remainingSeconds: race.remainingSeconds(at: now), remainingSteps: race.remainingSteps,
      remainingTrials: race.remainingTrials,
      best: try leaderboard(records, limit: 1, offset: 0).first { !$0.trial.diverged },
      now: now, isLive: race.session?.isLive(at: now) ?? false)
  }

  /// Returns a page of the leaderboard.
  public static func leaderboard(
    _ records: some RaceRecords, limit: Int, offset: Int
  ) throws -> [LeaderboardEntry] {
    let ladder = try records.race().settings.ladder
    let ranked = try records.ranked(limit: max(0, limit), offset: max(0, offset))
    return ranked.enumerated().map { index, trial in
      LeaderboardEntry(
        place: max(0, offset) + index + 1, trial: trial,
        steps: trial.rung.map { trial.steps(at: $0, in: ladder) } ?? 0)
    }
  }

  /// Puts the results of a planned race together.
  ///
  /// Throws `invalid` for a race without a plan. O(trials).
  public static func table(_ records: some RaceRecords) throws -> ExperimentTable {
    let race = try records.race()
    guard let experiment = race.settings.experiment else {
      throw RaceError(
        .invalid, "race '\(race.settings.name)' has no plan: its trials are drawn",
        hint: "see 'tri race status' for its leaderboard")
    }
    return ExperimentTable(
      experiment, decisions: race.decisions, trials: try records.trials(limit: .max, offset: 0))
  }

  /// Orders lessons: most confident first, then by name.
  public static func sorted(_ lessons: some Sequence<Lesson>) -> [Lesson] {
    lessons.filter { $0.badCount > 0 }.sorted {
      $0.confidence == $1.confidence
        ? ($0.parameter, $0.pattern) < ($1.parameter, $1.pattern) : $0.confidence > $1.confidence
    }
  }
}
