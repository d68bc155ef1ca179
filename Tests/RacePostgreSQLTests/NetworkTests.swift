import Foundation
import PostgreSQLClient
import Race
import RacePostgreSQL
import RaceStoreConformance
import PostgreSQLTestServer
import Synchronization
import Testing

/// TLS with a certificate authority of the test's own.
@Suite struct TLSTests {
  /// Makes `ca.crt`, an authority; `server.crt`, which it signed for `localhost`; and `other.crt`,
  /// another authority.
  private static func makeCertificates(in folder: String) throws {
    let new = "openssl req -newkey rsa:2048 -nodes -days 2"
    try Shell.run(
      """
      cd \(folder) && \
      \(new) -x509 -keyout ca.key -out ca.crt -subj '/CN=Igla test authority' && \
      \(new) -x509 -keyout other.key -out other.crt -subj '/CN=Another authority' && \
      \(new) -keyout server.key -out server.csr -subj '/CN=localhost' && \
      printf 'subjectAltName=DNS:localhost' > names && \
      openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \
        -extfile names -out server.crt && chmod 600 server.key && chmod 644 ca.crt other.crt
      """)
  }

  private static let server = Result {
    try PostgreSQLServer(
      PostgreSQLServer.Options(
        settings: [
          "ssl=on", "ssl_cert_file=../server.crt", "ssl_key_file=../server.key",
          "ssl_ca_file=../ca.crt",
        ],
        access: ["local all all trust", "hostssl all all 127.0.0.1/32 scram-sha-256"],
        prepare: { try makeCertificates(in: $0) }))
  }

  let server: PostgreSQLServer
  let database: TemporaryDatabase

  init() throws {
    server = try Self.server.get()
    database = try TemporaryDatabase(server)
  }

  private func address(_ host: String, _ query: String, port: Int? = nil) -> String {
    server.networkAddress(database.name, host: host, "?" + query)
      .replacing(":\(server.port)/", with: ":\(port ?? server.port)/")
  }

  private func expect(_ code: RaceError.Code, _ address: String, _ words: String...) {
    do {
      _ = try PostgreSQLRaceStore(address: address)
      Issue.record("\(address) was taken")
    } catch let error as RaceError {
      #expect(error.code == code, "\(error)")
      for word in words { #expect("\(error)".contains(word), "\(error)") }
      #expect(!"\(error)".contains(server.password))
    } catch {
      Issue.record("not a RaceError: \(error)")
    }
  }

  @Test func aVerifiedServerIsRacedOn() async throws {
    try await offThread {
      let query = "sslmode=verify-full&sslrootcert=\(server.folder)/ca.crt"
      let settings = try ConnectionSettings(address("localhost", query))
      let connection = try Connection(settings, until: .now + .seconds(10))
      #expect(connection.isEncrypted)
      let store = try PostgreSQLRaceStore(address: address("localhost", query), clock: .caller)
      try StoreContract.claimsComeInOrder(store)
    }
  }

  @Test func aServerThatIsAnotherIsRefused() async throws {
    try await offThread {
      let root = "sslrootcert=\(server.folder)/ca.crt"
      // Signed for localhost, not for the number.
      expect(
        .permission, address("127.0.0.1", "sslmode=verify-full&" + root), "127.0.0.1", "sslrootcert"
      )
      expect(
        .permission,
        address("localhost", "sslmode=verify-full&sslrootcert=\(server.folder)/other.crt"),
        "certificate verify failed")
      expect(
        .permission, address("localhost", "sslmode=verify-full&sslrootcert=/nowhere/ca.crt"),
        "/nowhere/ca.crt")
    }
  }

  @Test func aServerWithTLSAloneRefusesOthers() async throws {
    try await offThread {
      expect(.configuration, address("localhost", "sslmode=disable"), "no encryption", "sslmode")
    }
  }

  @Test func missingTLSIsRefused() async throws {
    try await offThread {
      let plain = try PostgreSQLServer.shared.get()
      for mode in ["require", "verify-full"] {
        expect(
          .configuration,
          address(
            "127.0.0.1", "sslmode=\(mode)&sslrootcert=\(server.folder)/ca.crt", port: plain.port),
          "does not support SSL", "sslmode")
      }
    }
  }

  /// Several databases share an address where the name in the greeting says which is meant.
  @Test func theNameOfTheServerIsSentFirst() async throws {
    try await offThread {
      let proxy = try Proxy(to: server.port) { _ in .pass }
      let query = "sslmode=verify-full&sslrootcert=\(server.folder)/ca.crt"
      let store = try PostgreSQLRaceStore(address: address("localhost", query, port: proxy.port))
      #expect(try store.activeRace() == nil)
      let greeting = Array("localhost".utf8)
      let names = proxy.counts.openings.contains { bytes in
        bytes.indices.dropLast(greeting.count).contains { bytes[$0...].starts(with: greeting) }
      }
      #expect(names, "the name is in the greeting, in clear")
    }
  }
}

/// A server that says nothing, and a process that has to end.
@Suite struct SilentServerTests {
  let database: TemporaryDatabase

  init() throws { database = try TemporaryDatabase() }

