import Benchmarks
import Foundation
import Race
import RacePostgreSQL
import RaceSQLite

/// Drives a store with worker processes that claim and report, and train nothing.
final class StoreBench {
  struct Terms {
    var workers: Int
    var trials: Int
    var rungs: Int
    var seed: Int
    var heartbeats: Int
    /// Workers that are started one after the other at the end, to see how soon each has a trial.
    var coldStarts: Int
  }

  /// What was seen of one sitting.
  struct Sitting {
    /// Trials that the race had before.
    var before = 0
    var logs: [SyntheticWorkLog] = []
    /// From when all workers were ready to the last report that was acknowledged.
    var seconds = 0.0
    /// Processor time of the server meanwhile; `nil` where it cannot be seen.
    var serverMicroseconds: Int?
    var coldStarts: [SyntheticWorkLog] = []
    var trialsAtColdStart = 0
    var audit: StoreAudit?
    /// Workers that ended otherwise than they should.
    var failures: [String] = []
  }

  private struct Process {
    var process: Foundation.Process
    var input: Pipe
    var path: String

    /// What it wrote so far.
    var log: SyntheticWorkLog {
      SyntheticWorkLog((try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
    }
  }

  private let place: StorePlace
  private let terms: Terms
  private let store: any RaceStore
  private let folder: String
  private var launched = 0

  /// Opens the store, and makes its race if it has none.
  ///
  /// - Throws: ``Failure`` of exit code 64 where the store has a real race; nothing is changed then.
  init(_ place: StorePlace, _ terms: Terms) throws {
    self.place = place
    self.terms = terms
    let settings = try SyntheticRace.settings(
      seed: terms.seed, rungs: terms.rungs, binaryHash: try Machine.executableHash())
    if let race = try place.openExisting()?.activeRace() { try Self.check(race, settings) }
    store = try place.open(create: true)
    folder = FileManager.default.temporaryDirectory.path + "/tri-bench-store-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    if try store.activeRace() == nil { _ = try store.createRace(settings, at: .now) }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private static func check(_ race: RaceRecord, _ settings: RaceSettings) throws {
    guard SyntheticRace.isOne(race) else {
      throw Failure.usage(
        "the store holds the race '\(race.settings.name)', which is not one of this benchmark",
        hint: "name an empty store, such as sqlite:bench.db, or a database made for it")
    }
    let differing = try race.settings.differences(from: settings).filter { $0 != "binary_hash" }
    guard differing.isEmpty else {
      throw Failure.usage(
        "the store holds a benchmark with another \(differing.joined(separator: ", "))",
        hint: "give the --rungs and --seed it began with, or name an empty store")
    }
  }

  /// Runs the workers to the end of the trials, then the cold starts, then checks what the store has.
  func run() throws -> Sitting {
    var sitting = Sitting()
    sitting.before = try activeRace().trialsStarted
    // Nobody else works here: what a sitting that was interrupted left behind is taken back.
    try store.reclaim(.all, at: .now)
    try raise(by: terms.trials)
    try work(&sitting)
    if Interruption.received == nil { try coldStarts(&sitting) }
    try store.reclaim(.all, at: .now)
    if Interruption.received == nil {
      Console.progress("checking what the store has")
      sitting.audit = try StoreAudit(
        store, acknowledged: (sitting.logs + sitting.coldStarts).flatMap(\.rungs), at: .now)
    }
    Console.endProgress()
    return sitting
  }

  private func activeRace() throws -> RaceRecord {
    guard let race = try store.activeRace() else { throw RaceError.noRace }
    return race
  }

  private func raise(by trials: Int) throws {
    let race = try activeRace()
    try store.change(budget: Budget(trials: race.trialsStarted + trials), at: .now)
  }

  private func work(_ sitting: inout Sitting) throws {
    let workers = try (0..<terms.workers).map { _ in try launch(waits: true, most: nil) }
    while workers.contains(where: { $0.process.isRunning && $0.log.registered == nil }) {
      Thread.sleep(forTimeInterval: 0.02)
    }
    let server = try (store as? PostgreSQLRaceStore)?.serverProcess().flatMap {
      ServerTime(servedBy: $0)
    }
    let serverStart = server?.microseconds
    let start = MonotonicTime.microseconds
    for worker in workers { worker.input.fileHandleForWriting.write(Data([0])) }
    try wait(for: workers)
    sitting.logs = workers.map(\.log)
    if let end = sitting.logs.flatMap(\.rungs).map(\.ended).max() {
      sitting.seconds = Double(end - start) / 1e6
    }
    if let first = serverStart, let last = server?.microseconds {
      sitting.serverMicroseconds = last - first
    }
    sitting.failures = failures(of: workers)
  }

  private func coldStarts(_ sitting: inout Sitting) throws {
    sitting.trialsAtColdStart = try activeRace().trialsStarted
    for _ in 0..<terms.coldStarts where Interruption.received == nil {
      try raise(by: 1)
      let worker = try launch(waits: false, most: 1)
      try wait(for: [worker])
      sitting.coldStarts.append(worker.log)
      sitting.failures += failures(of: [worker])
    }
  }

  private func launch(waits: Bool, most: Int?) throws -> Process {
    launched += 1
    let path = "\(folder)/\(launched)"
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    let process = Foundation.Process()
    process.executableURL = URL(fileURLWithPath: Machine.executable)
    let (arguments, environment) = place.forWorkers
    let input = Pipe()
    process.standardInput = input
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.arguments =
      ["bench", "store-worker"] + arguments
      + ["--id", "\(Machine.name)-\(getpid())-\(launched)", "--heartbeats", "\(terms.heartbeats)"]
      + (waits ? ["--waits"] : []) + (most.map { ["--most", "\($0)"] } ?? [])
      + ["--started", "\(MonotonicTime.microseconds)"]
    do {
      try process.run()
    } catch {
      throw Failure(70, "cannot start a worker: \(error.localizedDescription)")
    }
    try input.fileHandleForReading.close()
    return Process(process: process, input: input, path: path)
  }

  /// Waits until all have ended; at a signal, asks them to.
  private func wait(for workers: [Process]) throws {
    var isEnding = false
    while workers.contains(where: \.process.isRunning) {
      if Interruption.received != nil, !isEnding {
        isEnding = true
        for worker in workers { try worker.input.fileHandleForWriting.close() }
      }
      if Console.isTerminal {
        let started = try activeRace().trialsStarted
        Console.progress("\(started) trials")
      }
      Thread.sleep(forTimeInterval: Console.isTerminal ? 1 : 0.01)
    }
  }

  private func failures(of workers: [Process]) -> [String] {
    workers.compactMap { worker in
      worker.process.waitUntilExit()
      let code = worker.process.terminationStatus
      if code == 0 || Interruption.received != nil { return nil }
      return "a worker ended with exit code \(code)"
    }
  }
}
