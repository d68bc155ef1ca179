extension RaceMachine {
  /// Draws a new trial: a starting point, or a configuration that no trial has yet.
  ///
  /// - Returns: `nil` when the whole search space was found to be tried.
  mutating func propose(_ race: inout RaceRecord, at now: Instant) throws -> Trial? {
    if let trial = try proposeStartingPoint(&race, at: now) { return trial }
    guard let proposal = try draw(race) else {
      race.exhausted = true
      try records.update(race)
      return nil
    }
    race.proposalCount += 1
    return try insert(
      proposal.configuration, seed: nil, origin: .sampled, &race, .proposed, proposal.detail,
      at: now)
  }

  /// Proposes the next starting point that is new, or can be completed to something new.
  private mutating func proposeStartingPoint(
    _ race: inout RaceRecord, at now: Instant
  ) throws -> Trial? {
    let space = race.settings.space
    while race.proposalCount < space.startingPoints.count {
      let point = race.proposalCount
      race.proposalCount += 1
      for attempt in 0..<SearchSpace.maximumDraws {
        let configuration = space.sample(
          race: race.settings.seed, trial: race.trialCount + 1, startingPoint: point,
          attempt: attempt)
        if try records.hasFingerprint(configuration.fingerprint) { continue }
        return try insert(
          configuration, seed: nil, origin: .startingPoint, &race, .proposed,
          ["attempt": .int(attempt)], at: now)
      }
    }
    return nil
  }

  /// Asks the sampler until a configuration is new and no lesson is against it.
  private func draw(_ race: RaceRecord) throws -> Proposer.Proposal? {
    let (settings, trial) = (race.settings, race.trialCount + 1)
    let proposer = Proposer(settings)
    let query = proposer.query(
      reported: try (0..<settings.ladder.count).map { try records.reported(rung: $0) },
      trials: race.trialCount)
    let evidence = try query.map { try records.evidence($0) }
    let experience =
      settings.lessons ? Experience(try records.lessons(), settings, trial: trial) : nil
    func isNew(_ proposal: Proposer.Proposal) throws -> Bool {
      try !records.hasFingerprint(proposal.configuration.fingerprint)
    }
    var refused: [Proposer.Proposal] = []
    for attempt in 0..<SearchSpace.maximumDraws {
      var proposal = proposer.propose(
        trial: trial, ordinal: race.proposalCount - settings.space.startingPoints.count,
        attempt: attempt, query: query, evidence: evidence)
      proposal.detail["attempt"] = .int(attempt)
      proposal.detail["refused"] = .int(refused.count)
      if let experience,
        !experience.accepts(proposal.configuration, trial: trial, attempt: attempt)
      {
        refused.append(proposal)
      } else if try isNew(proposal) {
        return proposal
      }
    }
    // Lessons are against all that was drawn: the race goes on all the same.
    var overruled = try refused.first(where: isNew)
    overruled?.detail["overruled"] = .bool(true)
    return overruled
  }
}
