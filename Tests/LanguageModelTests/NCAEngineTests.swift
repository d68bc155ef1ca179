import KernelInterface
import Kernels
import LanguageModel
import Testing

/// The cellular automaton of the fast engine against the reference.
@Suite struct NCAEngineTests {
  static func nca(
    _ rule: NCAConfiguration.Rule = .learned, steps: Int = 2, low: Double = 1.5,
    high: Double = 2.5, weight: Double = 0.25
  ) -> NCAConfiguration {
    var nca = NCAConfiguration()
    (nca.rule, nca.steps, nca.low, nca.high, nca.weight) = (rule, steps, low, high, weight)
    return nca
  }

  /// Rows that fill no register, several windows at a time, a shard in parts, both rules, hidden
  /// spans beside them, and no penalty.
  static let cases = [
    TransformerFixture.Case(
      width: 12, heads: 3, context: 5, hidden: 20, orders: [2, 5], batch: 3, shards: 2,
      nca: nca()),
    TransformerFixture.Case(
      width: 6, heads: 1, context: 1, hidden: 7, batch: 1, shards: 1, nca: nca(steps: 1)),
    TransformerFixture.Case(
      width: 48, heads: 3, context: 9, hidden: 64, dropout: true, batch: 4, shards: 3,
      nca: nca(.majority, steps: 3)),
    TransformerFixture.Case(
      width: 6, heads: 1, context: 11, hidden: 7, batch: 13, shards: 1,
      jepa: JEPAEngineTests.jepa(),
      nca: nca()),
    TransformerFixture.Case(
      width: 20, heads: 1, context: 13, hidden: 48, layers: 1, orders: [], tokenShift: false,
      batch: 2, shards: 2, nca: nca(weight: 0)),
  ]

  /// Distance between a tensor's gradient and the reference's, in units of the latter's norm.
  ///
  /// Five times that of a model without automaton: a step of the rule magnifies what its states are off
  /// by, with the majority's weights up to (4 + 4 · 2) / 2 = 6 times, where cells are undecided, and
  /// less where they are not. Measured over all cases, portable and AVX2: at most 3.5e-5, behind three
  /// steps of the majority.
  static let tolerance = 5 * TransformerGradientTests.tolerance

  /// The next byte's part of the loss, and the penalties', of the reference; times `scale`.
  static func losses(_ fixture: TransformerFixture) -> (nextByte: Double, penalty: Double) {
    let T = fixture.test.context
    let zeros = [Double](repeating: 0, count: T)
    let weights = zeros.map { _ in Double(fixture.scale) }
    func loss(_ weights: [Double], _ ncaWeights: [Double]) -> Double {
      (0..<fixture.test.batch).reduce(0) {
        $0
          + fixture.model.loss(
            inputs: fixture.sequence($1, of: fixture.inputs),
            targets: fixture.sequence($1, of: fixture.targets), weights: weights,
            dropout: fixture.key($1), ncaWeights: ncaWeights)
      }
    }
    return (loss(weights, zeros), loss(zeros, weights))
  }

