import KernelInterface
import LanguageModel
import Testing

/// The whole model's gradients against central differences of its loss.
@Suite struct ReferenceModelGradientTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var encoder = EncoderKind.blocks, attention = true
    var activation = Activation.squaredReLU, valueResidual = false
    var tokenShift: Bool, ngrams: Bool, dropout: Bool, n: Int

    var testDescription: String {
      "\(encoder.rawValue), attention \(attention), \(activation.rawValue), "
        + "value residual \(valueResidual), n = \(n), token shift \(tokenShift), n-grams \(ngrams), dropout \(dropout)"
    }

    var fixture: ReferenceModelFixture {
      var configuration = ReferenceModelFixture.configuration(
        tokenShift: tokenShift, ngrams: ngrams)
      configuration.encoder = encoder
      configuration.attention = attention
      configuration.activation = activation
      configuration.valueResidual = valueResidual
      if encoder == .contexts { (configuration.layers, configuration.contexts) = (0, 3) }
      return ReferenceModelFixture(
        configuration, n: n,
        dropout: dropout ? DropoutKey(seed: 3, step: 5, sequence: 2) : nil)
    }
  }

  static let cases = [
    Case(tokenShift: true, ngrams: true, dropout: true, n: 7),
    Case(tokenShift: true, ngrams: false, dropout: false, n: 3),
    Case(tokenShift: false, ngrams: true, dropout: false, n: 5),
    Case(tokenShift: false, ngrams: false, dropout: true, n: 1),
    Case(attention: false, tokenShift: true, ngrams: true, dropout: true, n: 7),
    Case(
      activation: .gelu, valueResidual: true, tokenShift: true, ngrams: true, dropout: true, n: 7),
    Case(activation: .relu, tokenShift: false, ngrams: false, dropout: false, n: 5),
    Case(encoder: .contexts, tokenShift: false, ngrams: false, dropout: false, n: 7),
  ]

  @Test(arguments: cases)
  func everyTensorsGradientMatchesDifferences(of test: Case) {
    let fixture = test.fixture
    let claimed = fixture.gradients().parameters
    for tensor in fixture.model.layout.tensors {
      let error = GradientCheck().worstError(
        of: fixture.loss(parameters:), at: fixture.model.parameters, claimed: claimed,
        indices: fixture.sampledIndices(tensor, count: 20))
      #expect(error < GradientCheck.tolerance, "\(tensor.name)")
    }
  }

  @Test(arguments: cases.filter(\.ngrams))
  func tableGradientsMatchDifferences(of test: Case) {
    let fixture = test.fixture
    let claimed = fixture.gradients().tables
    #expect(claimed.contains { $0 != 0 })
    #expect(claimed.contains(0))
    let error = GradientCheck().worstError(
      of: fixture.loss(tables:), at: fixture.model.tables, claimed: claimed)
    #expect(error < GradientCheck.tolerance)
  }

  /// The judge itself: a gradient that is wrong by 1 part in 10,000, of either sign, is caught in
  /// every tensor, and so is a missing one.
  @Test func aWrongGradientIsCaughtInEveryTensor() {
    let fixture = Self.cases[1].fixture
    let claimed = fixture.gradients().parameters
    for tensor in fixture.model.layout.tensors {
      // A vanished query or key gradient would hide the mutation, so the largest is mutated.
      let index = tensor.range.max { abs(claimed[$0]) < abs(claimed[$1]) } ?? tensor.offset
      for factor in [0, 1 - 1e-4, 1 + 1e-4, -1] {
        var mutated = claimed
        mutated[index] *= factor
        let error = GradientCheck().worstError(
          of: fixture.loss(parameters:), at: fixture.model.parameters, claimed: mutated,
          indices: [index])
        #expect(error > 50 * GradientCheck.tolerance, "\(tensor.name) times \(factor)")
      }
    }
  }

  @Test func gradientsAreAddedToWhatTheArraysHold() {
    let fixture = Self.cases[0].fixture
    let once = fixture.gradients()
    var parameters = [Double](repeating: 1, count: once.parameters.count)
    var tables = [Double](repeating: 2, count: once.tables.count)
    let loss = fixture.model.gradients(
      inputs: fixture.inputs, targets: fixture.targets, weights: fixture.weights,
      dropout: fixture.dropout, parameters: &parameters, tables: &tables)
    #expect(loss == once.loss)
    #expect(loss == fixture.loss(fixture.model))
    #expect(zip(parameters, once.parameters).allSatisfy { abs($0 - 1 - $1) < 1e-12 })
    #expect(zip(tables, once.tables).allSatisfy { abs($0 - 2 - $1) < 1e-12 })
  }

  @Test func paddingHasNoGradient() {
    let fixture = Self.cases[0].fixture
    let claimed = fixture.gradients().parameters
    let used = Set(fixture.model.layout.tensors.flatMap { Array($0.range) })
    #expect(claimed.indices.allSatisfy { used.contains($0) || claimed[$0] == 0 })
    #expect(claimed.allSatisfy { $0.isFinite })
  }

  @Test func aPositionOfWeightZeroDoesNotTeach() {
    var fixture = Self.cases[1].fixture
    let before = fixture.gradients()
    fixture.targets[2] ^= 0xFF
    let after = fixture.gradients()
    #expect(fixture.weights[2] == 0)
    #expect(before.loss == after.loss)
    #expect(before.parameters == after.parameters)
  }
}
