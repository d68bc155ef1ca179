import Glibc
import Race
import RaceStoreConformance
import Testing

/// Samplers, as a race sees them: through its store.
@Suite struct SamplerTests {
  /// A space with an order, without one, and with parameters that apply sometimes.
  private static func space() throws -> SearchSpace {
    try SearchSpace(
      [
        "lr": .real(min: 1e-4, max: 1, log: true), "width": .integer(min: 1, max: 64),
        "kind": .choice([.string("a"), .string("b"), .string("c"), .string("d")]),
        "decay": .real(min: 0, max: 1), "noise": .real(min: 0, max: 1),
      ], conditions: ["decay": Condition(["kind": [.string("b"), .string("c")]])])
  }

  /// The least loss of a configuration, at (0.01, 40, b, 0.3); `noise` does not matter.
  private static func loss(_ configuration: Configuration) -> Double {
    func number(_ name: String) -> Double? { configuration[name]?.number }
    let rate = log10((number("lr") ?? 1) / 0.01)
    let width = ((number("width") ?? 0) - 40) / 64
    let kind = configuration["kind"]?.text == "b" ? 0 : 0.4
    let decay = (number("decay") ?? 1) - 0.3
    return 1.5 + 0.3 * rate * rate + width * width + kind + decay * decay
  }

  /// Runs a race of so many trials with four workers, and returns its proposals in order.
  private static func race(
    _ sampler: Sampler, seed: Int, trials: Int, space: SearchSpace? = nil
  ) throws -> InMemoryRaceStore {
    let store = InMemoryRaceStore()
    var settings = try TestRace.settings(budget: Budget(trials: trials))
    settings = RaceSettings(
      name: "samplers", seed: seed, corpus: "synthetic", corpusSHA256: "c0ffee",
      ladder: settings.ladder, space: try space ?? Self.space())
    settings.budget = Budget(trials: trials)
    settings.lessons = false
    settings.sampler = sampler
    try TestRace.begin(store, settings)
    var held: [Claim] = []
    var moment = 0.0
    while true {
      moment += 1
      let answer = try store.claim(worker: "w\(held.count)", at: TestRace.at(moment))
      if case .work(let claim) = answer { held.append(claim) }
      guard !held.isEmpty else { return store }
      if case .work = answer, held.count < 4 { continue }
      let claim = held.removeFirst()
      let bpb = loss(claim.configuration) + 1 / Double(claim.targetStep)
      _ = try store.report(
        TestRace.report(claim, bpb: bpb), samples: [], at: TestRace.at(moment))
    }
  }

  private static func best(_ store: InMemoryRaceStore) throws -> Double {
    try store.trials(limit: .max, offset: 0).map { loss($0.configuration) }.min() ?? .infinity
  }

  @Test(arguments: Sampler.allCases)
  func theSameSeedProposesTheSame(sampler: Sampler) throws {
    func configurations(seed: Int) throws -> [Configuration] {
      try Self.race(sampler, seed: seed, trials: 60).trials(limit: .max, offset: 0)
        .map(\.configuration)
    }
    let first = try configurations(seed: 3)
    #expect(first.count == 60)
    #expect(try first == configurations(seed: 3))
    #expect(try first != configurations(seed: 4))
    #expect(Set(first.map(\.fingerprint)).count == 60, "no configuration twice")
  }

  @Test(arguments: Sampler.allCases)
  func whatDoesNotApplyIsLeftOut(sampler: Sampler) throws {
    for trial in try Self.race(sampler, seed: 5, trials: 80).trials(limit: .max, offset: 0) {
      let kind = trial.configuration["kind"]?.text
      #expect((trial.configuration["decay"] != nil) == (kind == "b" || kind == "c"))
    }
  }

  /// Twelve races each with as many trials: the mean regret of each sampler that learns is less than
  /// two thirds of random search's, and less in nine of the twelve.
  @Test(arguments: [Sampler.tpe, .evolution, .multiFidelity])
  func learningBeatsChance(sampler: Sampler) throws {
    var wins = 0
    var (sum, chance) = (0.0, 0.0)
    for seed in 1...12 {
      let own = try Self.best(Self.race(sampler, seed: seed, trials: 120)) - 1.5
      let random = try Self.best(Self.race(.random, seed: seed, trials: 120)) - 1.5
      sum += own
      chance += random
      if own < random { wins += 1 }
    }
    #expect(sum < 2.0 / 3 * chance && wins >= 9, "\(sum) against \(chance), \(wins) wins")
  }

