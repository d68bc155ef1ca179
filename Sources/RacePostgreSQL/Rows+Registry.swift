import Race

extension WorkerRecord {
  init(row: Row) throws {
    self.init(
      id: try row.string("worker"), machine: try row.string("machine"),
      process: try row.int("process"), binaryHash: try row.string("binary_hash"),
      kernelVariant: try row.string("kernel_variant"), started: try row.instant("started"),
      agentID: try row.string("agent_id"), branch: try row.string("branch"))
    lastSeen = try row.instant("last_seen")
  }

  func values(race: Int) -> Values {
    [
      "race_id": race, "worker": id, "agent_id": agentID, "branch": branch, "machine": machine,
      "process": process, "binary_hash": binaryHash, "kernel_variant": kernelVariant,
      "started": started.microseconds, "last_seen": lastSeen.microseconds,
    ]
  }
}

extension Session {
  init(row: Row) throws {
    self.init(
      id: try row.int("session"), started: try row.instant("started"),
      lastTick: try row.instant("last_tick"),
      activeMicroseconds: try row.int64("active_microseconds"), closed: try row.bool("closed"))
  }

  func values(race: Int) -> Values {
    [
      "race_id": race, "session": id, "started": started.microseconds,
      "last_tick": lastTick.microseconds, "active_microseconds": activeMicroseconds,
      "closed": closed,
    ]
  }
}

extension Lesson {
  /// Reads the lessons of a row that has all of them, as the statement `lessons` gives it.
  static func all(in row: Row) throws -> [Lesson] {
    guard case .array(let list) = try JSONValue(parsing: row.string("lessons")) else { return [] }
    return try list.map { try Lesson($0) }
  }

  private init(_ json: JSONValue) throws {
    // Counts of outcomes in the order of the columns.
    let outcomes: [Outcome] = [.diverged, .cut, .failed, .bottomHalf]
    guard case .array(let columns) = json, columns.count == 4 + outcomes.count,
      case .string(let parameter) = columns[0], case .string(let pattern) = columns[1],
      case .int(let seen) = columns[2]
    else {
      throw RaceError(
        .corrupt, "a lesson reads '\(json.canonical.prefix(40))'", hint: "use a newer program")
    }
    self.init(parameter: parameter, pattern: pattern)
    self.seen = seen
    for (outcome, column) in zip(outcomes, columns.dropFirst(3)) {
      if case .int(let count) = column, count > 0 { bad[outcome] = count }
    }
    if case .int(let trial)? = columns.last { lastTrial = trial }
  }
}

extension Verification {
  init(row: Row, scores rows: [Row]) throws {
    self.init(
      candidate: try row.int("candidate"), trial: try row.int("trial"),
      configuration: try Configuration(parsing: row.string("configuration")),
      steps: try row.int("steps"),
      seeds: try JSONValue(parsing: row.string("seeds")).decoded(as: [Int].self),
      started: try row.instant("started"))
    verdict = try row.optionalString("verdict").map {
      try JSONValue(parsing: $0).decoded(as: VictoryVerdict.self)
    }
    for row in rows {
      let seed = try row.int("seed")
      opened.insert(seed)
      if let value = try row.optionalDouble("test_bpb") {
        scores[seed] = Score(bitsPerByte: value, checkpoint: try row.string("checkpoint"))
      }
    }
  }

  func values(race: Int) throws -> Values {
    [
      "race_id": race, "candidate": candidate, "trial": trial,
      "configuration": configuration.canonicalJSON, "fingerprint": configuration.fingerprint,
      "steps": steps, "seeds": JSONValue.array(seeds.map { .int($0) }).canonical,
      "started": started.microseconds,
      "verdict": try verdict.map { try JSONValue(encoding: $0).canonical },
    ]
  }
}
