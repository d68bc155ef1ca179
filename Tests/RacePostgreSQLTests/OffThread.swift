import PostgreSQLClient
import Synchronization

/// Two threads on which the tests of this target wait for their servers.
///
/// A test that waits on one of Swift's own threads, of which there are as many as cores, keeps the
/// tests of other targets from looking at their processes in time.
private let threads = [WorkThread(), WorkThread()]
private let next = Atomic<Int>(0)

/// Runs a test's body that blocks; in order of asking, two at a time.
func offThread(_ body: @escaping @Sendable () throws -> Void) async throws {
  let index = next.wrappingAdd(1, ordering: .relaxed).oldValue % threads.count
  try await threads[index].run(body)
}
