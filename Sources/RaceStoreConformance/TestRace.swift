public import Race

/// Settings, workers and times for tests of stores.
public enum TestRace {
  public static let start = Instant(microseconds: 1_700_000_000_000_000)

  /// Returns the moment that many seconds after the start.
  public static func at(_ seconds: Double) -> Instant { start.advanced(bySeconds: seconds) }

  /// Returns the settings of a small race: rungs 10, 30, 90, 270.
  public static func settings(
    budget: Budget = .unlimited, unit: Int = 10, rungs: Int = 4,
    startingPoints: [Configuration] = []
  ) throws -> RaceSettings {
    let space = try SearchSpace(
      [
        "learning_rate": .real(min: 1e-4, max: 1e-1, log: true),
        "width": .integer(min: 32, max: 512, log: true, step: 32),
        "optimizer": .choice([.string("adamw"), .string("muon")]),
        "orders": .fixed(.ints([2, 3, 4])),
      ], startingPoints: startingPoints)
    var settings = RaceSettings(
      name: "test", seed: 7, corpus: "synthetic", corpusSHA256: "c0ffee",
      ladder: try RungLadder(unit: unit, count: rungs), space: space)
    settings.budget = budget
    settings.cut = SafetyCut(afterSteps: unit)
    return settings
  }

  public static func worker(_ id: String, kernels: String = "portable") -> WorkerRecord {
    WorkerRecord(
      id: id, machine: "box", process: 1, binaryHash: "b1", kernelVariant: kernels,
      started: start, agentID: "conformance", branch: "main")
  }

  /// Creates a race with the workers `w0`, `w1`, … in a store.
  public static func begin(
    _ store: any RaceStore, _ settings: RaceSettings, workers: Int = 4
  ) throws {
    _ = try store.createRace(settings, at: start)
    for i in 0..<workers { try store.register(worker("w\(i)")) }
  }

  /// Returns the claim that a trial is held under.
  static func claim(of trial: Trial, _ lease: Lease, rung: Int, _ ladder: RungLadder) -> Claim {
    Claim(
      trial: trial.id, configuration: trial.configuration, seed: trial.seed, rung: rung,
      targetStep: trial.steps(at: rung, in: ladder),
      scheduleSteps: trial.scheduleSteps(in: ladder), checkpoint: trial.checkpoint, lease: lease,
      source: .resumed, mixed: trial.mixed)
  }

  /// Returns the report of a claim that was worked off as it should be.
  public static func report(_ claim: Claim, bpb: Double) -> Report {
    let step = claim.targetStep
    return Report(
      trial: claim.trial, token: claim.lease.token, rung: claim.rung, step: step,
      bitsPerByte: bpb, nextByteSteps: step,
      checkpoint: Checkpoint(step: step, path: "t\(claim.trial)/\(step)"),
      work: Work(
        steps: step - (claim.checkpoint?.step ?? 0),
        microseconds: Int64(step - (claim.checkpoint?.step ?? 0)) * 1_000))
  }
}
