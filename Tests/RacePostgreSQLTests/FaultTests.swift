import Dispatch
import Foundation
import PostgreSQLClient
import Race
import RacePostgreSQL
import RaceStoreConformance
import Synchronization
import PostgreSQLTestServer
import Testing

/// What happens when the way to the server, the server or a worker fails.
@Suite struct FaultTests {
  let database: TemporaryDatabase

  init() throws { database = try TemporaryDatabase() }

  /// Every answer is that of a race in memory that nothing ever disturbed, though connections end
  /// before and after the server acted, also within a commit.
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func cutConnectionsChangeNoAnswer(seed: UInt64) async throws {
    try await offThread {
      _ = try database.open()
      let proxy = try Proxy(to: database.server.port, seed: seed, share: 0.08, first: 4)
      let store = try PostgreSQLRaceStore(
        address: "postgres://postgres:\(encodedPassword)@127.0.0.1:\(proxy.port)/\(database.name)",
        clock: .caller, patience: 60, isPatientAtFirst: true, seed: seed)
      try StoreComparison.run(
        InMemoryRaceStore(), store, seed: seed, operations: 300, budget: .unlimited)
      let counts = proxy.counts
      #expect(counts.lost > 10 && counts.unanswered > 10 && store.retries > 20, "\(counts)")
      print(
        "cut connections, seed \(seed): \(counts.messages) messages, \(counts.lost) lost, "
          + "\(counts.unanswered) unanswered, \(store.retries) retries, \(store.traffic)")
    }
  }

  private var encodedPassword: String {
    database.server.password.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
  }

  /// The commit of a claim is kept and its answer lost: the claim is not made twice.
  @Test func aCommitWhoseAnswerIsLostIsKnownAgain() async throws {
    try await offThread {
      let store = try database.open()
      try TestRace.begin(store, TestRace.settings())
      let commits = Mutex(0)
      let proxy = try Proxy(to: database.server.port) { _ in
        commits.withLock { $0 > 0 ? .unanswered : .pass }
      }
      let other = try PostgreSQLRaceStore(
        address: "postgres://postgres:\(encodedPassword)@127.0.0.1:\(proxy.port)/\(database.name)",
        clock: .caller, patience: 60)
      let answer = try other.write(
        ExpectedLookups(at: TestRace.at(0), worker: "w0", claims: true)
      ) { machine in
        let answer = try machine.claim(worker: "w0", at: TestRace.at(0))
        // From here on the next message, which is the commit, is not answered; the one after is.
        commits.withLock { $0 = 1 }
        DispatchQueue.global().async {
          while proxy.counts.unanswered == 0 { usleep(1_000) }
          commits.withLock { $0 = 0 }
        }
        return answer
      }
      #expect(proxy.counts.unanswered >= 1)
      guard case .work(let claim) = answer else {
        Issue.record("no work")
        return
      }
      #expect(claim.lease.token == 1)
      #expect(try store.summary(at: TestRace.at(1)).trials == [.running: 1])
      #expect(try store.trial(1).lease == claim.lease)
      #expect(try store.firstBreak() == nil)
    }
  }