  @Test func whoHasToEndWaitsForNobody() async throws {
    try await offThread {
      let isSilent = Mutex(false)
      let ending = Mutex<ContinuousClock.Instant?>(nil)
      let proxy = try Proxy(to: database.server.port) { _ in
        isSilent.withLock { $0 } ? .silent : .pass
      }
      let address = database.server.networkAddress(database.name)
        .replacing(":\(database.server.port)/", with: ":\(proxy.port)/")
      let store = try PostgreSQLRaceStore(
        address: address, clock: .caller, cutOff: { _ in ending.withLock { $0 } })
      try TestRace.begin(store, TestRace.settings())
      guard case .work(let claim) = try store.claim(worker: "w0", at: TestRace.at(0)) else {
        throw ContractViolation("there is no work")
      }
      isSilent.withLock { $0 = true }
      let start = ContinuousClock.now
      // It waits already when it has to end.
      DispatchQueue.global().asyncAfter(deadline: .now() + 0.5) {
        ending.withLock { $0 = start + .seconds(1.5) }
      }
      #expect {
        try store.release(
          trial: claim.trial, token: claim.lease.token, checkpoint: nil, work: Work(),
          at: TestRace.at(1))
      } throws: {
        ($0 as? RaceError)?.code == .unavailable
      }
      let taken = ContinuousClock.now - start
      #expect(taken > .seconds(1.3) && taken < .seconds(6), "\(taken)")
      let other = try database.open()
      #expect(try other.trial(claim.trial).lease?.owner == "w0", "the lease runs out by itself")
    }
  }
}

/// A pooler in transaction mode, which gives each transaction any of few servers' processes.
@Suite struct PoolerTests {
  /// PgBouncer before the shared server, on a port of its own.
  final class Pooler {
    let port: Int
    private let lifeline = Pipe()

    init(_ server: PostgreSQLServer, size: Int) throws {
      guard FileManager.default.isExecutableFile(atPath: "/usr/sbin/pgbouncer") else {
        throw Missing("there is no /usr/sbin/pgbouncer", "apt-get install pgbouncer")
      }
      port = try PostgreSQLServer.freePort()
      let folder = server.folder + "/pooler-\(port)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try """
      [databases]
      * = host=\(server.folder) port=\(server.port) user=postgres
      [pgbouncer]
      listen_addr = 127.0.0.1
      listen_port = \(port)
      unix_socket_dir =
      auth_type = any
      pool_mode = transaction
      default_pool_size = \(size)
      max_client_conn = 100
      logfile = \(folder)/log
      """.write(toFile: folder + "/ini", atomically: true, encoding: .utf8)
      if getuid() == 0 { try Shell.run("chown -R postgres \(folder)") }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = [
        "-c",
        "\(Shell.asServer("exec /usr/sbin/pgbouncer \(folder)/ini")) >/dev/null 2>&1 & pooler=$!; "
          + "cat >/dev/null; kill -KILL $pooler; wait $pooler",
      ]
      process.standardInput = lifeline
      // It must not keep the tests' output open after them.
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      let deadline = ContinuousClock.now + .seconds(30)
      while true {
        do {
          _ = try Connection(
            ConnectionSettings(address("postgres")), until: .now + .seconds(5))
          return
        } catch {
          guard ContinuousClock.now < deadline else {
            throw Missing("PgBouncer does not start: \(error)", "see \(folder)/log")
          }
          usleep(50_000)
        }
      }
    }

    func address(_ database: String) -> String {
      "postgres://postgres@127.0.0.1:\(port)/\(database)"
    }

    deinit { try? lifeline.fileHandleForWriting.close() }
  }

  let database: TemporaryDatabase

  init() throws { database = try TemporaryDatabase() }

  @Test func everyAnswerIsThatOfTheModel() async throws {
    try await offThread {
      let pooler = try Pooler(database.server, size: 2)
      let store = try PostgreSQLRaceStore(
        address: pooler.address(database.name), clock: .caller, patience: 20)
      try StoreComparison.run(
        InMemoryRaceStore(), store, seed: 3, operations: 300, budget: Budget(trials: 20))
    }
  }

  /// More workers than the pooler has connections: a transaction's settings, locks and statements are
  /// never another's.
  @Test func manyWorkersShareFewConnections() async throws {
    try await offThread {
      let pooler = try Pooler(database.server, size: 3)
      let address = pooler.address(database.name)
      let store = try PostgreSQLRaceStore(address: address, clock: .caller, patience: 30)
      var settings = try TestRace.settings(budget: Budget(trials: 120))
      settings.cut = SafetyCut(bitsPerByte: 8, afterSteps: 0)
      try TestRace.begin(store, settings)
      let outcome = try RaceWork.run(workers: 8) { seed in
        try PostgreSQLRaceStore(address: address, clock: .caller, patience: 30, seed: seed)
      }
      try RaceWork.check(outcome, store, trials: 120)
      let servers = try database.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
      #expect(Int(servers[0][0] ?? "") ?? 99 <= 3 + 1, "few connections did it: \(servers)")
      #expect(
        try store.serverProcess() != nil, "the address is this machine's, whoever answers")
      for (place, isDirect) in [(address, false), (database.address, true)] {
        let connection = try Connection(
          ConnectionSettings(place), until: .now + .seconds(10))
        let name = "igla_test_\(isDirect)"
        for _ in 0..<2 {
          _ = try connection.run(
            [Statement("SELECT 1", name: name)], until: .now + .seconds(10))
        }
        let kept = try connection.run(
          [
            Statement("SELECT count(*) FROM pg_prepared_statements WHERE name = $1", [name])
          ], until: .now + .seconds(10))[0].rows
        #expect(kept == [[isDirect ? "1" : "0"]], "statements are prepared where nobody is between")
      }
      let left = try PostgreSQLRaceStore(address: address)
      #expect(
        try left.activeRace()?.trialsStarted == 120, "the server's clock, after another's time")
    }
  }
}
