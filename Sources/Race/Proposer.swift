internal import Determinism

/// Draws the configurations of new trials, see ``Sampler``.
///
/// A pure function of its arguments: the same evidence gives the same proposal.
struct Proposer {
  let space: SearchSpace
  let sampler: Sampler
  let seed: Int
  private let unitSpace: UnitSpace
  private let fixed: Configuration

  init(_ settings: RaceSettings) {
    space = settings.space
    fixed = Configuration(
      space.domains.compactMapValues { if case .fixed(let value) = $0 { value } else { nil } })
    sampler = settings.sampler
    seed = settings.seed
    unitSpace = UnitSpace(space)
  }

  /// A configuration, and what its event says of it.
  struct Proposal {
    var configuration: Configuration
    var detail: [String: JSONValue]
  }

  /// After so many duplicates in a row a sampler that learns draws at random.
  private static let learnedDraws = 16
  /// Standard deviation of a change, and the least share of the parameters that change.
  private static let stepSize = 0.15
  private static let changedShare = 0.2
  private static let crossShare = 0.5

  /// What it asks of the tables, given the number of results of each rung; `nil` while it does not
  /// learn.
  func query(reported: [Int], trials: Int) -> EvidenceQuery? {
    guard sampler.learns, let results = reported.max(), results >= SamplerTerms.startResults,
      let rung = reported.firstIndex(of: results)
    else { return nil }
    let latest = max(SamplerTerms.first, trials - SamplerTerms.latest)
    return EvidenceQuery(
      rung: sampler == .tpe ? rung : nil, best: SamplerTerms.good(of: results),
      seen: sampler == .evolution
        ? [] : [1...SamplerTerms.first, (latest + 1)...max(latest + 1, trials)])
  }

  /// Draws the configuration of a trial that is no starting point.
  ///
  /// `ordinal` is the number of proposals before it, and `attempt` that of duplicates.
  func propose(
    trial: Int, ordinal: Int, attempt: Int, query: EvidenceQuery?, evidence: SamplerEvidence?
  ) -> Proposal {
    var generator = SplitMix64(race: seed, purpose: .proposal, trial: trial, attempt: attempt)
    if sampler == .sobol, attempt == 0 { return named(sobol(ordinal)) }
    guard let query, let evidence, !evidence.best.isEmpty, attempt < Self.learnedDraws,
      generator.unit() >= SamplerTerms.randomShare
    else {
      let drawn = space.sample(race: seed, trial: trial, attempt: attempt)
      return Proposal(configuration: drawn, detail: Self.detail(.random))
    }
    var proposal =
      sampler == .evolution
      ? named(changed(evidence.best, &generator)) : named(estimated(evidence, &generator))
    proposal.detail["rung"] = .integer(query.rung)
    proposal.detail["best"] = .array(evidence.best.map { .int($0.trial) })
    proposal.detail["seen"] = .array(
      query.seen.map { .array([.int($0.lowerBound), .int($0.upperBound)]) })
    return proposal
  }

  private func named(_ configuration: Configuration) -> Proposal {
    Proposal(configuration: configuration, detail: Self.detail(sampler))
  }

  static func detail(_ sampler: Sampler) -> [String: JSONValue] {
    ["sampler": .string("\(sampler.rawValue)-\(Sampler.version)")]
  }

  /// The configuration at a point.
  private func configuration(at point: [Double]) -> Configuration {
    var values = fixed
    for (i, name) in unitSpace.names.enumerated() {
      values[name] = unitSpace.domains[i].value(at: point[i])
    }
    return space.applicable(values)
  }

  private func sobol(_ index: Int) -> Configuration {
    let count = unitSpace.names.count
    var shift = SplitMix64(race: seed, purpose: .shift, trial: 0)
    return configuration(
      at: SobolSequence.bits(index, dimensions: count).map {
        Double($0 ^ UInt32(truncatingIfNeeded: shift.next())) * 0x1p-32
      })
  }

  // MARK: Density estimation

  /// Returns, of some draws from the density of the good ones, the one where it is highest beside
  /// that of the others.
  ///
  /// J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, "Algorithms for Hyper-Parameter Optimization"
  /// (2011), with the joint kernels of S. Falkner, A. Klein, F. Hutter, "BOHB" (2018).
  private func estimated(
    _ evidence: SamplerEvidence, _ generator: inout SplitMix64
  ) -> Configuration {
    let good = Set(evidence.best.map(\.trial))
    let others = evidence.seen.filter { !good.contains($0.trial) }
    let lowest = evidence.best.compactMap(\.rung).min() ?? 0
    let near = KernelDensity(
      evidence.best.map { unitSpace.coordinates(of: $0.configuration) },
      weights: evidence.best.map { Double(($0.rung ?? 0) - lowest + 1) },
      categories: unitSpace.categories)
    let far = KernelDensity(
      others.map { unitSpace.coordinates(of: $0.configuration) },
      weights: others.map { _ in 1 }, categories: unitSpace.categories)
    var best: (configuration: Configuration, score: Double)?
    for _ in 0..<SamplerTerms.candidates {
      let drawn = configuration(at: near.draw(&generator))
      let point = unitSpace.coordinates(of: drawn)
      let score = near.logDensity(point) - far.logDensity(point)
      if score > best?.score ?? -.infinity { best = (drawn, score) }
    }
    guard let best else { preconditionFailure("[Proposer] a density that is not finite") }
    return best.configuration
  }

  // MARK: Evolution

  /// Returns a child of the best.
  ///
  /// Of two picked at random the better is a parent; half of the children have two. Some parameters
  /// change, at least one where there is one parent.
  private func changed(
    _ best: [Observation], _ generator: inout SplitMix64
  ) -> Configuration {
    func parent(_ generator: inout SplitMix64) -> Configuration {
      let one = generator.index(below: best.count)
      let two = generator.index(below: best.count)
      return best[min(one, two)].configuration
    }
    let mother = parent(&generator)
    let father = generator.unit() < Self.crossShare ? parent(&generator) : mother
    let count = unitSpace.names.count
    let share = max(Self.changedShare, 1 / Double(max(1, count)))
    let forced = mother == father && count > 0 ? generator.index(below: count) : nil
    var child = fixed
    for (i, name) in unitSpace.names.enumerated() {
      let drawn = unitSpace.domains[i].sample(&generator)
      let own = (generator.unit() < 0.5 ? mother : father)[name]
      child[name] = own ?? drawn
      guard generator.unit() < share || forced == i else { continue }
      child[name] = step(from: child[name], i, drawn: drawn, &generator)
    }
    return space.applicable(child)
  }

  /// A value near another; any other one where values have no order.
  private func step(
    from value: ParameterValue?, _ dimension: Int, drawn: ParameterValue,
    _ generator: inout SplitMix64
  ) -> ParameterValue {
    guard unitSpace.categories[dimension] == nil,
      let middle = value.flatMap(unitSpace.domains[dimension].unit(of:))
    else { return drawn }
    let moved = (middle + Self.stepSize * generator.normal()).truncatingRemainder(dividingBy: 2)
    let folded = abs(moved) <= 1 ? abs(moved) : 2 - abs(moved)
    return unitSpace.domains[dimension].value(at: min(folded, 1.0.nextDown))
  }
}