  @Test(arguments: TransformerGradientTests.variants, cases)
  func everyGradientAgreesWithTheReference(
    variant: String, test: TransformerFixture.Case
  ) throws {
    let fixture = try TransformerFixture(test, kernels: KernelSet.select(variant))
    let expected = fixture.referenceGradients()
    let losses = Self.losses(fixture)
    // Twice: what a step left behind must not reach the next.
    for _ in 0..<2 {
      let loss = fixture.compute() * Double(fixture.scale)
      #expect(abs(loss - losses.nextByte) < 1e-6 * loss, "the penalty is not part of the score")
      let gradient = fixture.engine.gradient.map(Double.init)
      for tensor in fixture.model.layout.tensors {
        let error = relativeDistance(
          Array(gradient[tensor.range]), Array(expected.parameters[tensor.range]))
        #expect(error < Self.tolerance, "\(tensor.name)")
      }
      if !test.orders.isEmpty {
        #expect(
          relativeDistance(fixture.scatteredTables(), expected.tables)
            < Self.tolerance)
      }
    }
  }

  /// An entropy is off by some ulps of its sums' terms, 1e-6 bits; a penalty by that times its slope.
  @Test(arguments: TransformerGradientTests.variants, [cases[0], cases[2], cases[4]])
  func statisticsAreThoseOfTheReference(variant: String, test: TransformerFixture.Case) throws {
    var test = test
    test.dropout = false
    let fixture = try TransformerFixture(test, kernels: KernelSet.select(variant))
    #expect(fixture.engine.ncaStatistics?.loss == 0)
    _ = fixture.compute()
    let statistics = try #require(fixture.engine.ncaStatistics)
    let nca = try #require(test.nca)
    let entropies = (0..<test.batch).flatMap {
      fixture.model.entropies(inputs: fixture.sequence($0, of: fixture.inputs))
    }
    let count = Double(test.batch * test.context)
    #expect(abs(statistics.entropy - entropies.reduce(0, +) / count) < 1e-5)
    let outside = entropies.count { $0 < nca.low || $0 > nca.high }
    #expect(abs(statistics.violations - Double(outside) / count) < 1e-9)
    let loss = entropies.reduce(0.0) {
      let distance = max(nca.low - $1, 0, $1 - nca.high)
      return $0 + 100 * distance * distance / count
    }
    #expect(abs(statistics.loss - loss) < 1e-4 * loss + 1e-9)
    if nca.weight > 0 {
      let weighted = statistics.loss * nca.weight * count * Double(fixture.scale)
      #expect(abs(Self.losses(fixture).penalty - weighted) < 1e-4 * weighted)
    }
  }

  /// With a head of zeros no gradient of the next byte reaches the rows: what moves the embedding, the
  /// blocks and the automaton is the penalty, and inside the band exactly nothing does.
  @Test(arguments: TransformerGradientTests.variants, [true, false])
  func thePenaltyAloneMovesTheModel(variant: String, outside: Bool) throws {
    var test = Self.cases[0]
    test.nca = outside ? Self.nca() : Self.nca(low: 0, high: 3.169)
    let fixture = try TransformerFixture(test, kernels: KernelSet.select(variant))
    let engine = fixture.engine
    for i in engine.layout.head.range { engine.parameters[i] = 0 }
    engine.parametersChanged()
    _ = fixture.compute()
    #expect(engine.ncaStatistics?.violations == (outside ? 1 : 0))
    for tensor in engine.layout.tensors where !tensor.name.hasPrefix("head") {
      let behind = ["nca.value", "nca.output"].contains(tensor.name)
      let moves = engine.gradient[tensor.range].contains { $0 != 0 }
      #expect(moves == (outside && !behind), "\(tensor.name)")
    }
    #expect(engine.tableGradient.contains { $0 != 0 } == outside)
  }

  @Test(arguments: TransformerGradientTests.variants, [2, 3])
  func theNumberOfThreadsDoesNotChangeABit(variant: String, index: Int) throws {
    var test = Self.cases[index]
    (test.batch, test.shards) = (5, 4)
    let results = try (1...4).map { threads in
      let fixture = try TransformerFixture(
        test, kernels: KernelSet.select(variant), threads: threads)
      _ = fixture.compute()
      let statistics = try #require(fixture.engine.ncaStatistics)
      return fixture.engine.gradient.map(\.bitPattern)
        + [Float(statistics.loss).bitPattern, Float(statistics.entropy).bitPattern]
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// The output starts at zero: a new model predicts bit for bit what one without automaton predicts.
  @Test(arguments: TransformerGradientTests.variants)
  func aNewModelPredictsAsWithoutTheAutomaton(variant: String) throws {
    var plain = Self.cases[0]
    plain.nca = nil
    let engines = try [Self.cases[0], plain].map {
      let fixture = try TransformerFixture($0, kernels: KernelSet.select(variant))
      fixture.engine.initialise(seed: 5)
      // The head starts at zero, too, and would hide any difference.
      for i in fixture.engine.layout.head.range {
        fixture.engine.parameters[i] = Float(i % 17) / 16
      }
      fixture.engine.parametersChanged()
      return fixture.engine
    }
    let text = Sample.bytes(30, seed: 4, limit: 5)
    let scores = engines.map {
      TransformerScoringTests.scores($0, starts: [0, 7, 9], of: text, length: 5)
    }
    #expect(scores[0] == scores[1])
    #expect(engines[0].ncaStatistics != nil && engines[1].ncaStatistics == nil)
  }

  /// What the automaton says reaches the logits, and the rule's weights what it says.
  @Test func theStateFeedsTheNextBytesLogits() throws {
    let fixture = try TransformerFixture(Self.cases[0], kernels: KernelSet.select("portable"))
    let automaton = try #require(fixture.engine.layout.automaton)
    let before = fixture.compute()
    for tensor in [automaton.rule, automaton.seed, automaton.output, automaton.value] {
      let index = try #require(tensor).offset + 4
      let old = fixture.engine.parameters[index]
      fixture.engine.parameters[index] += 1
      fixture.engine.parametersChanged()
      #expect(fixture.compute() != before, "\(tensor?.name ?? "")")
      fixture.engine.parameters[index] = old
    }
  }

  @Test func aNaNInTheAutomatonReachesLossAndStatistics() throws {
    for name in ["nca.drive", "nca.seed", "nca.direction", "nca.rule", "nca.value", "nca.output"] {
      let fixture = try TransformerFixture(Self.cases[0], kernels: KernelSet.select("portable"))
      let tensor = try #require(fixture.engine.layout.tensors.first { $0.name == name })
      fixture.engine.parameters[tensor.offset] = .nan
      fixture.engine.parametersChanged()
      #expect(!fixture.compute().isFinite, "\(name)")
      let statistics = try #require(fixture.engine.ncaStatistics)
      let behind = ["nca.value", "nca.output"].contains(name)
      #expect(statistics.loss.isNaN == !behind, "\(name)")
      #expect(behind || statistics.violations == 1, "\(name)")
    }
  }
}
