import Determinism
import PostgreSQLClient
import Race
import RacePostgreSQL
import RaceStoreConformance
import PostgreSQLTestServer
import Testing

/// What an operation costs, in round trips and statements.
@Suite struct CostTests {
  let database: TemporaryDatabase
  let store: PostgreSQLRaceStore

  init() throws {
    database = try TemporaryDatabase()
    store = try database.open()
  }

  private func settings() throws -> RaceSettings {
    var settings = try TestRace.settings()
    settings.cut = SafetyCut(bitsPerByte: 8, afterSteps: 0)
    return settings
  }

  /// The traffic of an operation.
  private func cost(_ body: () throws -> Void) throws -> (roundTrips: Int, statements: Int) {
    let before = store.traffic
    try body()
    let after = store.traffic
    return (after.roundTrips - before.roundTrips, after.statements - before.statements)
  }

  private func work(_ answer: ClaimAnswer) throws -> Claim {
    guard case .work(let claim) = answer else { throw ContractViolation("no work: \(answer)") }
    return claim
  }

  /// Claim, report and decision cost two round trips a rung together, and nothing is asked for that
  /// was not expected; the number of statements does not grow with the race.
  @Test func aRungCostsTwoRoundTrips() async throws {
    try await offThread {
      try TestRace.begin(store, settings())
      var luck = SplitMix64(seed: 11)
      var claim = try work(store.claim(worker: "w0", at: TestRace.at(0)))
      var sources: [Claim.Source: Int] = [:]
      var most: [Int] = []
      for i in 1...400 {
        let report = TestRace.report(claim, bpb: i % 23 == 0 ? .nan : 1.5 + luck.unit())
        let spent = try cost {
          let sample = Sample(step: report.step, bitsPerByte: report.bitsPerByte)
          claim = try work(
            store.reportAndClaim(
              report, samples: [sample], worker: "w0", at: TestRace.at(Double(i))
            ).next)
        }
        #expect(spent.roundTrips == 2, "report \(i), then \(claim.source)")
        most.append(spent.statements)
        sources[claim.source, default: 0] += 1
      }
      #expect(store.detours == 0)
      #expect(
        sources[.promoted, default: 0] > 80 && sources[.proposed, default: 0] > 200, "\(sources)")
      let (early, late) = (most[50..<100].max() ?? 0, most[350...].max() ?? 0)
      #expect(late <= early && late <= 32, "\(early) statements at first, \(late) in the end")
      print("statements per rung: at most \(early) early, \(late) late; round trips: 2")
      try RaceInvariants.check(store, at: TestRace.at(401))
    }
  }

  /// A sampler that learns asks once for its evidence.
  @Test func aProposalFromEvidenceCostsOneMore() async throws {
    try await offThread {
      var settings = try settings()
      settings.sampler = .multiFidelity
      try TestRace.begin(store, settings)
      var luck = SplitMix64(seed: 12)
      var claim = try work(store.claim(worker: "w0", at: TestRace.at(0)))
      for i in 1...120 {
        let report = TestRace.report(claim, bpb: 1.5 + luck.unit())
        let spent = try cost {
          claim = try work(
            store.reportAndClaim(
              report, samples: [], worker: "w0", at: TestRace.at(Double(i))
            ).next)
        }
        #expect(spent.roundTrips <= 3, "report \(i), then \(claim.source)")
      }
      #expect(store.detours > 20, "evidence was asked for")
    }
  }

  /// Heartbeats of thousands of workers do not wait for each other, nor for claims; they wait for whoever
  /// takes their trial away.
  @Test func aHeartbeatDoesNotWaitForTheRace() async throws {
    try await offThread {
      try TestRace.begin(store, settings())
      let claim = try work(store.claim(worker: "w0", at: TestRace.at(0)))
      let other = try database.server.connect(database.name)
      let soon = ContinuousClock.now + .seconds(60)
      _ = try other.run(
        [
          Statement("BEGIN"), Statement("SELECT FROM igla_race_races FOR NO KEY UPDATE"),
        ], until: soon)
      let start = ContinuousClock.now
      let answer = try store.heartbeat(
        trial: claim.trial, token: claim.lease.token, samples: [], at: TestRace.at(1))
      #expect(ContinuousClock.now - start < .seconds(10), "it waited")
      guard case .proceed(let until) = answer else { throw ContractViolation("\(answer)") }
      #expect(try store.trial(claim.trial).lease?.expiry == until)
      // Given to another worker in the transaction that is still open.
      _ = try other.run(
        [
          Statement(
            "UPDATE igla_race_trials SET lease_token = lease_token + 1, lease_owner = 'w1'"),
          Statement("COMMIT"),
        ], until: soon)
      #expect {
        _ = try store.heartbeat(
          trial: claim.trial, token: claim.lease.token, samples: [], at: TestRace.at(2))
      } throws: {
        ($0 as? RaceError)?.code == .leaseLost
      }
      #expect(try store.trial(claim.trial).lease?.owner == "w1")
    }
  }

  @Test func eachOperationOfAWorkerCostsTwoRoundTrips() async throws {
    try await offThread {
      try TestRace.begin(store, settings())
      var claim: Claim?
      let spent = [
        try cost { claim = try work(store.claim(worker: "w0", at: TestRace.at(0))) },
        try cost {
          guard let claim else { return }
          _ = try store.heartbeat(
            trial: claim.trial, token: claim.lease.token,
            samples: [Sample(step: 1, bitsPerByte: 3)], at: TestRace.at(1))
        },
        try cost {
          guard let claim else { return }
          try store.checkpointed(
            trial: claim.trial, token: claim.lease.token,
            checkpoint: Checkpoint(step: 3, path: "three"), work: Work(steps: 3), samples: [],
            at: TestRace.at(2))
        },
        try cost {
          guard let claim else { return }
          _ = try store.report(TestRace.report(claim, bpb: 2), samples: [], at: TestRace.at(3))
        },
        try cost { claim = try work(store.claim(worker: "w0", at: TestRace.at(4))) },
        try cost {
          guard let claim else { return }
          try store.release(
            trial: claim.trial, token: claim.lease.token, checkpoint: nil, work: Work(),
            at: TestRace.at(5))
        },
        try cost { claim = try work(store.claim(worker: "w0", at: TestRace.at(6))) },
        try cost {
          guard let claim else { return }
          _ = try store.fail(
            trial: claim.trial, token: claim.lease.token, error: "boom", at: TestRace.at(7))
        },
        try cost { _ = try store.beginSession(at: TestRace.at(8)) },
        try cost { try store.tickSession(1, at: TestRace.at(9)) },
      ]
      #expect(spent.map(\.roundTrips) == Array(repeating: 2, count: spent.count))
      #expect(store.detours == 0)
    }
  }

  @Test func aProposalThatExistsIsDrawnAgain() async throws {
    try await offThread {
      // Two configurations in all: the third claim finds the space tried, and says so.
      let space = try SearchSpace(["optimizer": .choice([.string("adamw"), .string("muon")])])
      var settings = RaceSettings(
        name: "small", seed: 7, corpus: "synthetic", corpusSHA256: "c0ffee",
        ladder: try RungLadder(unit: 10, count: 1), space: space)
      settings.budget = .unlimited
      let model = InMemoryRaceStore()
      for each in [store, model] as [any RaceStore] { try TestRace.begin(each, settings) }
      for i in 0..<4 {
        let answer = try store.claim(worker: "w\(i)", at: TestRace.at(Double(i)))
        #expect(try answer == model.claim(worker: "w\(i)", at: TestRace.at(Double(i))))
      }
      #expect(store.detours > 0, "repetitions are looked up")
      #expect(try store.trials(limit: 9, offset: 0) == model.trials(limit: 9, offset: 0))
    }
  }

  /// The counted ranks agree with a count of all results, also where scores are equal, trials
  /// diverged, and nodes of both levels were split.
  @Test func ranksAreCountedExactly() async throws {
    try await offThread {
      try TestRace.begin(store, settings())
      let count = 70_000
      let insert = { (from: Int, to: Int) in
        """
        WITH t AS (
          SELECT i, CASE WHEN i % 13 = 0 THEN NULL
            WHEN i % 5 = 0 THEN 2 ELSE 1 + ((i::bigint * 48271) % 65537) / 65537.0::float8 END AS bpb
          FROM generate_series(\(from), \(to)) i),
        trials AS (
          INSERT INTO igla_race_trials (
            race_id, trial, configuration, fingerprint, seed, origin, first_rung, created, status,
            rung, bpb, diverged, steps_charged, measured_steps, measured_microseconds,
            processor_microseconds, failures, losses, event_count, mixed, verdict, updated)
          SELECT 1, i, '{}', i::text, 1000 + i, 'sampled', 0, 0, 'stopped', 0, bpb, bpb IS NULL,
            10, 10, 10, 10, 0, 0, 0, false, 'good', 0 FROM t
          RETURNING trial, bpb)
        INSERT INTO igla_race_results (
          race_id, trial, rung, step, bpb, diverged, decision, rank, reported, worker, token,
          binary_hash, kernel_variant, mixed, time)
        SELECT 1, trial, 0, 10, bpb, bpb IS NULL, 'pause', 1, 1, 'w', trial, '', '', false, 0
        FROM trials ORDER BY trial
        """
      }
      // The foreign key is checked at the end of the statement, so both may be made in one.
      for part in 0..<7 { try database.execute(insert(part * 10_000 + 1, (part + 1) * 10_000)) }
      let nodes = try database.execute(
        "SELECT level, count(*), max(results), min(results) FROM igla_race_ranks GROUP BY level ORDER BY level"
      )
      #expect(nodes.count == 2, "\(nodes)")
      #expect(Int(nodes[0][1] ?? "") ?? 0 > 256 && Int(nodes[0][2] ?? "") ?? 0 <= 256, "\(nodes)")
      #expect(Int(nodes[1][1] ?? "") ?? 0 > 1, "the upper level was split: \(nodes)")
      let wrong = try database.execute(
        """
        WITH ranked AS (
          SELECT score, trial, row_number() OVER (ORDER BY score, trial) - 1 AS before
          FROM igla_race_results WHERE race_id = 1 AND rung = 0)
        SELECT count(*) FILTER (WHERE igla_rank(1, 0, score, trial) <> before), count(*)
        FROM ranked WHERE trial % 37 = 0
        """)
      #expect(wrong == [["0", String(count / 37)]])
      #expect(try store.summary(at: TestRace.at(1)).reported[0] == count)
      // A place between the others, and the two ends.
      let ends = try database.execute(
        """
        SELECT igla_rank(1, 0, 0, 1), igla_rank(1, 0, 'Infinity', \(count + 1)),
          igla_rank(1, 0, 2, 0) - (
            SELECT count(*) FROM igla_race_results WHERE score < 2), igla_rank(1, 3, 2, 1)
        """)
      #expect(ends == [["0", String(count), "0", "0"]])
    }
  }

  /// With 70,000 trials in the tables, what a claim and a report read is found through indexes.
  @Test func lookupsUseTheirIndexes() async throws {
    try await offThread {
      _ = try database.open()
      let plans = [
        (
          "SELECT trial FROM igla_race_trials WHERE race_id = 1 AND status = 'paused' AND rung = 0 "
            + "ORDER BY bpb, trial LIMIT 1", "igla_race_trials_paused"
        ),
        (
          "SELECT count(*) FROM igla_race_results WHERE race_id = 1 AND rung = 0 "
            + "AND (score, trial) >= (1.0, 5) AND (score, trial) < (2.0, 5)",
          "igla_race_results_ranks"
        ),
        (
          "SELECT trial FROM igla_race_trials WHERE race_id = 1 AND rung IS NOT NULL "
            + "AND origin <> 'reproduction' ORDER BY diverged, rung DESC, bpb, trial LIMIT 1",
          "igla_race_trials_ranked"
        ),
        (
          "SELECT trial FROM igla_race_trials WHERE race_id = 1 AND status = 'running' "
            + "AND lease_expiry <= 5 ORDER BY target_rung DESC, trial LIMIT 64",
          "igla_race_trials_running"
        ),
        (
          "SELECT sum(results) FROM igla_race_ranks WHERE race_id = 1 AND rung = 0 AND level = 0 "
            + "AND (score, trial) >= (1.0, 5) AND (score, trial) < (2.0, 5)", "igla_race_ranks_pkey"
        ),
      ]
      let connection = try database.server.connect(database.name)
      for (sql, index) in plans {
        let plan = try connection.run(
          [
            Statement("BEGIN"), Statement("SET LOCAL enable_seqscan = off"),
            Statement("EXPLAIN " + sql), Statement("COMMIT"),
          ], until: .now + .seconds(30))[2].rows.map { $0[0] ?? "" }.joined(separator: "\n")
        #expect(plan.contains(index) && !plan.contains("Seq Scan"), "\(plan)")
      }
    }
  }
}
