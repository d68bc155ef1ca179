extension TransactionalRaceStore {
  public func hasLiveSession(at now: Instant) throws -> Bool {
    try read { try $0.race().session?.isLive(at: $0.now(now)) ?? false }
  }

  public func summary(at now: Instant) throws -> RaceSummary {
    try read { try RaceQueries.summary($0, at: $0.now(now)) }
  }

  public func leases() throws -> [Trial] { try read { try $0.leased(by: nil) } }

  public func leaderboard(limit: Int, offset: Int) throws -> [LeaderboardEntry] {
    try read { try RaceQueries.leaderboard($0, limit: limit, offset: offset) }
  }

  public func best() throws -> LeaderboardEntry? {
    try leaderboard(limit: 1, offset: 0).first { !$0.trial.diverged }
  }

  public func trial(_ id: Int) throws -> Trial {
    try read { records in
      guard let trial = try records.trial(id) else { throw RaceError.noTrial(id) }
      return trial
    }
  }

  public func trials(limit: Int, offset: Int) throws -> [Trial] {
    try read { try $0.trials(limit: max(0, limit), offset: max(0, offset)) }
  }

  public func results(trial: Int) throws -> [RungResult] {
    try read { try $0.results(trial: trial) }
  }

  public func events(trial: Int) throws -> [RaceEvent] {
    try read { try $0.events(trial: trial) }
  }

  public func events(after ordinal: Int, limit: Int) throws -> [RaceEvent] {
    try read { try $0.events(after: max(0, ordinal), limit: max(0, limit)) }
  }

  public func samples(trial: Int) throws -> [Sample] {
    try read { try $0.samples(trial: trial) }
  }

  public func checkpoints(trial: Int) throws -> [Checkpoint] {
    try read { try $0.checkpoints(trial: trial) }
  }

  public func lessons() throws -> [Lesson] {
    try read { RaceQueries.sorted(try $0.lessons()) }
  }

  public func workers() throws -> [WorkerRecord] { try read { try $0.workers() } }

  public func sessions() throws -> [Session] { try read { try $0.sessions() } }

  public func ledger() throws -> [LedgerEntry] { try read { try $0.ledger() } }

  public func table() throws -> ExperimentTable { try read { try RaceQueries.table($0) } }

  public func verifications() throws -> [Verification] { try read { try $0.verifications() } }
}
