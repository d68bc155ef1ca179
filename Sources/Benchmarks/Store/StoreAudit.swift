public import Race

/// Whether a store has each thing once that its workers were told it has.
///
/// Reads the whole race, in pages; for the end of a measurement.
public struct StoreAudit: Hashable, Sendable, Encodable {
  public var trials = 0
  public var results = 0
  public var events = 0
  /// Reports that workers say were acknowledged.
  public var acknowledged = 0
  /// What is wrong, a sentence each; empty where nothing was lost or doubled.
  public var problems: [String] = []

  private struct Key: Hashable {
    var trial: Int
    var rung: Int
  }

  /// Reads a race that nobody works on, `page` rows at once, and compares it with the reports that
  /// were answered to any worker of this sitting.
  public init(
    _ store: any RaceStore, acknowledged: [SyntheticWorkLog.Rung], at now: Instant,
    page: Int = 5_000
  ) throws {
    let summary = try store.summary(at: now)
    let race = summary.race
    let tokens = try walkEvents(store, race, page: page)
    let counted = tokens.keys.reduce(into: [Int](repeating: 0, count: race.settings.ladder.count)) {
      $0[$1.rung] += 1
    }
    require(counted == summary.reported, "rungs count \(summary.reported), events say \(counted)")
    results = summary.reported.reduce(0, +)
    self.acknowledged = acknowledged.count
    var seen = Set<Key>()
    for report in acknowledged {
      let key = Key(trial: report.trial, rung: report.rung)
      require(
        tokens[key] == report.token,
        "trial \(report.trial) at rung \(report.rung) was acknowledged and is not there")
      require(
        seen.insert(key).inserted,
        "trial \(report.trial) at rung \(report.rung) was acknowledged twice")
    }
    try checkTrials(store, race, summary, page: page)
  }

  private mutating func require(_ holds: Bool, _ problem: @autoclosure () -> String) {
    // The first few tell what is wrong; a million alike would tell no more.
    if !holds, problems.count < 20 { problems.append(problem()) }
  }

  /// Follows the hash chain; the token of each report by trial and rung.
  private mutating func walkEvents(
    _ store: any RaceStore, _ race: RaceRecord, page: Int
  ) throws -> [Key: Int] {
    var walk = HashChain.Walk()
    var tokens: [Key: Int] = [:]
    while walk.head.count < race.events.count {
      let events = try store.events(after: walk.head.count, limit: page)
      guard !events.isEmpty else { break }
      for event in events {
        if let broken = walk.follow(event) {
          problems.append("events: \(broken)")
          return tokens
        }
        guard event.kind == .reported, case .int(let rung)? = event.detail["rung"],
          case .int(let token)? = event.detail["token"]
        else { continue }
        let key = Key(trial: event.trial, rung: rung)
        require(tokens[key] == nil, "trial \(key.trial) reported twice at rung \(rung)")
        tokens[key] = token
      }
    }
    self.events = walk.head.count
    if let broken = walk.end(at: race.events) { problems.append("events: \(broken)") }
    return tokens
  }

  private mutating func checkTrials(
    _ store: any RaceStore, _ race: RaceRecord, _ summary: RaceSummary, page: Int
  ) throws {
    var (used, held, ranked) = (0, 0, [Int](repeating: 0, count: race.settings.ladder.count))
    while trials < race.trialCount {
      let list = try store.trials(limit: page, offset: trials)
      guard !list.isEmpty else { break }
      for trial in list {
        trials += 1
        let number = trials
        require(trial.id == number, "trial \(number) is missing")
        used += trial.stepsCharged
        if trial.lease != nil { held += 1 }
        // A trial that is at a rung has reported at each below, from its first.
        for rung in trial.firstRung..<(trial.rung ?? trial.firstRung - 1) + 1 { ranked[rung] += 1 }
      }
    }
    let found = trials
    require(found == race.trialCount, "\(race.trialCount) trials were counted, \(found) are there")
    require(summary.trials.values.reduce(0, +) == trials, "each trial has one status")
    require(held == 0, "\(held) trials are leased, and nobody works")
    require(used == race.stepsUsed, "\(race.stepsUsed) steps were counted, trials say \(used)")
    require(race.stepsReserved == 0, "\(race.stepsReserved) steps are reserved for nobody")
    require(ranked == summary.reported, "rungs count \(summary.reported), trials say \(ranked)")
    if let limit = race.settings.budget.trials {
      require(race.trialsStarted <= limit, "\(race.trialsStarted) trials exceed \(limit)")
    }
  }
}
