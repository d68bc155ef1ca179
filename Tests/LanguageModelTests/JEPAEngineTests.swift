import KernelInterface
import Kernels
import LanguageModel
import Testing

/// The JEPA objective of the fast engine against the reference.
@Suite struct JEPAEngineTests {
  static func jepa(
    _ loss: JEPAConfiguration.Loss = .mse, variance: Double = 0, ratio: Double = 0.3,
    spans: Int = 2, weight: Double = 3
  ) -> JEPAConfiguration {
    var jepa = JEPAConfiguration()
    (jepa.loss, jepa.variance, jepa.ratio, jepa.spans) = (loss, variance, ratio, spans)
    (jepa.weight, jepa.shortest) = (weight, 2)
    return jepa
  }

  static let cases = [
    TransformerFixture.Case(
      width: 12, heads: 3, context: 33, hidden: 20, orders: [2, 5], batch: 3, shards: 2,
      jepa: jepa()),
    TransformerFixture.Case(
      width: 12, heads: 2, context: 11, hidden: 7, dropout: true, batch: 5, shards: 4,
      jepa: jepa(.smoothL1, ratio: 0.9)),
    TransformerFixture.Case(
      width: 48, heads: 3, context: 33, hidden: 512, dropout: true, batch: 4, shards: 3,
      jepa: jepa(.cosine, spans: 3)),
    TransformerFixture.Case(
      width: 20, heads: 1, context: 100, hidden: 48, layers: 1, orders: [], tokenShift: false,
      batch: 2, shards: 2, jepa: jepa(variance: 0.7, ratio: 0.5, spans: 9)),
    TransformerFixture.Case(
      encoder: .contexts, width: 12, heads: 3, context: 33, batch: 3, jepa: jepa(variance: 0.4)),
    TransformerFixture.Case(
      width: 27, heads: 3, context: 11, attention: false, batch: 2, jepa: jepa()),
    // Several windows pass together, and a shard in parts.
    TransformerFixture.Case(
      width: 6, heads: 1, context: 11, hidden: 7, batch: 30, shards: 2,
      jepa: jepa(variance: 0.3)),
  ]

  /// What the NTP loss alone would be, from a reference without the objective.
  static func nextByteLoss(_ fixture: TransformerFixture) -> Double {
    fixture.referenceLoss(
      parameters: fixture.model.parameters, tables: fixture.model.tables) / Double(fixture.scale)
  }

