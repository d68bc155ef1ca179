import KernelInterface
import Kernels
import LanguageModel
import Testing

/// What a step's factors and shorter windows change of the gradient.
@Suite struct ObjectiveFactorTests {
  static let test = TransformerFixture.Case(
    width: 12, heads: 2, context: 8, hidden: 20, dropout: true, batch: 5, shards: 2,
    jepa: JEPAEngineTests.jepa(), nca: NCAEngineTests.nca())

  private static func gradient(
    _ fixture: TransformerFixture, _ factors: ObjectiveFactors
  ) -> (loss: Double, values: [Double]) {
    let loss = fixture.inputs.withUnsafeBufferPointer { inputs in
      fixture.targets.withUnsafeBufferPointer { targets in
        fixture.engine.computeGradient(
          inputs: inputs, targets: targets, scale: fixture.scale, dropout: fixture.dropout,
          hidden: TransformerFixture.masks, factors: factors)
      }
    }
    return (
      loss,
      fixture.engine.gradient.map(Double.init) + fixture.engine.tableGradient.map(Double.init)
    )
  }

  @Test(arguments: KernelSet.available.map(\.name))
  func eachFactorMultipliesItsOwnPart(variant: String) throws {
    let fixture = try TransformerFixture(Self.test, kernels: KernelSet.select(variant))
    let whole = Self.gradient(fixture, ObjectiveFactors())
    let parts = [
      ObjectiveFactors(jepa: 0, nca: 0), ObjectiveFactors(nextByte: 0, nca: 0),
      ObjectiveFactors(nextByte: 0, jepa: 0),
    ].map { Self.gradient(fixture, $0) }
    func sum(_ factors: [Double]) -> [Double] {
      whole.values.indices.map { i in
        (0..<3).reduce(0) { $0 + factors[$1] * parts[$1].values[i] }
      }
    }
    for part in parts {
      #expect(part.values.contains { $0 != 0 })
      #expect(part.loss == whole.loss, "the score has no factor")
    }
    #expect(relativeDistance(whole.values, sum([1, 1, 1])) < 1e-5)
    let mixed = Self.gradient(fixture, ObjectiveFactors(nextByte: 0.5, jepa: 3, nca: 2))
    #expect(relativeDistance(mixed.values, sum([0.5, 3, 2])) < 1e-5)
    let none = Self.gradient(fixture, ObjectiveFactors(nextByte: 0, jepa: 0, nca: 0))
    #expect(none.values.allSatisfy { $0 == 0 })
  }

  /// Windows of a quarter of the context, in an engine made for the whole, are those of an engine that
  /// was made for them.
  @Test(arguments: KernelSet.available.map(\.name), [false, true])
  func shorterWindowsAreThoseOfAShorterModel(variant: String, nca: Bool) throws {
    var test = TransformerFixture.Case(
      width: 12, heads: 2, context: 100, hidden: 20, dropout: true, batch: 3, shards: 2)
    if nca { test.nca = NCAEngineTests.nca() }
    let kernels = try KernelSet.select(variant)
    let fixture = try TransformerFixture(test, kernels: kernels)
    var short = test
    (short.context, short.batch) = (25, 12)
    let other = try TransformerFixture(short, kernels: kernels)
    _ = other.engine.parameters.update(from: fixture.engine.parameters)
    _ = other.engine.tables.update(from: fixture.engine.tables)
    other.engine.parametersChanged()
    let (loss, expected) = fixture.inputs.withUnsafeBufferPointer { inputs in
      fixture.targets.withUnsafeBufferPointer { targets in
        // A whole step first: what it leaves behind must not reach the next.
        _ = fixture.compute()
        return (
          fixture.engine.computeGradient(
            inputs: inputs, targets: targets, length: 25, scale: fixture.scale,
            dropout: fixture.dropout),
          other.engine.computeGradient(
            inputs: inputs, targets: targets, scale: fixture.scale, dropout: fixture.dropout)
        )
      }
    }
    #expect(abs(loss - expected) < 1e-6 * expected)
    for (own, others) in [
      (fixture.engine.gradient, other.engine.gradient),
      (fixture.engine.tableGradient, other.engine.tableGradient),
    ] {
      #expect(relativeDistance(own.map(Double.init), others.map(Double.init)) < 1e-5)
    }
    #expect(fixture.engine.tableRows.elementsEqual(other.engine.tableRows))
  }
}
