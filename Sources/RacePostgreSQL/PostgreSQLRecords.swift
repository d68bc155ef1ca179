import PostgreSQLClient
public import Race

/// The tables of one race in PostgreSQL, within a transaction of ``PostgreSQLRaceStore``.
public struct PostgreSQLRecords: RaceRecords {
  let workspace: Workspace

  init(_ workspace: Workspace) { self.workspace = workspace }

  /// The server's time when the race's lock was taken; the caller's in a race in virtual time.
  public func now(_ caller: Instant) -> Instant {
    workspace.link.clock == .caller ? caller : workspace.now
  }

  public func race() -> RaceRecord { workspace.race }

  public func update(_ race: RaceRecord) { workspace.race = race }

  // MARK: Trials

  public func trial(_ id: Int) throws -> Trial? {
    if let known = workspace.trials[id] { return known }
    let trial: Trial? = try workspace.ask("trial", ["trial": id]).first.map(Trial.init(row:))
    workspace.trials[id] = .some(trial)
    return trial
  }

  public func insert(_ trial: Trial) {
    workspace.trials[trial.id] = trial
    workspace.named.insert(trial.id)
    workspace.planned?.append(trial.id)
    workspace.fingerprints.insert(trial.fingerprint)
    workspace.changes.newTrials.insert(trial.id)
    workspace.changes.trials.insert(trial.id)
  }

  public func update(_ trial: Trial) {
    // What was looked up holds for the trials as they were.
    if !workspace.named.contains(trial.id) {
      workspace.lookups = nil
      workspace.named.insert(trial.id)
    }
    workspace.trials[trial.id] = trial
    workspace.changes.trials.insert(trial.id)
  }

  public func hasFingerprint(_ fingerprint: String) throws -> Bool {
    if workspace.fingerprints.contains(fingerprint) { return true }
    if workspace.isBold {
      workspace.changes.newFingerprints.append(fingerprint)
      return false
    }
    return try workspace.ask("has_fingerprint", ["fingerprint": fingerprint]).first?.bool("found")
      ?? false
  }

  /// The trials that the lookups leave out, as they are now.
  private var others: [Trial] {
    workspace.named.sorted().compactMap { workspace.trials[$0] ?? nil }
  }

  private func lookups() throws -> Workspace.Lookups {
    try workspace.lookups ?? workspace.lookUpAgain()
  }

  public func bestPaused(rung: Int) throws -> Trial? {
    let found = try lookups().paused[rung].map { [$0] } ?? []
    return (found + others.filter { $0.status == .paused && $0.rung == rung })
      .min { $0.key < $1.key }
  }

  public func resumable(at now: Instant, limit: Int) throws -> [Trial] {
    let found = try lookups().resumable
    let own = others.filter {
      $0.status == .suspended || $0.status == .running && ($0.lease?.expiry ?? now) <= now
    }
    return Array(
      (found + own).sorted { (-($0.targetRung ?? 0), $0.id) < (-($1.targetRung ?? 0), $1.id) }
        .prefix(limit))
  }

  public func firstPending() throws -> Trial? {
    let found = try lookups().pending.map { [$0] } ?? []
    return (found + others.filter { $0.status == .pending }).min { $0.id < $1.id }
  }

  public func running(at now: Instant) throws -> RunningSummary {
    var summary = try lookups().running
    for trial in others where trial.status == .running && (trial.lease?.expiry ?? now) > now {
      summary.targets[trial.targetRung ?? 0, default: 0] += 1
    }
    return summary
  }

  public func leased(by owner: String?) throws -> [Trial] {
    try keep(workspace.ask("leased", ["owner": owner]).map(Trial.init(row:)))
  }

  public func ranked(limit: Int, offset: Int) throws -> [Trial] {
    if limit == 1, offset == 0, workspace.isWriting {
      let found = try lookups().leader.map { [$0] } ?? []
      let own = others.filter { $0.rung != nil && $0.origin != .reproduction }
      return (found + own).min(by: PostgreSQLRecords.leads).map { [$0] } ?? []
    }
    return try keep(
      workspace.ask("ranked", ["limit": limit, "offset": offset]).map(Trial.init(row:)))
  }

  /// The order of the leaderboard, as the index has it.
  private static func leads(_ a: Trial, _ b: Trial) -> Bool {
    if a.diverged != b.diverged { return b.diverged }
    let (x, y) = (a.rung ?? -1, b.rung ?? -1)
    return x == y ? a.key < b.key : x > y
  }

  public func trials(limit: Int, offset: Int) throws -> [Trial] {
    if let planned = workspace.planned, limit == .max, offset == 0 {
      return planned.compactMap { workspace.trials[$0] ?? nil }
    }
    return try keep(
      workspace.ask("trials", ["limit": limit, "offset": offset]).map(Trial.init(row:)))
  }

  /// Takes note of trials that were read after all changes were sent.
  private func keep(_ trials: [Trial]) -> [Trial] {
    for trial in trials { workspace.trials[trial.id] = trial }
    return trials
  }

  public func evidence(_ query: EvidenceQuery) throws -> SamplerEvidence {
    let values: Values = [
      "rung": query.rung, "limit": query.best,
      "lowers": Statement.array(query.seen.map { String($0.lowerBound) }),
      "uppers": Statement.array(query.seen.map { String($0.upperBound) }),
    ]
    let rows = try workspace.ask("evidence", values)
    func observations(_ tag: String) throws -> [Observation] {
      try rows.filter { try $0.string("tag") == tag }.map(Observation.init(row:))
    }
    // A union keeps no order.
    return SamplerEvidence(
      best: try observations("best").sorted {
        let (x, y) = ($0.rung ?? 0, $1.rung ?? 0)
        return x == y ? $0.key < $1.key : x > y
      }, seen: try observations("seen").sorted { $0.trial < $1.trial })
  }

  public func statusCounts() throws -> [TrialStatus: Int] {
    try workspace.ask("status_counts").reduce(into: [:]) { counts, row in
      counts[try row.known("status", as: TrialStatus.self)] = try row.int("number")
    }
  }

  // MARK: Results

  public func result(trial: Int, rung: Int) throws -> RungResult? {
    let place = Workspace.Place(rung: rung, key: RankKey(bitsPerByte: nil, trial: trial))
    if let known = workspace.results[place] { return known }
    let result: RungResult? = try workspace.ask("result", ["trial": trial, "rung": rung]).first
      .map(RungResult.init(row:))
    workspace.results[place] = .some(result)
    return result
  }

  public func results(trial: Int) throws -> [RungResult] {
    try workspace.ask("results", ["trial": trial]).map(RungResult.init(row:))
  }

  public func insert(_ result: RungResult) {
    let key = RankKey(bitsPerByte: nil, trial: result.trial)
    workspace.results[Workspace.Place(rung: result.rung, key: key)] = result
    workspace.reported?[result.rung, default: 0] += 1
    for place in workspace.ranks.keys where place.rung == result.rung && result.key < place.key {
      workspace.ranks[place]? += 1
    }
    workspace.changes.results.append(result)
  }

  public func reported(rung: Int) throws -> Int {
    if workspace.reported == nil { _ = try workspace.lookUpAgain() }
    return workspace.reported?[rung] ?? 0
  }

  public func countBetter(than key: RankKey, rung: Int) throws -> Int {
    let place = Workspace.Place(rung: rung, key: key)
    if let known = workspace.ranks[place] { return known }
    let rank = try workspace.ask(
      "rank", ["rung": rung, "score": key.score, "trial": key.trial]
    ).first?.int("number")
    workspace.ranks[place] = rank ?? 0
    return rank ?? 0
  }
}
