import ArgumentParser
import Benchmarks
import Foundation
import PostgreSQLClient
import Race
import RacePostgreSQL
import RaceSQLite
import Synchronization

/// `tri bench store-worker`: one worker process, started by `tri bench store`.
///
/// Its supervisor writes a byte to its input when all are ready, and closes it to end it.
struct BenchStoreWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store-worker", abstract: "Work for a benchmark; tri bench store runs this.",
    shouldDisplay: false)

  @Option(help: "The store; from the environment where not given.")
  var store: String?

  @Option(help: "Name of the worker in records.")
  var id: String

  @Option(help: "Heartbeats of a rung.")
  var heartbeats: Int

  @Option(help: "Rungs after which it ends.")
  var most: Int?

  @Option(help: "When this process was started, by the monotonic clock, in microseconds.")
  var started: Int

  @Flag(help: "Wait for a byte on stdin before the first claim.")
  var waits = false

  func run() throws {
    Interruption.listen(as: .worker)
    let gate = Gate()
    let store = try StoreOption.resolve(store).open(isWorker: true)
    guard let race = try store.activeRace() else { throw RaceError.noRace }
    guard SyntheticRace.isOne(race) else {
      throw Failure.usage("the race is a real one", hint: "run 'tri bench store'")
    }
    try write(.connected(MonotonicTime.microseconds - started))
    try store.register(
      WorkerRecord(
        id: id, machine: Machine.name, process: Int(getpid()),
        binaryHash: try Machine.executableHash(), kernelVariant: race.settings.kernelVariant,
        started: .now, agentID: Machine.agent, branch: Machine.branch()))
    try write(.registered(MonotonicTime.microseconds - started))
    if waits { gate.pass() }
    let before = counts(store)
    let processor = MonotonicTime.processorMicroseconds
    let lost = try SyntheticWorker(
      store: store, id: id, heartbeats: heartbeats, most: most, clock: { .now },
      isEnding: { Interruption.received != nil }, pause: { Interruption.sleep(seconds: $0) },
      write: write
    ).run(since: started)
    var totals = counts(store)
    totals.statements -= before.statements
    totals.roundTrips -= before.roundTrips
    totals.processorMicroseconds = MonotonicTime.processorMicroseconds - processor
    totals.lostLeases = lost
    try write(.totals(totals))
    if Interruption.received != nil { throw ExitCode(Interruption.exitCode) }
  }

  private func write(_ line: SyntheticWorkLog.Line) throws {
    try Console.raw(Data((line.text + "\n").utf8))
  }

  private func counts(_ store: any RaceStore) -> SyntheticWorkLog.Totals {
    var counts = SyntheticWorkLog.Totals()
    switch store {
    case let store as PostgreSQLRaceStore:
      counts.statements = store.traffic.statements
      counts.roundTrips = store.traffic.roundTrips
      counts.retries = store.retries
      counts.detours = store.detours
    case let store as SQLiteRaceStore: counts.statements = store.statements
    default: break
    }
    return counts
  }

  /// Opens at the first byte on stdin, and asks for an orderly end at its end.
  private final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    init() {
      let semaphore = semaphore
      Thread {
        while !FileHandle.standardInput.availableData.isEmpty { semaphore.signal() }
        Interruption.request()
        semaphore.signal()
      }.start()
    }

    func pass() { semaphore.wait() }
  }
}
