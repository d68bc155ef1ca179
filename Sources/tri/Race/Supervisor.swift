import Foundation
import Race

/// Keeps the worker processes of a race alive and shows what happens.
final class Supervisor {
  /// A place for a worker process.
  private struct Slot {
    var process: Process?
    /// The pipe whose closing tells the worker that the supervisor is gone.
    var lifeline: Pipe?
    var worker = ""
    /// Deaths in a row without a result.
    var deaths = 0
    var restartAt = ContinuousClock.now
    var finished = false
  }

  private let store: any RaceStore
  private let place: StorePlace
  private let terms: WorkerTerms
  private var slots: [Slot]
  private var lastOrdinal = 0
  private var launched = 0
  /// The session that this supervisor keeps; `nil` while another machine's does.
  private var session: Int?

  init(store: any RaceStore, place: StorePlace, terms: WorkerTerms) {
    self.store = store
    self.place = place
    self.terms = terms
    slots = (0..<terms.workers).map { _ in Slot() }
  }

  /// Runs until no worker has anything left to do, or a signal arrives.
  func run() throws {
    do {
      try supervise()
    } catch let error as RaceError
      where Interruption.received != nil && [.unavailable, .busy].contains(error.code)
    {
      Console.endProgress()
      endWorkers()
      Console.warn("the store does not answer: what is held runs out by itself")
    } catch {
      Console.endProgress()
      endWorkers()
      // Others may have met the same and still hold a trial; where the store fails, leases run out.
      for slot in slots where !slot.worker.isEmpty {
        _ = try? store.reclaim(.worker(slot.worker), at: .now)
      }
      throw error
    }
  }

  private func supervise() throws {
    lastOrdinal = try store.activeRace()?.events.count ?? 0
    // The lock is ours: every lease belongs to the dead, or to orphans of a killed supervisor whose
    // late writes their stale tokens refuse. In a shared store others may be at work, and the leases
    // of the dead run out.
    if !place.isShared { try store.reclaim(.all, at: .now) }
    try writeMetrics()
    defer {
      if let session { try? store.endSession(session, at: .now) }
      endMetrics()
    }
    let clock = ContinuousClock()
    var nextMetrics = clock.now + .seconds(Self.metricsSeconds)
    var nextStatus = clock.now
    var nextLook = clock.now
    while Interruption.received == nil {
      for index in slots.indices { try tend(&slots[index], index) }
      if clock.now >= nextLook {
        try keepSession()
        try showEvents()
        nextLook = clock.now + .seconds(place.isShared ? 1 : 0.2)
      }
      if slots.allSatisfy(\.finished) { break }
      if clock.now >= nextMetrics {
        // What a collector cannot read meanwhile is no reason to end a race.
        try? writeMetrics()
        nextMetrics = clock.now + .seconds(Self.metricsSeconds)
      }
      if clock.now >= nextStatus {
        try showStatus()
        nextStatus = clock.now + .seconds(Console.isTerminal ? 1 : 30)
      }
      Thread.sleep(forTimeInterval: 0.2)
    }
    Console.endProgress()
    if Interruption.received != nil { endWorkers() }
    try showEvents()
    if Interruption.received == nil {
      Console.note("nothing more to do: " + EventText.ending(try store.summary(at: .now)))
      try showOvershoot()
    }
  }

  /// Seconds between two writings of the metrics.
  private static let metricsSeconds = 5.0

  private func writeMetrics() throws {
    guard let path = terms.metricsFile else { return }
    try OutputFile.write(RaceMetrics.text(try StatusReport(store)), to: path)
  }

