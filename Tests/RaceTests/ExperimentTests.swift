import Foundation
import Race
import RaceStoreConformance
import Testing

@Suite struct ExperimentTests {
  private func refusal(
    _ kind: Experiment.Kind, _ change: (inout Experiment) -> Void
  ) -> String? {
    var experiment = TestRace.experiment(kind)
    change(&experiment)
    do {
      try experiment.validate()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func thePlansOfTheTestsAreValid() {
    for kind in [Experiment.Kind.grid, .ablation, .rows] { #expect(refusal(kind) { _ in } == nil) }
  }

  @Test func plansWithoutSenseAreRefused() throws {
    func expect(_ kind: Experiment.Kind, _ word: String, _ change: (inout Experiment) -> Void) {
      let text = refusal(kind, change)
      #expect(text?.contains(word) == true, "\(text ?? "accepted"), expected '\(word)'")
    }
    expect(.grid, "no trial") { $0.cells = [] }
    expect(.grid, "two combinations are named 'none'") { $0.cells[1].name = "none" }
    expect(.grid, "1 seed") { $0.cells[0].seeds = [1_000] }
    expect(.grid, "a seed twice") { $0.cells[0].seeds = [1_000, 1_000] }
    expect(.grid, "seed 43") { $0.cells[0].seeds = [43, 1_000] }
    expect(.rows, "seed -1") { $0.cells[0].seeds = [-1] }
    expect(.rows, "no seed") { $0.cells[0].seeds = [] }
    expect(.rows, "0 steps") { $0.cells[0].steps = 0 }
    expect(.ablation, "changes nothing") { $0.cells[1].configuration = $0.cells[0].configuration }
    expect(.ablation, "no lever") { $0.cells.removeLast(3) }
    expect(.ablation, "differ in seeds or steps") { $0.cells[2].steps = 7 }
    expect(.ablation, "tolerance") { $0.tolerance = 1 }
    expect(.ablation, "a seed twice") { $0.extraSeeds = [1_000] }
    expect(.grid, "scaled by 0") { $0.scale = 0 }
    expect(.grid, "scaled by nan") { $0.scale = .nan }
  }

  @Test func aPlanWithRungsIsRefused() throws {
    var settings = try TestRace.settings(plan: .grid)
    settings.ladder = try RungLadder(unit: 10, count: 2)
    #expect(throws: RaceError.self) { try settings.validate() }
  }

  @Test func aPlanIsReadBackFromTheSettings() throws {
    for kind in [Experiment.Kind.grid, .ablation, .rows] {
      let settings = try TestRace.settings(plan: kind)
      let again = try JSONValue(encoding: settings).decoded(as: RaceSettings.self)
      #expect(again == settings)
      var other = settings
      other.experiment?.scale = 0.5
      #expect(try settings.differences(from: other) == ["experiment"])
    }
  }

  @Test func stepsAreScaledAndNeverVanish() {
    #expect(Experiment.scaled(3_000, by: 0.05) == 150)
    #expect(Experiment.scaled(3, by: 0.05) == 1)
    #expect(Experiment.scaled(3_000, by: 1) == 3_000)
  }

  /// 2.1, 2.2, 2.4: mean 2.2333…, s = 0.15275…, t(0.975; 2) = 4.30265….
  @Test func theIntervalIsStudents() throws {
    let statistics = SampleStatistics([2.1, 2.2, 2.4])
    let deviation = try #require(statistics.deviation)
    #expect(abs(deviation - (0.07 / 3).squareRoot()) < 1e-12)
    let interval = try #require(statistics.interval)
    let half = 4.302652729911275 * deviation / 3.0.squareRoot()
    #expect(abs(interval.upperBound - interval.lowerBound - 2 * half) < 1e-9)
    #expect(SampleStatistics([2]).interval == nil && SampleStatistics([2]).deviation == nil)
    #expect(SampleStatistics([]).mean == nil)
    #expect(SampleStatistics([0.1, 0.1, 0.1]).deviation == 0)
    #expect(SampleStatistics.median([3, 1, 2]) == 2 && SampleStatistics.median([4, 1]) == 2.5)
    #expect(SampleStatistics.median([]) == nil)
  }

  /// The first trial of each cell comes before the second of any.
  @Test func trialsStartSeedBySeed() throws {
    let store = InMemoryRaceStore()
    try TestRace.begin(store, TestRace.settings(plan: .ablation))
    var order: [String] = []
    for second in 0..<12 {
      guard case .work(let claim) = try store.claim(worker: "w0", at: TestRace.at(Double(second)))
      else {
        Issue.record("no work")
        return
      }
      order.append("\(claim.configuration["lever"]?.text ?? "") \(claim.seed)")
    }
    #expect(
      order.prefix(5) == ["none 1000", "good 1000", "unclear 1000", "diverging 1000", "none 1001"])
    // All first trials run: what comes next is not decided yet.
    #expect(try store.claim(worker: "w0", at: TestRace.at(13)) == .wait(.othersRunning))
    #expect(store.activeRace()?.decisions == [])
  }

  /// What counts steps keeps its share of them: a warm-up of half the steps stays one.
  @Test func stepCountsFollowTheSteps() throws {
    var configuration = Configuration()
    (configuration["warm"], configuration["rate"]) = (.int(1_500), .int(7))
    let cell = Experiment.Cell(
      name: "a", changes: Configuration(), configuration: configuration, seeds: [1_000, 1_001],
      steps: 3_000, fullSteps: 3_000)
    let plan = Experiment(kind: .ablation, cells: [cell, cell], stepCounts: ["warm", "absent"])
    #expect(plan.configuration(of: cell, steps: 3_000) == configuration)
    let fewer = plan.configuration(of: cell, steps: 750)
    #expect(fewer["warm"] == .int(375) && fewer["rate"] == .int(7))
    #expect(fewer.names == configuration.names)
    // A plan of before says nothing of them.
    let old = try JSONEncoder().encode(plan)
    var members = try #require(JSONSerialization.jsonObject(with: old) as? [String: Any])
    members["step_counts"] = nil
    let read = try JSONDecoder().decode(
      Experiment.self, from: JSONSerialization.data(withJSONObject: members))
    #expect(read.stepCounts.isEmpty && read.cells == plan.cells)
  }

  /// A trial that the user stops leaves a gap that the table names; the plan goes on.
  @Test func aStoppedTrialIsAGap() throws {
    let store = InMemoryRaceStore()
    try TestRace.begin(store, TestRace.settings(plan: .grid))
    guard case .work = try store.claim(worker: "w0", at: TestRace.at(0)) else {
      Issue.record("no work")
      return
    }
    try store.stopTrial(1, reason: "stopped by the user", at: TestRace.at(1))
    var second = 2.0
    while case .work(let claim) = try store.claim(worker: "w0", at: TestRace.at(second)) {
      _ = try store.report(TestRace.plannedReport(claim), samples: [], at: TestRace.at(second))
      second += 1
    }
    let table = try store.table()
    #expect(table.isComplete && table.done == 4)
    #expect(table.lines[0].lost == ["seed 1000: stopped by the user"])
    #expect(table.lines[0].scores.map(\.seed) == [1_001])
  }

  /// Beyond the safety cut is no reason to end a planned trial early, or to call it stopped.
  @Test func theSafetyCutIsNotForPlans() throws {
    let store = InMemoryRaceStore()
    var settings = try TestRace.settings(plan: .grid)
    settings.cut = SafetyCut(bitsPerByte: 1, afterSteps: 1)
    try TestRace.begin(store, settings)
    guard case .work(let claim) = try store.claim(worker: "w0", at: TestRace.at(0)) else {
      Issue.record("no work")
      return
    }
    let result = try store.report(
      TestRace.plannedReport(claim), samples: [], at: TestRace.at(1))
    #expect(result.decision == .complete)
  }
}
