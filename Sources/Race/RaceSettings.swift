/// All that was decided before a race began.
public struct RaceSettings: Hashable, Sendable, Codable {
  public var name: String
  public var seed: Int
  public var corpus: String
  public var corpusSHA256: String
  /// The kernels that all workers use; a result of others is marked mixed.
  public var kernelVariant: String
  public var binaryHash: String
  public var agentID: String
  public var branch: String
  public var ladder: RungLadder
  /// Waits before promoting on few results; see ``PromotionRule``.
  public var delayedPromotion: Bool
  /// Target μ0 of the victory gate, in bits per byte on test.
  public var targetBPB: Double
  public var track: Track
  public var board: Board
  public var leaseSeconds: Double
  public var cut: SafetyCut
  public var budget: Budget
  public var lessons: Bool
  public var space: SearchSpace
  /// How configurations are proposed.
  public var sampler: Sampler
  /// The plan of a race whose trials are enumerated; `nil` where they are drawn from the space.
  public var experiment: Experiment?
  public var firstRungs: [FirstRungRule]
  /// Failures in a row, without a new checkpoint, after which a trial is given up.
  public var maximumFailures: Int
  /// Lost leases in a row, without a new checkpoint, after which a trial is given up.
  public var maximumLosses: Int

  public init(
    name: String, seed: Int, corpus: String, corpusSHA256: String, ladder: RungLadder,
    targetBPB: Double = 1.5, space: SearchSpace
  ) {
    self.name = name
    self.seed = seed
    self.corpus = corpus
    self.corpusSHA256 = corpusSHA256
    kernelVariant = "portable"
    binaryHash = ""
    agentID = ""
    branch = "main"
    self.ladder = ladder
    delayedPromotion = false
    self.targetBPB = targetBPB
    track = .closed
    board = .static
    leaseSeconds = 30
    cut = SafetyCut()
    budget = .unlimited
    lessons = true
    self.space = space
    sampler = .random
    firstRungs = []
    maximumFailures = 3
    maximumLosses = 10
  }

  public var promotion: PromotionRule {
    PromotionRule(eta: ladder.eta, delayed: delayedPromotion)
  }

  /// Returns the first rung of a trial with this configuration.
  public func firstRung(of configuration: Configuration) -> Int {
    firstRungs.filter { configuration[$0.parameter] == $0.value.normalized }
      .map(\.rung).max() ?? 0
  }

  /// Throws `configuration` with a remedy when a setting makes no sense.
  public func validate() throws {
    func refuse(_ problem: String, _ hint: String) throws -> Never {
      throw RaceError(.configuration, problem, hint: hint)
    }
    if name.isEmpty { try refuse("the race has no name", "give it one") }
    if !(leaseSeconds > 0 && leaseSeconds < 1e6) {
      try refuse("a lease of \(leaseSeconds) s", "use a positive number of seconds")
    }
    if !(targetBPB > 0 && targetBPB < 8) {
      try refuse("a target of \(targetBPB) bits per byte", "use a number between 0 and 8")
    }
    if maximumFailures < 1 || maximumLosses < 1 {
      try refuse("a trial that may never fail cannot be retried", "allow 1 failure or more")
    }
    for rule in firstRungs where !(0..<ladder.count).contains(rule.rung) {
      try refuse(
        "first rung \(rule.rung) for \(rule.parameter)", "the rungs are 0…\(ladder.top)")
    }
    if cut.afterSteps < 0 || !(cut.bitsPerByte > 0) {
      try refuse("a cut after \(cut.afterSteps) steps", "use 0 steps or more")
    }
    let varied = UnitSpace(space).names.count
    if sampler == .sobol, varied > SobolSequence.maximumDimensions {
      try refuse(
        "\(varied) parameters vary, and the sampler sobol has \(SobolSequence.maximumDimensions) "
          + "dimensions", "fix some, or use another sampler")
    }
    if let experiment {
      try experiment.validate()
      if ladder.count != 1 || !firstRungs.isEmpty {
        try refuse("a plan with rungs", "give a race with a plan a ladder of one rung")
      }
    }
    try budget.validate()
  }

  private enum CodingKeys: String, CodingKey {
    case name, seed, corpus, branch, ladder, track, board, cut, budget, lessons, space, sampler
    case experiment
    case corpusSHA256 = "corpus_sha256"
    case kernelVariant = "kernel_variant"
    case binaryHash = "binary_hash"
    case agentID = "agent_id"
    case delayedPromotion = "delayed_promotion"
    case targetBPB = "target_bpb"
    case leaseSeconds = "lease_seconds"
    case firstRungs = "first_rungs"
    case maximumFailures = "maximum_failures"
    case maximumLosses = "maximum_losses"
  }
}

extension RaceSettings {
  /// Returns the names of the settings in which the two races differ, other than the budget.
  ///
  /// A race that is started again must have none; a new budget is ``RaceStore/change(budget:at:)``.
  public func differences(from other: RaceSettings) throws -> [String] {
    guard case .object(let mine) = try JSONValue(encoding: self),
      case .object(let theirs) = try JSONValue(encoding: other)
    else { return [] }
    return Set(mine.keys).union(theirs.keys).filter { $0 != "budget" && mine[$0] != theirs[$0] }
      .sorted()
  }
}