  @Test func aServerThatIsStartedAgainLosesNothing() async throws {
    try await offThread {
      let server = try PostgreSQLServer(
        PostgreSQLServer.Options(settings: ["fsync=on", "restart_after_crash=on"]))
      let own = try TemporaryDatabase(server)
      let store = try own.open(patience: 60)
      var settings = try TestRace.settings(budget: Budget(trials: 60))
      settings.cut = SafetyCut(bitsPerByte: 8, afterSteps: 0)
      try TestRace.begin(store, settings)
      let reports = Mutex(0)
      let failures = Mutex<[String]>([])
      DispatchQueue.concurrentPerform(iterations: 3) { i in
        do {
          if i == 2 {
            // Twice, once the race is well under way: every server process is killed at once, and the
            // database recovers from its log.
            for share in [10, 40] {
              while reports.withLock({ $0 }) < share { usleep(2_000) }
              try server.crash()
            }
            return
          }
          let worker = "w\(i)"
          let own = try own.open(patience: 60, seed: UInt64(i))
          var next = try own.claim(worker: worker, at: TestRace.at(1))
          while true {
            switch next {
            case .work(let claim):
              next = try own.reportAndClaim(
                TestRace.report(claim, bpb: 2 + Double(claim.trial % 17) / 10), samples: [],
                worker: worker, at: TestRace.at(1)
              ).next
              reports.withLock { $0 += 1 }
            case .wait: next = try own.claim(worker: worker, at: TestRace.at(1))
            case .finished: return
            }
          }
        } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
      #expect(failures.withLock { $0 } == [])
      let summary = try store.summary(at: TestRace.at(2))
      #expect(summary.race.trialsStarted == 60 && summary.reported[0] == 60)
      #expect(summary.reported.reduce(0, +) == reports.withLock { $0 }, "each report is there once")
      try RaceInvariants.check(store, at: TestRace.at(2))
      #expect(try store.firstBreak() == nil)
      server.end()
    }
  }

  @Test func aKilledWorkerLosesOnlyItsLease() async throws {
    let address = database.address
    _ = try database.open()
    await #expect(processExitsWith: .signal(SIGKILL)) { [address = address as String] in
      let store = try PostgreSQLRaceStore(address: address, clock: .caller)
      try KilledWorker.work(on: store) { kill(getpid(), SIGKILL) }
    }
    let store = try database.open(create: false)
    try KilledWorker.check(store)
  }

  @Test func aTransactionCutShortLeavesNoTrace() async throws {
    let address = database.address
    let store = try database.open()
    try TestRace.begin(store, TestRace.settings())
    _ = try store.claim(worker: "w0", at: TestRace.at(0))
    let before = try store.activeRace()
    await #expect(processExitsWith: .signal(SIGKILL)) { [address = address as String] in
      let store = try PostgreSQLRaceStore(address: address, clock: .caller)
      try store.write(ExpectedLookups(at: TestRace.at(1), worker: "w1", claims: true)) { machine in
        _ = try machine.claim(worker: "w1", at: TestRace.at(1))
        kill(getpid(), SIGKILL)
      }
    }
    #expect(try store.activeRace() == before)
    try RaceInvariants.check(store, at: TestRace.at(2))
    #expect(try store.firstBreak() == nil)
  }

  /// A worker that stands still within a transaction holds the race's lock for a few seconds, not for
  /// ever; when it goes on, its operation is done once, on the race as it is then.
  @Test func aWorkerThatStandsStillDoesNotStopTheRace() async throws {
    try await offThread {
      let store = try database.open()
      try TestRace.begin(store, TestRace.settings())
      let frozen = try database.open()
      let holds = DispatchSemaphore(value: 0)
      let done = DispatchSemaphore(value: 0)
      let tries = Mutex(0)
      let tokens = Mutex<[Int]>([])
      DispatchQueue.global().async {
        let answer = try? frozen.write(
          ExpectedLookups(at: TestRace.at(0), worker: "w0", claims: true)
        ) { machine in
          let answer = try machine.claim(worker: "w0", at: TestRace.at(0))
          if tries.withLock({
            $0 += 1; return $0
          }) == 1 {
            holds.signal()
            _ = done.wait(timeout: .now() + 60)
          }
          return answer
        }
        if case .work(let claim) = answer { tokens.withLock { $0.append(claim.lease.token) } }
        holds.signal()
      }
      #expect(holds.wait(timeout: .now() + 30) == .success)
      let start = ContinuousClock.now
      guard case .work(let claim) = try store.claim(worker: "w1", at: TestRace.at(1)) else {
        Issue.record("no work")
        return
      }
      #expect(ContinuousClock.now - start < .seconds(25), "the lock came free in time")
      done.signal()
      #expect(holds.wait(timeout: .now() + 60) == .success)
      #expect(tries.withLock { $0 } == 2 && claim.lease.token == 1)
      #expect(tokens.withLock { $0 } == [2])
      try RaceInvariants.check(store, at: TestRace.at(2))
      #expect(try store.firstBreak() == nil)
    }
  }

  /// Leases follow the server's clock: those of callers may be wrong by days.
  @Test func onlyTheServersClockDecidesALease() async throws {
    try await offThread {
      let store = try database.open(clock: .server)
      var settings = try TestRace.settings()
      settings.leaseSeconds = 2
      _ = try store.createRace(settings, at: Instant(microseconds: 1))
      for id in ["past", "future"] { try store.register(TestRace.worker(id)) }
      let days: [Double] = [-86_400_000, 86_400_000]
      func server() throws -> Instant {
        let text = try database.execute(
          "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")[0][0]
        return Instant(microseconds: Int64(text ?? "") ?? 0)
      }
      let before = try server()
      guard
        case .work(let first) = try store.claim(worker: "past", at: TestRace.at(days[0])),
        case .work(let second) = try store.claim(worker: "future", at: TestRace.at(days[1]))
      else {
        Issue.record("no work")
        return
      }
      let after = try server()
      #expect(second.trial != first.trial, "a clock that is ahead takes nobody's lease")
      for claim in [first, second] {
        #expect(claim.lease.expiry >= before.advanced(bySeconds: 2))
        #expect(claim.lease.expiry <= after.advanced(bySeconds: 2))
      }
      #expect(try store.activeRace().map { $0.created <= before } == true)
      #expect(try store.workers().allSatisfy { $0.lastSeen <= after && $0.started <= before })
      // It runs out on the server, whatever the caller's clock says.
      while try server() <= second.lease.expiry { usleep(50_000) }
      guard case .work(let third) = try store.claim(worker: "past", at: TestRace.at(days[0])) else {
        Issue.record("no work")
        return
      }
      #expect(third.source == .resumed && third.trial == first.trial)
      #expect(throws: RaceError.self) {
        try store.heartbeat(
          trial: first.trial, token: first.lease.token, samples: [], at: TestRace.at(days[0]))
      }
    }
  }

  @Test func eightConnectionsLoseAndDoubleNothing() async throws {
    try await offThread {
      let store = try database.open()
      var settings = try TestRace.settings(budget: Budget(trials: 200))
      settings.cut = SafetyCut(bitsPerByte: 8, afterSteps: 0)
      try TestRace.begin(store, settings)
      let outcome = try RaceWork.run(workers: 8) { try database.open(seed: $0) }
      try RaceWork.check(outcome, store, trials: 200)
    }
  }

  @Test func callsThatDoNotBlock() async throws {
    let store = try database.open()
    try TestRace.begin(store, TestRace.settings())
    let answer = try await store.asynchronously { try $0.claim(worker: "w0", at: TestRace.at(0)) }
    guard case .work = answer else {
      Issue.record("no work: \(answer)")
      return
    }
  }
}

