import Race
import RaceStoreConformance
import Testing

/// What lessons do to a race's proposals.
@Suite struct ExperienceTests {
  /// Runs a race in which high rates diverge, and returns its trials.
  private static func race(
    lessons: Bool, seed: Int, trials: Int, divergesFrom: Double, sampler: Sampler = .random
  ) throws -> [Trial] {
    let store = InMemoryRaceStore()
    var settings = RaceSettings(
      name: "lessons", seed: seed, corpus: "synthetic", corpusSHA256: "c0ffee",
      ladder: try RungLadder(unit: 10, count: 3),
      space: try SearchSpace([
        "lr": .real(min: 1e-4, max: 1, log: true), "width": .integer(min: 1, max: 64),
      ]))
    settings.budget = Budget(trials: trials)
    settings.lessons = lessons
    settings.sampler = sampler
    try TestRace.begin(store, settings, workers: 1)
    for moment in 1... {
      let now = TestRace.at(Double(moment))
      guard case .work(let claim) = try store.claim(worker: "w0", at: now) else { break }
      let rate = claim.configuration["lr"]?.number ?? 0
      let bpb = rate >= divergesFrom ? Double.nan : 3 - rate + 1 / Double(claim.targetStep)
      _ = try store.report(TestRace.report(claim, bpb: bpb), samples: [], at: now)
    }
    return try store.trials(limit: .max, offset: 0)
  }

  /// A quarter of the space diverges: with lessons, less than half as many trials are lost to it.
  @Test(arguments: [Sampler.random, .tpe])
  func aRaceWithLessonsWastesFewerTrials(sampler: Sampler) throws {
    var wasted = [true: 0, false: 0]
    for seed in 1...8 {
      for lessons in [true, false] {
        let trials = try Self.race(
          lessons: lessons, seed: seed, trials: 120, divergesFrom: 0.1, sampler: sampler)
        #expect(trials.count == 120)
        wasted[lessons, default: 0] += trials.count { $0.diverged }
      }
    }
    let (with, without) = (wasted[true] ?? 0, wasted[false] ?? 0)
    #expect(without > 80, "\(without) trials diverge without lessons")
    #expect(sampler == .tpe ? with < without : 2 * with < without, "\(with) against \(without)")
  }

  /// Where all diverge the race goes on, and says that it overruled the lessons.
  @Test func lessonsAgainstEverythingEndNoRace() throws {
    let trials = try Self.race(lessons: true, seed: 1, trials: 60, divergesFrom: 0)
    #expect(trials.count { $0.diverged } == 60)
  }

  /// What was given up is tried again now and then.
  @Test func aRegionThatWasGivenUpIsTriedAgain() throws {
    let trials = try Self.race(lessons: true, seed: 2, trials: 600, divergesFrom: 0.1)
    #expect(trials.suffix(300).contains { $0.diverged })
  }

  @Test func withoutLessonsNothingChanges() throws {
    let off = try Self.race(lessons: false, seed: 3, trials: 40, divergesFrom: 0.1)
    let space = try SearchSpace([
      "lr": .real(min: 1e-4, max: 1, log: true), "width": .integer(min: 1, max: 64),
    ])
    #expect(off.map(\.configuration) == (1...40).map { space.sample(race: 3, trial: $0) })
  }
}