  @Test func aSobolSequenceFillsEveryPartOnceAndPairsEvenly() throws {
    let names = (0..<6).map { "x\($0)" }
    let space = try SearchSpace(
      Dictionary(uniqueKeysWithValues: names.map { ($0, Domain.real(min: 0, max: 1)) }))
    let points = try Self.race(.sobol, seed: 2, trials: 256, space: space)
      .trials(limit: .max, offset: 0).map(\.configuration)
    for name in names {
      for block in 0..<8 {
        let parts = points[(32 * block)..<(32 * block + 32)].map {
          Int(($0[name]?.number ?? 0) * 32)
        }
        // Values have four digits: one may fall on the border of the next part.
        #expect(Set(parts).count >= 30, "\(name), block \(block)")
      }
    }
    // The first two dimensions are a (0, 8, 2)-net: each 16 × 16 cell once.
    let cells = points.map { point in
      16 * Int((point["x0"]?.number ?? 0) * 16) + Int((point["x1"]?.number ?? 0) * 16)
    }
    #expect(Set(cells).count >= 248, "\(Set(cells).count) of 256 cells")
  }

  @Test func aProposalNamesItsSamplerAndWhatItSaw() throws {
    let store = try Self.race(.tpe, seed: 1, trials: 60)
    var learned = 0
    for trial in try store.trials(limit: .max, offset: 0) {
      let event = try #require(try store.events(trial: trial.id).first)
      guard case .object(let detail) = event.detail, case .string(let name)? = detail["sampler"]
      else {
        Issue.record("no sampler in \(event)")
        continue
      }
      #expect(["tpe-1", "random-1"].contains(name))
      if name == "tpe-1" {
        learned += 1
        #expect(detail["best"] != nil && detail["seen"] != nil && detail["rung"] == .int(0))
      }
    }
    #expect((20...55).contains(learned), "\(learned) of 60")
  }

  @Test func sixtyFiveParametersAreTooManyForSobol() throws {
    let domains = (0..<65).map { ("x\($0)", Domain.real(min: 0, max: 1)) }
    var settings = try TestRace.settings()
    settings = RaceSettings(
      name: "wide", seed: 1, corpus: "c", corpusSHA256: "", ladder: settings.ladder,
      space: try SearchSpace(Dictionary(uniqueKeysWithValues: domains)))
    try settings.validate()
    settings.sampler = .sobol
    #expect(throws: RaceError.self) { try settings.validate() }
  }

  @Test func racesOfEarlierVersionsDrawAtRandom() throws {
    let settings = try TestRace.settings()
    guard case .object(var members) = try JSONValue(encoding: settings) else {
      Issue.record("settings are no object")
      return
    }
    #expect(members.removeValue(forKey: "sampler") == .string("random"))
    #expect(try JSONValue.object(members).decoded(as: RaceSettings.self) == settings)
  }

  @Test(arguments: [
    (["x": ["absent": [ParameterValue.int(1)]]], "absent"),
    (["x": ["kind": []]], "no values"),
    (["x": ["kind": [.string("z")]]], "never drawn"),
    (["x": ["x": [.double(0.5)]]], "circle"),
    (["y": ["kind": [.string("a")]]], "no values"),
  ])
  func conditionsThatCannotHoldAreRefused(
    conditions: [String: [String: [ParameterValue]]], word: String
  ) throws {
    #expect {
      try SearchSpace(
        ["x": .real(min: 0, max: 1), "kind": .choice([.string("a"), .string("b")])],
        conditions: conditions.mapValues { Condition($0) })
    } throws: { error in
      guard let error = error as? RaceError else { return false }
      return error.code == .configuration
        && "\(error.message) \(error.hint ?? "")".contains(word)
    }
  }

  @Test func aStartingPointOrAnEnqueuedTrialSetsOnlyWhatApplies() throws {
    let domains: [String: Domain] = [
      "x": .real(min: 0, max: 1), "kind": .choice([.string("a"), .string("b")]),
    ]
    let conditions = ["x": Condition(["kind": [.string("b")]])]
    #expect(throws: RaceError.self) {
      try SearchSpace(
        domains, conditions: conditions,
        startingPoints: [Configuration(["kind": .string("a"), "x": .double(0.5)])])
    }
    let space = try SearchSpace(domains, conditions: conditions)
    #expect(throws: RaceError.self) {
      try space.complete(Configuration(["kind": .string("a"), "x": .double(0.5)]))
    }
    #expect(throws: RaceError.self) { try space.complete(Configuration(["kind": .string("b")])) }
    let complete = try space.complete(Configuration(["kind": .string("a")]))
    #expect(complete == Configuration(["kind": .string("a")]))
    let json = try JSONValue(encoding: space)
    #expect(try json.decoded(as: SearchSpace.self) == space)
  }
}