  /// Writes how the race stands in the end; workers that were killed may have left their files.
  private func endMetrics() {
    try? writeMetrics()
    for path in slots.indices.compactMap(terms.metricsFile) {
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  /// Counts the active time, unless another machine's supervisor does; takes over from one that is
  /// silent.
  private func keepSession() throws {
    if let session {
      do {
        return try store.tickSession(session, at: .now)
      } catch let error as RaceError where error.code == .leaseLost && place.isShared {
        Console.note("another machine counts the time of this race now")
        self.session = nil
        return
      }
    }
    guard try !(place.isShared && store.hasLiveSession(at: .now)) else {
      if !hasJoined { Console.note("joining the race, which another machine supervises") }
      hasJoined = true
      return
    }
    session = try store.beginSession(at: .now)
  }

  /// Whether the user was told that this machine joins.
  private var hasJoined = false

  /// Starts, watches and restarts one worker.
  private func tend(_ slot: inout Slot, _ index: Int) throws {
    if let process = slot.process {
      if process.isRunning { return }
      process.waitUntilExit()
      slot.process = nil
      slot.lifeline = nil
      let signalled = process.terminationReason == .uncaughtSignal
      if !signalled && process.terminationStatus == 0 {
        slot.finished = true
        return
      }
      if !signalled, [64, 65, 66, 69, 73, 77, 78].contains(process.terminationStatus) {
        // What this worker met, every other would meet: its own line on stderr says what.
        throw Failure(
          process.terminationStatus,
          "\(slot.worker) ended with exit code \(process.terminationStatus)",
          hint: "see its error above; nothing recorded is lost")
      }
      let reclaimed = try store.reclaim(.worker(slot.worker), at: .now)
      slot.deaths += 1
      let pause = min(30, 0.5 * Double(1 << min(slot.deaths - 1, 6)))
      slot.restartAt = .now + .seconds(pause)
      Console.warn(
        "\(slot.worker) died (\(signalled ? "signal" : "exit code") \(process.terminationStatus))"
          + (reclaimed.isEmpty
            ? ""
            : "; trial \(reclaimed.map(String.init).joined(separator: ", ")) goes back to its checkpoint")
          + "; a new one starts in \(decimal(pause, 1)) s",
        ["worker": .string(slot.worker)])
      return
    }
    if !slot.finished && ContinuousClock.now >= slot.restartAt { try launch(&slot, index) }
  }

  private func launch(_ slot: inout Slot, _ index: Int) throws {
    launched += 1
    let worker = "\(Machine.name)-\(getpid())-\(launched)"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Machine.executable)
    let (arguments, environment) = place.forWorkers
    process.arguments =
      ["race", "worker"] + arguments + ["--id", worker] + terms.arguments(of: index)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let lifeline = Pipe()
    process.standardInput = lifeline
    process.standardOutput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw Failure(70, "cannot start a worker: \(error.localizedDescription)")
    }
    try lifeline.fileHandleForReading.close()
    slot.process = process
    slot.lifeline = lifeline
    slot.worker = worker
  }

  /// Asks every worker to save its trial and to end, and waits for that.
  private func endWorkers() {
    let running = slots.compactMap(\.process).filter(\.isRunning)
    if !running.isEmpty { Console.note("stopping \(running.count) workers; each saves its trial") }
    // No signal: a service manager may have sent one, and a second one would end them at once.
    for slot in slots { try? slot.lifeline?.fileHandleForWriting.close() }
    let deadline = ContinuousClock.now + .seconds(15)
    for process in running {
      while process.isRunning && ContinuousClock.now < deadline {
        Thread.sleep(forTimeInterval: 0.02)
      }
      if process.isRunning {
        Console.warn(
          "a worker did not end in time and is killed; its trial goes on from its checkpoint")
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
      }
    }
  }

  private func showEvents() throws {
    while true {
      let events = try store.events(after: lastOrdinal, limit: 200)
      guard let last = events.last else { return }
      for event in events {
        show(event)
        // Whoever delivers results is in no crash loop: its next restart need not wait long.
        if event.kind == .reported, case .string(let worker)? = event.detail["worker"],
          let index = slots.firstIndex(where: { $0.worker == worker })
        {
          slots[index].deaths = 0
        }
      }
      lastOrdinal = last.ordinal
    }
  }

  /// Prints an event that a watcher wants to see; a log has all of them.
  private func show(_ event: RaceEvent) {
    let line = EventText.line(event)
    guard Console.isLog else {
      if let line { Console.note(line) }
      return
    }
    var fields: [String: JSONValue] = [
      "event": .string(event.kind.rawValue), "detail": event.detail,
      "ordinal": .int(event.ordinal),
    ]
    if event.trial > 0 { fields["trial"] = .int(event.trial) }
    if let worker = event.detail["worker"], worker != .null { fields["worker"] = worker }
    Console.note(line ?? event.kind.rawValue.replacing("_", with: " "), fields)
  }

  /// Says by how much the race ran over its budget of time, if it did.
  private func showOvershoot() throws {
    let summary = try store.summary(at: .now)
    guard let budget = summary.race.settings.budget.seconds, summary.activeSeconds > budget else {
      return
    }
    Console.note(
      "the last work ended \(decimal(summary.activeSeconds - budget, 1)) s after the budget of "
        + spoken(seconds: budget))
  }

  private func showStatus() throws {
    let text = EventText.status(try store.summary(at: .now))
    Console.isTerminal ? Console.progress(text) : Console.note(text)
  }
}