/// Workers on threads of their own that work a race off.
enum RaceWork {
  struct Outcome {
    var tokens: [Int] = []
    var failures: [String] = []
  }

  static func run(
    workers: Int, open: @Sendable (UInt64) throws -> PostgreSQLRaceStore
  ) throws -> Outcome {
    let outcome = Mutex(Outcome())
    DispatchQueue.concurrentPerform(iterations: workers) { i in
      do {
        let store = try open(UInt64(i))
        let worker = "t\(i)"
        try store.register(TestRace.worker(worker))
        var tokens: [Int] = []
        var next = try store.claim(worker: worker, at: TestRace.at(1))
        loop: while true {
          switch next {
          case .work(let claim):
            tokens.append(claim.lease.token)
            let report = TestRace.report(claim, bpb: 2 + Double(claim.trial % 17) / 10)
            next = try store.reportAndClaim(
              report, samples: [], worker: worker, at: TestRace.at(1)
            ).next
          case .wait: next = try store.claim(worker: worker, at: TestRace.at(1))
          case .finished: break loop
          }
        }
        outcome.withLock { $0.tokens += tokens }
      } catch {
        outcome.withLock { $0.failures.append("\(error)") }
      }
    }
    return outcome.withLock { $0 }
  }

  static func check(_ outcome: Outcome, _ store: PostgreSQLRaceStore, trials: Int) throws {
    let tokens = outcome.tokens
    #expect(outcome.failures == [])
    let summary = try store.summary(at: TestRace.at(2))
    #expect(Set(tokens).count == tokens.count, "no claim was given twice")
    #expect(tokens.max() == tokens.count, "no claim was lost")
    #expect(summary.race.trialsStarted == trials && summary.reported[0] == trials)
    #expect(summary.reported.reduce(0, +) == tokens.count, "each claim was reported once")
    #expect(summary.reported[1] >= trials / 3 && summary.reported[3] >= trials / 28)
    try RaceInvariants.check(store, at: TestRace.at(2))
    #expect(try store.firstBreak() == nil)
  }
}