  @Test(arguments: TransformerGradientTests.variants, cases)
  func everyGradientAgreesWithTheReference(
    variant: String, test: TransformerFixture.Case
  ) throws {
    let fixture = try TransformerFixture(test, kernels: KernelSet.select(variant))
    let expected = fixture.referenceGradients()
    let nextByte = Self.nextByteLoss(fixture)
    for _ in 0..<2 {
      let loss = fixture.compute()
      #expect(abs(loss - nextByte) < 1e-6 * nextByte, "the objective is not part of the score")
      let gradient = fixture.engine.gradient.map(Double.init)
      for tensor in fixture.model.layout.tensors {
        let error = relativeDistance(
          Array(gradient[tensor.range]), Array(expected.parameters[tensor.range]))
        #expect(error < TransformerGradientTests.tolerance, "\(tensor.name)")
        #expect(expected.parameters[tensor.range].contains { $0 != 0 }, "\(tensor.name)")
      }
      if !test.orders.isEmpty {
        #expect(
          relativeDistance(fixture.scatteredTables(), expected.tables)
            < TransformerGradientTests.tolerance)
      }
    }
  }

  /// The mean over hidden positions, from the reference's own definition.
  @Test(arguments: TransformerGradientTests.variants)
  func theReportedLossIsTheMeanOverHiddenPositions(variant: String) throws {
    let fixture = try TransformerFixture(Self.cases[0], kernels: KernelSet.select(variant))
    _ = fixture.compute()
    var (sum, hidden) = (0.0, 0)
    for b in 0..<fixture.test.batch {
      var term = try #require(fixture.term(b))
      (term.scale, term.varianceScale) = (1, 0)
      let zeros = [Double](repeating: 0, count: fixture.test.context)
      sum += fixture.model.loss(
        inputs: fixture.sequence(b, of: fixture.inputs),
        targets: fixture.sequence(b, of: fixture.targets), weights: zeros,
        dropout: fixture.key(b), jepa: term)
      hidden += term.spans.reduce(0) { $0 + $1.length }
    }
    let reported = try #require(fixture.engine.jepaLoss)
    #expect(abs(reported - sum / Double(hidden)) < 1e-5 * reported)
  }

  @Test(arguments: TransformerGradientTests.variants, [0, 3])
  func theNumberOfThreadsDoesNotChangeABit(variant: String, index: Int) throws {
    var test = Self.cases[index]
    (test.batch, test.shards) = (5, 4)
    let results = try (1...4).map { threads in
      let fixture = try TransformerFixture(
        test, kernels: KernelSet.select(variant), threads: threads)
      _ = fixture.compute()
      return fixture.engine.gradient.map(\.bitPattern)
        + [Float(fixture.engine.jepaLoss ?? .nan).bitPattern]
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// Without the objective in a step, the model's gradient is that of an engine that never had one.
  @Test func aStepWithoutTheObjectiveIsAPlainStep() throws {
    let test = Self.cases[0]
    let fixture = try TransformerFixture(test, kernels: KernelSet.select("portable"))
    var plain = test
    plain.jepa = nil
    let other = try TransformerFixture(plain, kernels: KernelSet.select("portable"))
    for i in other.engine.parameters.indices {
      other.engine.parameters[i] = fixture.engine.parameters[i]
    }
    other.engine.parametersChanged()
    let expected = other.compute()
    _ = fixture.compute()
    let loss = fixture.inputs.withUnsafeBufferPointer { inputs in
      fixture.targets.withUnsafeBufferPointer {
        fixture.engine.computeGradient(
          inputs: inputs, targets: $0, scale: fixture.scale, dropout: nil)
      }
    }
    #expect(loss == expected)
    let count = fixture.engine.layout.modelCount
    #expect(count == other.engine.layout.count)
    #expect(fixture.engine.gradient[..<count].elementsEqual(other.engine.gradient))
    #expect(fixture.engine.gradient[count...].allSatisfy { $0 == 0 })
  }

  /// The running average covers every encoder weight, tables included, and nothing else moves it.
  @Test func theTargetIsTheRunningAverageOfAllWeights() throws {
    let fixture = try TransformerFixture(Self.cases[0], kernels: KernelSet.select("portable"))
    let engine = fixture.engine
    let target = try #require(engine.targetEncoder)
    let before = Array(target.parameters) + Array(target.tables)
    _ = fixture.compute()
    #expect(before == Array(target.parameters) + Array(target.tables))
    engine.updateTarget(keeping: 0.75)
    let model = Array(engine.parameters[..<engine.layout.modelCount]) + Array(engine.tables)
    let after = Array(target.parameters) + Array(target.tables)
    for i in before.indices {
      #expect(abs(after[i] - (0.75 * before[i] + 0.25 * model[i])) <= 1e-6 * abs(model[i]) + 1e-7)
    }
    // What is packed for products follows.
    let loss = try #require(engine.jepaLoss)
    _ = fixture.compute()
    #expect(engine.jepaLoss != loss)
    engine.startTarget()
    #expect(
      model == Array(target.parameters) + Array(target.tables), "a start is a copy")
  }

  @Test func aNaNLatentReachesThePredictorsGradient() throws {
    for loss in JEPAConfiguration.Loss.allCases {
      var test = Self.cases[0]
      test.jepa = Self.jepa(loss, variance: 0.5)
      let fixture = try TransformerFixture(test, kernels: KernelSet.select("portable"))
      let target = try #require(fixture.engine.targetEncoder)
      target.parameters[target.layout.blocks[1].down.offset] = .nan
      target.parametersChanged()
      _ = fixture.compute()
      let down = try #require(fixture.engine.layout.predictor).down
      #expect(fixture.engine.gradient[down.range].contains { $0.isNaN }, "\(loss.rawValue)")
      #expect(fixture.engine.jepaLoss?.isNaN == true)
    }
  }
}
