extension RaceMachine {
  /// Puts the configuration of a trial forward for verification, and numbers it.
  ///
  /// The same configuration at the same number of steps is one candidate: asked for again, it is
  /// returned as it stands, so that an interrupted verification goes on.
  public mutating func nominate(
    trial id: Int, steps: Int, seeds: [Int] = SelectionSeeds.verification, at now: Instant
  ) throws -> Verification {
    var race = try records.race()
    let trial = try existing(id)
    guard trial.origin != .reproduction else {
      throw RaceError(
        .invalid, "trial \(id) repeats a published run, and is no candidate",
        hint: "let a race choose its configuration on seeds for selection first")
    }
    guard trial.rung != nil, !trial.diverged else {
      throw RaceError(
        .invalid, "trial \(id) has no score to be verified",
        hint: "verify a trial of the leaderboard")
    }
    guard steps >= 1, seeds.count >= 3, Set(seeds).count == seeds.count else {
      throw RaceError(
        .invalid, "a verification needs 1 step or more and 3 different seeds or more")
    }
    guard Set(seeds).isSuperset(of: SelectionSeeds.verification) else {
      throw RaceError(
        .invalid, "the seeds of a verification include 43, 44 and 45",
        hint: "name more, not others: whoever may choose seeds may choose scores")
    }
    guard seeds.allSatisfy({ $0 < SelectionSeeds.first }) else {
      throw RaceError(
        .invalid, "a verification seed is \(SelectionSeeds.first) or more",
        hint: "those are for selection; use 43, 44, 45")
    }
    if let known = try records.verification(fingerprint: trial.fingerprint, steps: steps) {
      guard known.seeds == seeds else {
        throw RaceError(
          .invalid,
          "candidate \(known.candidate) was put forward with the seeds "
            + known.seeds.map(String.init).joined(separator: ", "), hint: "use the same seeds")
      }
      return known
    }
    race.candidateCount += 1
    let verification = Verification(
      candidate: race.candidateCount, trial: id, configuration: trial.configuration,
      steps: steps, seeds: seeds, started: now)
    try records.put(verification)
    try write(
      .candidate,
      [
        "candidate": .int(verification.candidate), "trial": .int(id),
        "configuration": trial.configuration.json, "steps": .int(steps),
        "seeds": .array(seeds.map { .int($0) }), "target": .number(race.settings.targetBPB),
        "validation_bpb": .number(trial.bitsPerByte), "corpus": .string(race.settings.corpus),
        "data_hash": .string(race.settings.corpusSHA256),
        "kernel_variant": .string(race.settings.kernelVariant),
        "binary_hash": .string(race.settings.binaryHash),
        "agent_id": .string(race.settings.agentID), "branch": .string(race.settings.branch),
      ], &race, at: now)
    try records.update(race)
    return verification
  }

  /// Writes into the ledger that test is about to be opened for a seed; call it before scoring.
  public mutating func openTest(candidate k: Int, seed: Int, at now: Instant) throws {
    var race = try records.race()
    var verification = try existingCandidate(k, seed: seed)
    verification.opened.insert(seed)
    try records.put(verification)
    try write(
      .opening,
      [
        "candidate": .int(k), "seed": .int(seed), "trial": .int(verification.trial),
        "purpose": .string("verify"),
      ], &race, at: now)
    try records.update(race)
  }

  /// Writes into the ledger that test is about to be opened for another purpose.
  public mutating func openTest(purpose: String, detail: JSONValue, at now: Instant) throws {
    var race = try records.race()
    try write(.opening, ["purpose": .string(purpose), "detail": detail], &race, at: now)
    try records.update(race)
  }

  /// Records the score of a seed, once.
  ///
  /// Throws `invalid` when test was not opened for it before, or another score is on record.
  public mutating func score(
    candidate k: Int, seed: Int, _ score: Verification.Score, at now: Instant
  ) throws {
    var race = try records.race()
    var verification = try existingCandidate(k, seed: seed)
    guard verification.opened.contains(seed) else {
      throw RaceError(.invalid, "test was not opened for candidate \(k), seed \(seed)")
    }
    guard score.bitsPerByte.isFinite, score.bitsPerByte > 0 else {
      throw RaceError(.invalid, "a test score of \(score.bitsPerByte) bits per byte")
    }
    if let known = verification.scores[seed] {
      guard known.bitsPerByte == score.bitsPerByte else {
        throw RaceError(
          .invalid,
          "candidate \(k), seed \(seed) has the score \(known.bitsPerByte) on record, "
            + "not \(score.bitsPerByte)", hint: "a score is measured once; the first one stands")
      }
      return
    }
    verification.scores[seed] = score
    try records.put(verification)
    try write(
      .score,
      [
        "candidate": .int(k), "seed": .int(seed), "test_bpb": .number(score.bitsPerByte),
        "checkpoint": .string(score.checkpoint),
      ], &race, at: now)
    try records.update(race)
  }

  /// Judges a candidate whose seeds are all scored; a pass makes its trial the winner.
  public mutating func conclude(candidate k: Int, at now: Instant) throws -> VictoryVerdict {
    var race = try records.race()
    var verification = try existingCandidate(k, seed: nil)
    if let verdict = verification.verdict { return verdict }
    let scores = verification.seeds.compactMap { verification.scores[$0]?.bitsPerByte }
    guard scores.count == verification.seeds.count else {
      throw RaceError(
        .invalid, "candidate \(k) has \(scores.count) of \(verification.seeds.count) scores")
    }
    let verdict = try VictoryGate.judge(
      scores: scores, target: race.settings.targetBPB, candidate: k)
    verification.verdict = verdict
    try checkVerdict(verification, race)
    try records.put(verification)
    let figures = try JSONValue(encoding: verdict)
    try write(.verdict, ["candidate": .int(k), "verdict": figures], &race, at: now)
    var trial = try existing(verification.trial)
    if verdict.passed {
      if trial.status == .running { drop(&trial, &race, in: race.settings.ladder) }
      trial.status = .winner
      trial.targetRung = nil
      race.state = .won
      race.winner = trial.id
    }
    try save(&trial, &race, .verified, ["candidate": .int(k), "verdict": figures], at: now)
    if verdict.passed { try save(&race, .raceWon, ["trial": .int(trial.id)], at: now) }
    try records.update(race)
    return verdict
  }

  private func existingCandidate(_ k: Int, seed: Int?) throws -> Verification {
    guard let verification = try records.verification(candidate: k) else {
      throw RaceError(.notFound, "there is no candidate \(k)")
    }
    if let seed, !verification.seeds.contains(seed) {
      throw RaceError(
        .invalid, "candidate \(k) has no seed \(seed)",
        hint: "its seeds are \(verification.seeds.map(String.init).joined(separator: ", "))")
    }
    return verification
  }

  private mutating func write(
    _ kind: LedgerEntry.Kind, _ detail: [String: JSONValue], _ race: inout RaceRecord,
    at now: Instant
  ) throws {
    var entry = LedgerEntry(
      ordinal: race.ledger.count + 1, kind: kind, detail: .object(detail), time: now,
      previous: race.ledger.hash, hash: "")
    entry.hash = HashChain.hash(previous: entry.previous, content: entry.content)
    race.ledger = ChainHead(count: entry.ordinal, hash: entry.hash)
    try records.append(entry)
  }
}
