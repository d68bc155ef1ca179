import Foundation
import PostgreSQLClient
import PostgreSQLTestServer
import Testing

@Suite struct ConnectionTests {
  let server: PostgreSQLServer
  let connection: Connection

  init() throws {
    server = try PostgreSQLServer.shared.get()
    connection = try server.connect("postgres")
  }

  private var soon: ContinuousClock.Instant { .now + .seconds(30) }

  private func failure(_ body: () throws -> Void) -> PostgreSQLError? {
    do {
      try body()
    } catch let error as PostgreSQLError {
      return error
    } catch {
      Issue.record("not a PostgreSQLError: \(error)")
    }
    return nil
  }

  @Test func aBatchIsOneRoundTripAndOneTransaction() throws {
    let tables = try connection.run(
      [
        Statement("CREATE TEMPORARY TABLE t (x bigint, y text)"),
        Statement("INSERT INTO t VALUES ($1, $2), (2, NULL)", ["1", "a\"\\{},é🙂\n"]),
        Statement("SELECT x, y FROM t ORDER BY x"),
      ], until: soon)
    #expect(connection.traffic.roundTrips == 1 && connection.traffic.statements == 3)
    #expect(tables.map(\.changed) == [0, 2, 2])
    #expect(tables[2].columns == ["x", "y"])
    #expect(tables[2].rows == [["1", "a\"\\{},é🙂\n"], ["2", nil]])
    let error = failure {
      _ = try connection.run(
        [Statement("DELETE FROM t"), Statement("SELECT 1/0"), Statement("SELECT 1")], until: soon)
    }
    #expect(error?.sqlState == "22012" && error?.kind == .server && error?.isTransient == false)
    let left = try connection.run([Statement("SELECT count(*) FROM t")], until: soon)
    #expect(left[0].rows == [["2"]], "what came before the fault is undone")
    #expect(connection.isUsable && !connection.isInTransaction)
  }

