import GRDB
public import Race

/// The tables of one race in SQLite, within a transaction of ``SQLiteRaceStore``.
public struct SQLiteRecords: RaceRecords {
  let db: Database
  let raceID: Int
  private let counter: StatementCounter

  init(_ db: Database, race: Int, _ counter: StatementCounter) {
    self.db = db
    raceID = race
    self.counter = counter
  }

  /// The statement of that name, which is about to be run.
  private func statement(_ name: String) throws -> Statement {
    counter.add()
    return try db.cachedStatement(sql: Statements[name])
  }

  typealias Values = [String: (any DatabaseValueConvertible)?]

  func arguments(_ values: Values) -> StatementArguments {
    var all = values
    all["race_id"] = raceID
    return StatementArguments(all)
  }

  func execute(_ name: String, _ values: Values) throws {
    try statement(name).execute(arguments: arguments(values))
  }

  func row(_ name: String, _ values: Values) throws -> Row? {
    try Row.fetchOne(statement(name), arguments: arguments(values))
  }

  func rows(_ name: String, _ values: Values = [:]) throws -> [Row] {
    try Row.fetchAll(statement(name), arguments: arguments(values))
  }

  func integer(_ name: String, _ values: Values) throws -> Int? {
    try Int.fetchOne(statement(name), arguments: arguments(values))
  }

  public func race() throws -> RaceRecord {
    guard let row = try row("race", [:]) else { throw RaceError.noRace }
    var race = try RaceRecord(row: row)
    if race.sessionCount > 0 {
      race.session = try self.row("session", ["session": race.sessionCount])
        .map(Session.init(row:))
    }
    return race
  }

  func insert(_ race: RaceRecord) throws { try execute("insert_race", try race.values()) }

  public func update(_ race: RaceRecord) throws {
    var values = try race.values()
    values["created"] = nil
    try execute("update_race", values)
  }

  // MARK: Trials

  public func trial(_ id: Int) throws -> Trial? {
    try row("trial", ["trial": id]).map(Trial.init(row:))
  }

  public func insert(_ trial: Trial) throws {
    try execute("insert_trial", trial.keyValues.merging(trial.values) { $1 })
  }

  public func update(_ trial: Trial) throws {
    var values = trial.values
    values["trial"] = trial.id
    try execute("update_trial", values)
  }

  public func hasFingerprint(_ fingerprint: String) throws -> Bool {
    try integer("has_fingerprint", ["fingerprint": fingerprint]) == 1
  }

  public func bestPaused(rung: Int) throws -> Trial? {
    try row("best_paused", ["rung": rung]).map(Trial.init(row:))
  }

  public func resumable(at now: Instant, limit: Int) throws -> [Trial] {
    try rows("resumable", ["now": now.microseconds, "limit": limit]).map(Trial.init(row:))
  }

  public func firstPending() throws -> Trial? {
    try row("first_pending", [:]).map(Trial.init(row:))
  }

  public func running(at now: Instant) throws -> RunningSummary {
    RunningSummary(
      targets: try rows("running", ["now": now.microseconds]).reduce(into: [:]) {
        $0[$1["target_rung"]] = $1["count"]
      })
  }

  public func leased(by owner: String?) throws -> [Trial] {
    try rows("leased", ["owner": owner]).map(Trial.init(row:))
  }

  public func ranked(limit: Int, offset: Int) throws -> [Trial] {
    try rows("ranked", ["limit": limit, "offset": offset]).map(Trial.init(row:))
  }

  public func trials(limit: Int, offset: Int) throws -> [Trial] {
    try rows("trials", ["limit": limit, "offset": offset]).map(Trial.init(row:))
  }

  public func evidence(_ query: EvidenceQuery) throws -> SamplerEvidence {
    let best =
      try query.rung.map { try rows("best_results", ["rung": $0, "limit": query.best]) }
      ?? rows("best_trials", ["limit": query.best])
    let seen = try query.seen.flatMap {
      try rows("trials_between", ["lower": $0.lowerBound, "upper": $0.upperBound])
    }
    return SamplerEvidence(
      best: try best.map(Observation.init(row:)), seen: try seen.map(Observation.init(row:)))
  }

  public func statusCounts() throws -> [TrialStatus: Int] {
    try rows("status_counts").reduce(into: [:]) { counts, row in
      counts[try row.known("status", as: TrialStatus.self)] = row["count"]
    }
  }

  // MARK: Results

  public func result(trial: Int, rung: Int) throws -> RungResult? {
    try row("result", ["trial": trial, "rung": rung]).map(RungResult.init(row:))
  }

  public func results(trial: Int) throws -> [RungResult] {
    try rows("results", ["trial": trial]).map(RungResult.init(row:))
  }

  public func insert(_ result: RungResult) throws {
    try execute("insert_result", result.values)
    try count(result)
  }

  public func reported(rung: Int) throws -> Int {
    try integer("reported", ["rung": rung]) ?? 0
  }
}
