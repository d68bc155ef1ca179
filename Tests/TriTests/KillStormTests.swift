import Foundation
import Testing

/// Real `kill -9`: no trial is lost, none is counted twice, not a bit of a result changes.
@Suite(.turns)
struct KillStormTests {
  private static let trials = 24
  private static let seed: UInt64 = 20_261_122

  /// A small generator, so that the choice of victims can be repeated.
  private struct Draws: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  private func race() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(Scratch.space(unit: 1_000, rungs: 2), to: "space.toml")
    return scratch
  }

  private let command = Scratch.race(budget: "\(trials)trials", "--save-every", "0.1")

  @Test func aStormOfKillsChangesNoResult() async throws {
    let calm = try race()
    let undisturbed = try await calm.tri(command)
    try #require(undisturbed.code == 0, "\(undisturbed.errors)")

    let stormy = try race()
    var draws = Draws(state: Self.seed)
    var kills = 0
    let run = try stormy.start(command)
    // The race must outlast them: on a busy machine it was over after 23.
    while kills < 16 {
      try await Task.sleep(for: .milliseconds(Int.random(in: 60...300, using: &draws)))
      try #require(run.process.isRunning, "over after \(kills) kills: \(run.errors)")
      let workers = run.children
      guard workers.count > 1, let victim = workers.randomElement(using: &draws) else { continue }
      kill(victim, SIGKILL)
      kills += 1
    }
    try await until("a worker again") { !run.children.isEmpty || !run.process.isRunning }
    let orphans = run.children
    #expect(!orphans.isEmpty, "\(run.errors)")
    run.signal(SIGKILL)
    #expect(try await run.finish().code == 128 + SIGKILL)
    try await until("the end of the orphans, by themselves") {
      !orphans.contains { Processes.isAlive($0) }
    }

    let rest = try await stormy.tri(command)
    #expect(rest.code == 0, "\(rest.errors)")
    try await check(stormy, against: calm)
  }

  @Test func aSupervisorKilledTimeAndAgainIsTakenUpWhileItsWorkersEnd() async throws {
    let scratch = try race()
    var draws = Draws(state: Self.seed + 1)
    for _ in 1...4 {
      // The next one starts while workers of the one before may still be saving.
      let run = try scratch.start(command)
      try await until("workers") { run.children.count == 4 || !run.process.isRunning }
      try await Task.sleep(for: .milliseconds(Int.random(in: 50...400, using: &draws)))
      run.signal(SIGKILL)
      _ = try await run.finish()
    }
    let rest = try await scratch.tri(command)
    #expect(rest.code == 0, "\(rest.errors)")
    try await check(scratch, against: nil)
  }

  /// Checks the books of a race, and each result that both races have.
  private func check(_ scratch: Scratch, against calm: Scratch?) async throws {
    let status = try await scratch.status()
    #expect(status.members["broken"] == nil || status.isNull("broken"))
    #expect(try status("trials_started", as: Int.self) == Self.trials)
    let counts = try status("trials", as: [String: Int].self)
    #expect(counts.values.reduce(0, +) == Self.trials)
    #expect(Set(counts.keys).isSubset(of: ["paused", "completed", "stopped"]), "\(counts)")
    #expect(try status("reported", as: [Int].self)[0] == Self.trials)
    for trial in 1...Self.trials {
      let mine = try await scratch.show(trial)
      let events = try mine.list("events").filter {
        try $0("kind", as: String.self) == "reported"
      }
      let rungs = try events.map { try $0.object("detail")("rung", as: Int.self) }
      #expect(rungs == Array(0..<rungs.count), "trial \(trial): each rung once, in order")
      guard let calm else { continue }
      let theirs = try await calm.show(trial)
      #expect(try mine("seed", as: Int.self) == theirs("seed", as: Int.self))
      for (one, other) in zip(try mine.list("results"), try theirs.list("results")) {
        #expect(try one("step", as: Int.self) == other("step", as: Int.self))
        #expect(
          try one("validation_bpb", as: Double.self) == other("validation_bpb", as: Double.self))
      }
    }
    guard let calm else { return }
    let (mine, theirs) = (try scratch.checkpoints(), try calm.checkpoints())
    let common = Set(mine.keys).intersection(theirs.keys)
    #expect(common.count >= Self.trials / 2, "there is something to compare")
    for file in common { #expect(mine[file] == theirs[file], "\(file)") }
  }
}
