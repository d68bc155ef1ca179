import Determinism
import Race
import Testing

@Suite struct SearchSpaceTests {
  @Test(arguments: [
    Domain.integer(min: 3, max: 2), .integer(min: 0, max: 5, log: true),
    .integer(min: 1, max: 5, step: 0), .real(min: 1, max: 0), .real(min: 0, max: 1, log: true),
    .real(min: 0, max: .infinity), .choice([]), .choice([.int(1), .double(1)]),
    .fixed(.double(.nan)),
  ])
  func emptyOrImpossibleDomainsAreRefusedWithARemedy(domain: Domain) {
    #expect {
      try SearchSpace(["x": domain])
    } throws: { error in
      guard let error = error as? RaceError else { return false }
      return error.code == .configuration && error.hint != nil && error.message.contains("'x'")
    }
  }

  @Test func samplesStayInTheirDomainsAndReachTheEnds() throws {
    let space = try SearchSpace([
      "a": .integer(min: 3, max: 9, step: 2), "b": .real(min: 0.001, max: 0.1, log: true),
      "c": .integer(min: 1, max: 4, log: true), "d": .choice([.bool(true), .string("x")]),
    ])
    var seen: [String: Set<ParameterValue>] = [:]
    for trial in 1...400 {
      let configuration = space.sample(race: 1, trial: trial)
      for (name, value) in configuration.values { seen[name, default: []].insert(value) }
    }
    #expect(seen["a"] == [.int(3), .int(5), .int(7), .int(9)])
    #expect(seen["c"] == [.int(1), .int(2), .int(3), .int(4)])
    #expect(seen["d"] == [.bool(true), .string("x")])
    let reals = try #require(seen["b"]).compactMap(\.number)
    #expect(reals.allSatisfy { (0.001...0.1).contains($0) })
    #expect(reals.filter { $0 < 0.01 }.count > reals.count / 3, "uniform in the logarithm")
  }

  @Test func samplesDependOnRaceTrialAndAttemptAlone() throws {
    let space = try SearchSpace(["x": .real(min: 0, max: 1)])
    #expect(space.sample(race: 1, trial: 5) == space.sample(race: 1, trial: 5))
    #expect(space.sample(race: 1, trial: 5) != space.sample(race: 2, trial: 5))
    #expect(space.sample(race: 1, trial: 5) != space.sample(race: 1, trial: 6))
    #expect(space.sample(race: 1, trial: 5) != space.sample(race: 1, trial: 5, attempt: 1))
  }

  @Test func drawsAreTheSameOnEveryMachine() throws {
    var generator = SplitMix64(seed: 0)
    #expect(generator.next() == 0xE220_A839_7B1D_CDAF)
    #expect(generator.next() == 0x6E78_9E6A_A1B9_65F4)
  }

  @Test func startingPointsComeFirstAndDuplicatesNever() throws {
    let point = Configuration(["x": .int(2)])
    let space = try SearchSpace(
      ["x": .integer(min: 1, max: 3), "y": .fixed(.string("s"))],
      startingPoints: [point, point])
    var settings = RaceSettings(
      name: "r", seed: 1, corpus: "c", corpusSHA256: "", ladder: try RungLadder(), space: space)
    settings.leaseSeconds = 10
    let store = InMemoryRaceStore()
    let now = Instant(seconds: 0)
    _ = try store.createRace(settings, at: now)
    try store.register(
      WorkerRecord(
        id: "w", machine: "m", process: 1, binaryHash: "", kernelVariant: "portable",
        started: now, agentID: "a", branch: "main"))
    var values: [ParameterValue?] = []
    for _ in 0..<3 {
      guard case .work(let claim) = try store.claim(worker: "w", at: now) else { break }
      values.append(claim.configuration["x"])
      #expect(claim.configuration["y"] == .string("s") && claim.seed >= 1_000)
    }
    #expect(values.first == .int(2))
    #expect(Set(values).count == 3, "all three, each once")
    #expect(try store.trial(1).origin == .startingPoint)
    #expect(try store.trial(2).origin == .sampled)
    #expect(try store.claim(worker: "w", at: now) == .wait(.othersRunning))
  }

  @Test func spacesAndConfigurationsSurviveJSON() throws {
    let space = try SearchSpace(
      [
        "a": .integer(min: 1, max: 9, log: true, step: 2), "b": .real(min: 0.5, max: 2),
        "c": .choice([.ints([1, 2]), .string("q\"\n")]), "d": .fixed(.double(3)),
      ], startingPoints: [Configuration(["a": .int(3)])])
    let json = try JSONValue(encoding: space)
    #expect(try json.decoded(as: SearchSpace.self) == space)
    let configuration = space.sample(race: 3, trial: 4)
    let read = try Configuration(parsing: configuration.canonicalJSON)
    #expect(read == configuration && read.fingerprint == configuration.fingerprint)
    #expect(configuration.fingerprint.count == 16)
  }

  @Test func canonicalJSONIsSortedAndShort() {
    let configuration = Configuration([
      "b": .double(1), "a": .double(0.004), "c": .ints([3, 1]), "é": .bool(false),
    ])
    #expect(configuration.canonicalJSON == #"{"a":0.004,"b":1,"c":[3,1],"é":false}"#)
  }
}
