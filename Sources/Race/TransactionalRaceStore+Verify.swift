extension TransactionalRaceStore {
  public func nominate(
    trial: Int, steps: Int, seeds: [Int], at now: Instant
  ) throws -> Verification {
    try write(ExpectedLookups(at: now)) {
      try $0.nominate(trial: trial, steps: steps, seeds: seeds, at: $0.records.now(now))
    }
  }

  public func openTest(candidate: Int, seed: Int, at now: Instant) throws {
    try write(ExpectedLookups(at: now)) {
      try $0.openTest(candidate: candidate, seed: seed, at: $0.records.now(now))
    }
  }

  public func openTest(purpose: String, detail: JSONValue, at now: Instant) throws {
    try write(ExpectedLookups(at: now)) {
      try $0.openTest(purpose: purpose, detail: detail, at: $0.records.now(now))
    }
  }

  public func score(
    candidate: Int, seed: Int, _ score: Verification.Score, at now: Instant
  ) throws {
    try write(ExpectedLookups(at: now)) {
      try $0.score(candidate: candidate, seed: seed, score, at: $0.records.now(now))
    }
  }

  public func conclude(candidate: Int, at now: Instant) throws -> VictoryVerdict {
    try write(ExpectedLookups(at: now)) {
      try $0.conclude(candidate: candidate, at: $0.records.now(now))
    }
  }
}
