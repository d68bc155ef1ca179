import Race
import RaceStoreConformance
import Testing

@Suite struct RuleTests {
  @Test func promotesTheBestFloorOfNOverEta() {
    let rule = PromotionRule(eta: 3)
    #expect(!rule.allows(rank: 1, reported: 2, next: 0))
    #expect(rule.allows(rank: 1, reported: 3, next: 0))
    #expect(!rule.allows(rank: 2, reported: 5, next: 1))
    #expect(rule.allows(rank: 2, reported: 6, next: 1))
  }

  @Test func delayedPromotionWaitsForEnoughResults() {
    let rule = PromotionRule(eta: 3, delayed: true)
    #expect(rule.allows(rank: 1, reported: 3, next: 0))
    #expect(!rule.allows(rank: 1, reported: 5, next: 1))
    #expect(rule.allows(rank: 1, reported: 6, next: 1))
  }

  @Test func divergedRanksLastAndTiesGoToTheEarlierTrial() {
    let keys = [(2.0, 3), (nil, 1), (2.0, 2), (1.5, 9), (nil, 0)].map {
      RankKey(bitsPerByte: $0.0, trial: $0.1)
    }
    #expect(keys.sorted().map(\.trial) == [9, 2, 3, 0, 1])
  }

  @Test func rungsAreProductsOfIntegers() throws {
    let ladder = try RungLadder()
    #expect((0...ladder.top).map(ladder.steps) == [1_000, 3_000, 9_000, 27_000])
    for (unit, eta, count) in [(0, 3, 4), (1, 1, 4), (1, 3, 0), (1_000, 3, 60)] {
      #expect(throws: RaceError.self) { try RungLadder(unit: unit, eta: eta, count: count) }
    }
  }

  @Test func theCutSparesTrialsThatHaveNotTrainedEnough() {
    let cut = SafetyCut()
    #expect(cut.applies(bitsPerByte: 3.51, nextByteSteps: 1_000))
    #expect(!cut.applies(bitsPerByte: 3.5, nextByteSteps: 9_000))
    #expect(!cut.applies(bitsPerByte: 7, nextByteSteps: 999))
  }

  @Test func seedsForSelectionAreNeverReserved() {
    let seeds = (1...1_000).map { SelectionSeeds.seed(race: 5, trial: $0) }
    #expect(seeds.allSatisfy { $0 >= 1_000 })
    #expect(Set(seeds).count == seeds.count)
  }

  @Test func lessonsCountEachTrialOnceAndKnowLittleFromLittle() throws {
    let store = InMemoryRaceStore()
    try TestRace.begin(store, TestRace.settings())
    for i in 0..<8 {
      guard case .work(let claim) = try store.claim(worker: "w0", at: TestRace.at(0)),
        claim.source == .proposed
      else { break }
      let bad = claim.configuration["optimizer"] == .string("muon")
      _ = try store.report(
        TestRace.report(claim, bpb: bad ? .nan : 2 + Double(i)), samples: [], at: TestRace.at(1))
    }
    let lessons = try store.lessons()
    let muon = try #require(
      lessons.first { $0.parameter == "optimizer" && $0.pattern == "\"muon\"" })
    #expect(muon.seen == muon.badCount && muon.bad == [.diverged: muon.seen])
    #expect(muon.kind == .avoid && muon.confidence < 1)
    #expect(lessons.allSatisfy { $0.badCount <= $0.seen && $0.parameter != "orders" })
    var single = Lesson(parameter: "x", pattern: "1")
    single.seen = 1
    single.bad = [.cut: 1]
    #expect(single.confidence < 0.25)
    #expect(single.sentence == "x = 1: 1 of 1 trials ended badly (1 cut)")
  }

  @Test func aHigherFirstRungIsWhereTheTrialBegins() throws {
    var settings = try TestRace.settings()
    settings.firstRungs = [
      FirstRungRule(parameter: "optimizer", value: .string("muon"), rung: 1)
    ]
    let store = InMemoryRaceStore()
    try TestRace.begin(store, settings)
    for _ in 0..<8 {
      guard case .work(let claim) = try store.claim(worker: "w0", at: TestRace.at(0)) else { break }
      #expect(claim.targetStep == (claim.configuration["optimizer"] == .string("muon") ? 30 : 10))
    }
  }

  @Test func otherKernelsMakeAResultMixed() throws {
    let store = InMemoryRaceStore()
    try TestRace.begin(store, TestRace.settings())
    try store.register(TestRace.worker("avx", kernels: "avx512"))
    guard case .work(let claim) = try store.claim(worker: "avx", at: TestRace.at(0)) else {
      Issue.record("no work")
      return
    }
    let result = try store.report(
      TestRace.report(claim, bpb: 2), samples: [], at: TestRace.at(1))
    #expect(claim.mixed && result.mixed && result.kernelVariant == "avx512")
  }
}