  /// What has a name is parsed once, where nothing is in between; a fault before it leaves it unprepared.
  @Test func aNamedStatementIsPreparedOnce() throws {
    let count = Statement("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'test%'")
    func named(_ text: String) -> Statement {
      Statement("SELECT $1::text", [text], name: "test")
    }
    // At first it is not known who answers.
    let first = try connection.run([named("a"), count], until: soon)
    #expect(first.map(\.rows) == [[["a"]], [["0"]]])
    #expect(
      failure { _ = try connection.run([Statement("SELECT 1/0"), named("b")], until: soon) } != nil)
    let second = try connection.run([named("b"), named("c"), count], until: soon)
    #expect(second.map(\.rows) == [[["b"]], [["c"]], [["1"]]])
    #expect(try connection.run([named("d")], until: soon)[0].rows == [["d"]])
    // A server that forgot it: the failure passes, and nothing is prepared any more.
    _ = try connection.run([Statement("DEALLOCATE ALL")], until: soon)
    let lost = failure { _ = try connection.run([named("e")], until: soon) }
    #expect(lost?.sqlState == "26000" && lost?.isTransient == true)
    let last = try connection.run([named("f"), count], until: soon)
    #expect(last.map(\.rows) == [[["f"]], [["0"]]])
  }

  @Test func aFaultInATransactionLeavesItToBeRolledBack() throws {
    #expect(
      failure { _ = try connection.run([Statement("BEGIN"), Statement("SELECT x")], until: soon) }?
        .sqlState == "42703")
    #expect(connection.isInTransaction)
    _ = try connection.run([Statement("ROLLBACK")], until: soon)
    #expect(!connection.isInTransaction)
  }

  @Test func arraysArriveAsTheyWereSent() throws {
    let texts: [String?] = ["a", nil, "", "\"", "\\", "{,}", "NULL", " x ", "é\n\t", "''"]
    let rows = try connection.run(
      [Statement("SELECT u FROM unnest($1::text[]) u", [Statement.array(texts)])], until: soon
    )[0].rows
    #expect(rows.map { $0[0] } == texts)
  }

  @Test func manyStatementsWithLargeAnswersDoNotBlockEachOther() throws {
    let batch = (0..<200).map { _ in
      Statement("SELECT repeat('x', 100000), $1", [String(repeating: "y", count: 50_000)])
    }
    let tables = try connection.run(batch, until: soon)
    #expect(tables.count == 200 && tables.allSatisfy { $0.rows[0][0]?.count == 100_000 })
    #expect(connection.traffic.roundTrips == 1)
  }

  @Test func aDeadlineEndsTheWaitAndTheConnection() throws {
    let start = ContinuousClock.now
    let error = failure {
      _ = try connection.run([Statement("SELECT pg_sleep(20)")], until: start + .seconds(0.3))
    }
    #expect(error?.kind == .timeout && error?.isTransient == true)
    #expect(ContinuousClock.now - start < .seconds(10))
    #expect(!connection.isUsable)
  }

  @Test func aServerThatSaysNothingIsGivenUp() throws {
    // A socket that listens, and never accepts.
    let listener = try Listener()
    let start = ContinuousClock.now
    let error = failure {
      _ = try Connection(
        ConnectionSettings("postgres://u:secret@127.0.0.1:\(listener.port)/d"),
        until: start + .seconds(0.3))
    }
    #expect(error?.kind == .timeout)
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func aConnectionThatTheServerEndsSaysSo() throws {
    let rows = try connection.run([Statement("SELECT pg_backend_pid()")], until: soon)[0].rows
    let process = try #require(rows[0][0])
    try server.execute("postgres", "SELECT pg_terminate_backend(\(process))")
    let error = failure { _ = try connection.run([Statement("SELECT 1")], until: soon) }
    #expect(
      error?.isTransient == true && error?.kind == .connection, "\(String(describing: error))")
    #expect(!connection.isUsable)
  }

  @Test func aTextWithAZeroByteIsRefusedAndNotCutShort() throws {
    let error = failure { _ = try connection.run([Statement("SELECT $1", ["a\0b"])], until: soon) }
    #expect(error?.sqlState == "22021")
  }

  @Test(arguments: [
    "40001", "40P01", "53300", "55P03", "57P01", "57P02", "57P03", "08006", "08P01", "25P03",
  ])
  func whatPassesIsTriedAgain(state: String) {
    #expect(PostgreSQLError(.server, "x", sqlState: state).isTransient)
  }

  @Test(arguments: ["23505", "42601", "28P01", "25006", "22012", "XX000"])
  func whatStaysIsNot(state: String) {
    #expect(!PostgreSQLError(.server, "x", sqlState: state).isTransient)
  }

  @Test func pausesGrowAndDifferBetweenSeeds() {
    func pauses(_ seed: UInt64) -> [Duration] {
      var backoff = Backoff(seed: seed)
      return (0..<12).map { _ in backoff.next() }
    }
    #expect(pauses(1) == pauses(1) && pauses(1) != pauses(2))
    for (i, pause) in pauses(3).enumerated() {
      let whole = min(Duration.seconds(2), .milliseconds(10 * (1 << i)))
      #expect(pause <= whole && pause >= whole / 2)
    }
  }

  @Test func aThreadOfItsOwnRunsWhatBlocks() async throws {
    let thread = WorkThread()
    let values = try await withThrowingTaskGroup(of: Int.self) { group in
      for i in 0..<50 {
        group.addTask {
          try await thread.run {
            usleep(1_000)
            return i
          }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(values.sorted() == Array(0..<50))
    await #expect(throws: PostgreSQLError.self) {
      try await thread.run { throw PostgreSQLError(.timeout, "x") }
    }
  }
}

/// A socket that listens on the loopback interface and takes no connection.
final class Listener {
  let port: Int
  private let descriptor: Int32

  init() throws {
    port = try PostgreSQLServer.freePort()
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = in_port_t(port).bigEndian
    let isBound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isBound, listen(descriptor, 16) == 0 else {
      throw Missing("port \(port) cannot be listened on", "end other programs")
    }
  }

  deinit { close(descriptor) }
}
