public import Race

/// What is true of every race at every moment.
public enum RaceInvariants {
  /// Throws a ``ContractViolation`` when something is not.
  public static func check(_ store: any RaceStore, at now: Instant) throws {
    let summary = try store.summary(at: now)
    let race = summary.race
    let ladder = race.settings.ladder
    let trials = try store.trials(limit: .max, offset: 0)
    try require(trials.map(\.id) == Array(1..<(race.trialCount + 1)), "no trial is lost")
    try require(
      summary.trials.values.reduce(0, +) == race.trialCount, "each trial has one status")
    let used = trials.reduce(0) { $0 + $1.stepsCharged }
    try require(race.stepsUsed == used, "used steps: \(race.stepsUsed), trials say \(used)")
    let reserved = trials.reduce(0) { sum, trial in
      guard trial.status == .running, let target = trial.targetRung else { return sum }
      return sum + max(0, trial.steps(at: target, in: ladder) - trial.stepsCharged)
    }
    try require(
      race.stepsReserved == reserved, "reserved: \(race.stepsReserved), leases say \(reserved)")
    if let limit = race.settings.budget.steps {
      try require(used + reserved <= limit, "steps \(used) + \(reserved) exceed \(limit)")
    }
    if let limit = race.settings.budget.trials {
      try require(race.trialsStarted <= limit, "\(race.trialsStarted) trials exceed \(limit)")
    }
    let tokens = trials.compactMap { $0.lease?.token }
    try require(Set(tokens).count == tokens.count, "two leases share a token")
    var counted = Array(repeating: 0, count: ladder.count)
    for trial in trials {
      let results = try store.results(trial: trial.id)
      try require(
        Set(results.map(\.rung)).count == results.count, "trial \(trial.id) has a rung twice")
      for result in results { counted[result.rung] += 1 }
      try require(results.last?.rung == trial.rung, "trial \(trial.id) is at its last rung")
      try require((trial.lease != nil) == (trial.status == .running), "only running is leased")
    }
    try require(summary.reported == counted, "rungs \(summary.reported), results \(counted)")
  }
}
