public import Race

/// Drives two stores through the same unruly race and compares everything they say.
public enum StoreComparison {
  /// Throws a ``ContractViolation`` at the first difference.
  ///
  /// - Returns: How often each operation had each kind of outcome, to see that the race was
  ///   unruly indeed.
  @discardableResult
  public static func run(
    _ model: any RaceStore, _ store: any RaceStore, seed: UInt64, operations: Int, budget: Budget,
    plan: Experiment.Kind? = nil
  ) throws -> [String: Int] {
    var settings = try TestRace.settings(budget: budget, or: plan)
    if plan == nil {
      settings.sampler = Sampler.allCases[Int(seed % UInt64(Sampler.allCases.count))]
    }
    for each in [model, store] { try TestRace.begin(each, settings) }
    var script = RaceScript(seed: seed)
    var counts: [String: Int] = [:]
    for i in 0..<operations {
      let (name, operation) = script.next()
      let expected = try RaceScript.apply(operation, to: model)
      let actual = try RaceScript.apply(operation, to: store)
      try require(
        expected == actual, "seed \(seed), \(i) \(name): \(actual), the model says \(expected)")
      try script.learn(expected)
      if case .failed(let code) = expected {
        counts["\(name) \(code)", default: 0] += 1
      } else {
        counts[name, default: 0] += 1
      }
    }
    try compare(model, store, at: script.time)
    return counts
  }

  private static func compare(
    _ model: any RaceStore, _ store: any RaceStore, at now: Instant
  ) throws {
    try require(try model.activeRace() == store.activeRace(), "the races differ")
    try require(try model.summary(at: now) == store.summary(at: now), "the summaries differ")
    try require(
      try model.leaderboard(limit: 20, offset: 3) == store.leaderboard(limit: 20, offset: 3),
      "the leaderboards differ")
    try require(try model.best() == store.best(), "the best differ")
    let trials = try model.trials(limit: .max, offset: 0)
    try require(try trials == store.trials(limit: .max, offset: 0), "the trials differ")
    for id in [0] + trials.map(\.id) {
      try require(try model.events(trial: id) == store.events(trial: id), "events of \(id)")
      try require(try model.results(trial: id) == store.results(trial: id), "results of \(id)")
      try require(try model.samples(trial: id) == store.samples(trial: id), "samples of \(id)")
      try require(
        try model.checkpoints(trial: id) == store.checkpoints(trial: id), "checkpoints of \(id)")
    }
    try require(
      try model.events(after: 5, limit: 50) == store.events(after: 5, limit: 50), "events differ")
    if try model.activeRace()?.settings.experiment != nil {
      try require(try model.table() == store.table(), "the tables differ")
    }
    try require(try model.lessons() == store.lessons(), "the lessons differ")
    try require(try model.workers() == store.workers(), "the workers differ")
    try require(try model.sessions() == store.sessions(), "the sessions differ")
    try require(try store.firstBreak() == nil, "the chains are whole")
  }
}
