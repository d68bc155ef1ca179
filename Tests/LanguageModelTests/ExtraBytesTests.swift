import KernelInterface
import Kernels
import LanguageModel
import Testing

/// Bytes beyond the next one: the reference against finite differences, the engine against it.
@Suite struct ExtraBytesTests {
  static let two = ExtraBytesConfiguration(count: 2, weight: 0.6)

  @Test(arguments: [1, 2, 3, 7])
  func theLossIsThatOfEachHeadOnItsOwnByte(n: Int) {
    let configuration = ReferenceModelFixture.configuration(tokenShift: true, ngrams: false)
    let fixture = ReferenceModelFixture(configuration, extra: Self.two, n: n)
    // The same latents with a head exchanged for the model's own, one target further.
    var plain = ReferenceModelFixture(configuration, n: n)
    let model = fixture.model
    func copy(_ from: ParameterLayout.Tensor, _ to: ParameterLayout.Tensor) {
      plain.model.parameters.replaceSubrange(to.range, with: model.parameters[from.range])
    }
    let count = plain.model.layout.count
    plain.model.parameters = Array(model.parameters[..<count])
    var expected = plain.loss(plain.model)
    for (index, head) in model.layout.extra.enumerated() where index + 1 < n {
      copy(head.matrix, plain.model.layout.head)
      copy(head.bias, plain.model.layout.headBias)
      let zeros = [UInt8](repeating: 0, count: index + 1)
      plain.targets = Array(fixture.targets.dropFirst(index + 1)) + zeros
      plain.weights =
        fixture.weights.dropLast(index + 1).map { 0.3 * $0 } + zeros.map { _ in 0 }
      expected += plain.loss(plain.model)
    }
    #expect(abs(fixture.loss(model) - expected) < 1e-12 * max(1, expected))
  }

  /// Differences of 1e-5 of smooth losses in `Double`.
  @Test(arguments: [EncoderKind.blocks, .contexts])
  func theReferencesGradientIsThatOfItsLoss(encoder: EncoderKind) {
    var configuration = ReferenceModelFixture.configuration(tokenShift: true, ngrams: true)
    if encoder == .contexts {
      (configuration.encoder, configuration.layers, configuration.ngramOrders) = (.contexts, 0, [])
    }
    let fixture = ReferenceModelFixture(configuration, extra: Self.two)
    let (loss, gradient, _) = fixture.gradients()
    #expect(abs(loss - fixture.loss(fixture.model)) < 1e-12)
    for tensor in fixture.model.layout.tensors {
      for element in stride(from: 0, to: tensor.count, by: max(1, tensor.count / 7)) {
        let i = tensor.offset + element
        var (up, down) = (fixture.model.parameters, fixture.model.parameters)
        up[i] += 1e-5
        down[i] -= 1e-5
        let slope = (fixture.loss(parameters: up) - fixture.loss(parameters: down)) / 2e-5
        #expect(abs(slope - gradient[i]) < 1e-7 * max(1, abs(slope)), "\(tensor.name) \(element)")
      }
    }
    for head in fixture.model.layout.extra {
      #expect(gradient[head.matrix.range].contains { abs($0) > 1e-4 })
    }
  }

  /// With hidden spans and an automaton beside them, windows shorter than they reach, several parts.
  static let cases = [
    TransformerFixture.Case(width: 12, heads: 3, context: 9, hidden: 20, extra: two),
    TransformerFixture.Case(
      width: 6, heads: 1, context: 97, hidden: 7, dropout: true, batch: 7, shards: 1, extra: two),
    TransformerFixture.Case(
      width: 12, context: 2, batch: 5, shards: 2,
      extra: ExtraBytesConfiguration(count: 1, weight: 2)),
    TransformerFixture.Case(
      encoder: .contexts, width: 12, context: 33, batch: 3,
      extra: ExtraBytesConfiguration(count: 7, weight: 0.3)),
    TransformerFixture.Case(
      width: 6, heads: 1, context: 11, hidden: 7, batch: 13, shards: 2, extra: two,
      jepa: JEPAEngineTests.jepa(), nca: NCAEngineTests.nca()),
  ]

  @Test(arguments: TransformerGradientTests.variants, cases)
  func everyGradientAgreesWithTheReference(
    variant: String, test: TransformerFixture.Case
  ) throws {
    let fixture = try TransformerFixture(test, kernels: KernelSet.select(variant))
    let expected = fixture.referenceGradients()
    let tolerance =
      test.nca == nil ? TransformerGradientTests.tolerance : NCAEngineTests.tolerance
    // Twice: what a step left behind must not reach the next.
    for _ in 0..<2 {
      let loss = fixture.compute()
      #expect(loss < expected.loss, "the extra bytes are not part of the score")
      let gradient = fixture.engine.gradient.map(Double.init)
      for tensor in fixture.model.layout.tensors {
        let error = relativeDistance(
          Array(gradient[tensor.range]), Array(expected.parameters[tensor.range]))
        #expect(error < tolerance, "\(tensor.name)")
      }
      if !fixture.test.configuration.ngramOrders.isEmpty {
        #expect(relativeDistance(fixture.scatteredTables(), expected.tables) < tolerance)
      }
    }
  }

  /// What a scorer needs is where it is without them.
  @Test func theyLieBehindTheModel() {
    let configuration = ReferenceModelFixture.configuration(tokenShift: true, ngrams: true)
    let plain = ParameterLayout(configuration)
    let layout = ParameterLayout(configuration, jepa: JEPAEngineTests.jepa(), extra: Self.two)
    #expect(layout.modelCount == plain.count)
    #expect(Array(layout.tensors.prefix(plain.tensors.count)) == plain.tensors)
    #expect(
      layout.tensors.dropFirst(plain.tensors.count).prefix(4).map(\.name)
        == ["extra.1", "extra.1.bias", "extra.2", "extra.2.bias"])
    #expect(layout.predictor?.query.offset == layout.predictorStart)
    #expect(layout.extra.allSatisfy { $0.matrix.offset >= plain.count })
  }
}
