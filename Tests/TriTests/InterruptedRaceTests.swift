import Foundation
import Testing

/// Real signals at real supervisors and workers.
@Suite(.turns)
struct InterruptedRaceTests {
  /// Whom the signal reaches.
  enum Reach: CaseIterable {
    /// As `kill PID` does.
    case supervisor
    /// As Ctrl-C in a terminal does where all share a process group.
    case everyProcess
    /// As a service manager does: each process gets SIGTERM.
    case everyProcessTerminated
  }

  /// A race whose trials take seconds, with results and work under way; of more rungs, one that lasts
  /// for minutes.
  private func started(_ scratch: Scratch, rungs: Int = 2) async throws -> Run {
    try scratch.write(Scratch.space(unit: 3_000, rungs: rungs), to: "space.toml")
    let run = try scratch.start(Scratch.race(budget: "6trials"))
    try await until("four workers at work") {
      scratch.experience.count >= 1 || !run.process.isRunning
    }
    try #require(run.process.isRunning, "\(run.errors)")
    return run
  }

  @Test(arguments: Reach.allCases)
  func anInterruptedRaceSavesEveryTrialAndGoesOn(reach: Reach) async throws {
    let scratch = try Scratch()
    let run = try await started(scratch)
    let workers = run.children
    #expect(workers.count == 4)
    let number = reach == .everyProcessTerminated ? SIGTERM : SIGINT
    if reach != .supervisor { for worker in workers { kill(worker, number) } }
    run.signal(number)
    let cut = try await run.finish()
    #expect(cut.code == 128 + number, "\(cut.errors)")
    #expect(workers.allSatisfy { !Processes.isAlive($0) })
    #expect(cut.lines.first?.hasPrefix("place") == true, "a leaderboard")

    let status = try await scratch.status()
    let trials = try status("trials", as: [String: Int].self)
    #expect(trials["running"] == nil, "\(trials)")
    #expect(status.members["broken"] == nil || status.isNull("broken"))
    let saved = try await suspended(scratch, trials.values.reduce(0, +))
    #expect(saved.count == trials["suspended"] ?? 0)
    #expect(!saved.isEmpty)
    #expect(saved.values.contains { $0 > 0 })
    for (trial, step) in saved where step == 0 {
      let seconds = try await secondsHeld(scratch, trial)
      #expect(seconds <= 2, "trial \(trial) was worked on for \(seconds) s and has no checkpoint")
    }

    let rest = try await scratch.tri("race", "start")
    #expect(rest.code == 0, "\(rest.errors)")
    for (trial, step) in saved {
      let resumed = try await scratch.show(trial).list("events").last {
        try $0("kind", as: String.self) == "claimed"
          && $0.object("detail")("source", as: String.self) == "resumed"
      }
      let detail = try #require(resumed, "trial \(trial) went on").object("detail")
      #expect(try detail("from_step", as: Int.self) == step)
    }
    let end = try await scratch.status()
    #expect(try end("trials_started", as: Int.self) == 6)
    #expect(try end("reported", as: [Int].self)[0] == 6)
  }

  /// Whole seconds between the last claim of a trial and its release; work that came with the answer
  /// to a report, when the worker was to end already, is given back as it came.
  private func secondsHeld(_ scratch: Scratch, _ trial: Int) async throws -> Double {
    let events = try await scratch.show(trial).list("events")
    let parser = ISO8601DateFormatter()
    let times = try ["claimed", "released"].map { kind in
      let event = try #require(events.last { try $0("kind", as: String.self) == kind })
      return try #require(parser.date(from: try event("time", as: String.self)))
    }
    return times[1].timeIntervalSince(times[0])
  }

  /// The saved steps of suspended trials.
  private func suspended(_ scratch: Scratch, _ count: Int) async throws -> [Int: Int] {
    var steps: [Int: Int] = [:]
    for trial in 1...count {
      let shown = try await scratch.show(trial)
      guard try shown("status", as: String.self) == "suspended" else { continue }
      let last = try shown.list("events").last {
        try $0("kind", as: String.self) == "released"
      }
      let detail = try #require(last, "trial \(trial) was given back").object("detail")
      steps[trial] = detail.members["checkpoint_step"] as? Int ?? 0
    }
    return steps
  }

  @Test func aSecondSupervisorIsRefusedAndNamesTheFirst() async throws {
    let scratch = try Scratch()
    // Other tests may keep this one from looking for a while.
    let run = try await started(scratch, rungs: 5)
    let second = try await scratch.tri("race", "start")
    expectFailure(second, 75, "process \(run.pid)", "kill \(run.pid)")
    // Looking on is allowed.
    #expect(try await scratch.status()("state", as: String.self) == "active")
    #expect(run.process.isRunning)
    run.signal(SIGTERM)
    #expect(try await run.finish().code == 143)
  }

  @Test func stopEndsTheRaceAndStartTakesItUp() async throws {
    let scratch = try Scratch()
    let run = try await started(scratch)
    #expect(try await scratch.tri("race", "stop").code == 0)
    let stopped = try await run.finish()
    #expect(stopped.code == 0, "\(stopped.errors)")
    #expect(stopped.errors.contains("the race was stopped"))
    #expect(try await scratch.status()("trials", as: [String: Int].self)["running"] == nil)
    let rest = try await scratch.tri("race", "start")
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(try await scratch.status()("reported", as: [Int].self)[0] == 6)
  }
}
