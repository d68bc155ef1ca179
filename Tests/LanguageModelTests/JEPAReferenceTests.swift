import LanguageModel
import Testing

/// The JEPA objective of the reference: definitions by hand, gradients by central differences.
@Suite struct JEPAReferenceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var loss: JEPAConfiguration.Loss, variance: Double, dropout: Bool
    var testDescription: String { "\(loss.rawValue), variance \(variance), dropout \(dropout)" }
  }

  static let cases =
    JEPAConfiguration.Loss.allCases.map { Case(loss: $0, variance: 0, dropout: false) }
    + [Case(loss: .mse, variance: 0.7, dropout: true)]

  /// A model with a predictor, one window, and a target encoder with other weights.
  struct Fixture {
    var base: ReferenceModelFixture
    var target: Reference.Model<Double>
    var term: Reference.JEPATerm<Double>

    init(_ test: Case) {
      var jepa = JEPAConfiguration()
      (jepa.loss, jepa.variance, jepa.longest) = (test.loss, test.variance, 4)
      let key = test.dropout ? DropoutKey(seed: 3, step: 5, sequence: 2) : nil
      base = ReferenceModelFixture(
        ReferenceModelFixture.configuration(tokenShift: true, ngrams: true), jepa: jepa, n: 11,
        dropout: key)
      target = base.model
      let noise = Sample.numbers(target.parameters.count, seed: 7, scale: 0.1)
      for i in noise.indices { target.parameters[i] += noise[i] }
      term = Reference.JEPATerm(
        configuration: jepa,
        spans: [SpanMask.Span(start: 2, length: 4), SpanMask.Span(start: 8, length: 3)],
        targets: target.targetLatents(inputs: base.inputs), scale: 0.3,
        varianceScale: test.variance)
    }

    func loss(_ model: Reference.Model<Double>, _ term: Reference.JEPATerm<Double>) -> Double {
      model.loss(
        inputs: base.inputs, targets: base.targets, weights: base.weights, dropout: base.dropout,
        jepa: term)
    }

    func loss(parameters: [Double]) -> Double {
      var changed = base.model
      changed.parameters = parameters
      return loss(changed, term)
    }

    func gradients() -> (loss: Double, parameters: [Double], tables: [Double]) {
      var parameters = [Double](repeating: 0, count: base.model.parameters.count)
      var tables = [Double](repeating: 0, count: base.model.tables.count)
      let loss = base.model.gradients(
        inputs: base.inputs, targets: base.targets, weights: base.weights, dropout: base.dropout,
        jepa: term, parameters: &parameters, tables: &tables)
      return (loss, parameters, tables)
    }
  }

  @Test(arguments: cases)
  func everyTensorsGradientMatchesDifferences(of test: Case) {
    let fixture = Fixture(test)
    let claimed = fixture.gradients()
    #expect(claimed.loss == fixture.loss(fixture.base.model, fixture.term))
    for tensor in fixture.base.model.layout.tensors {
      var indices = fixture.base.sampledIndices(tensor, count: 20)
      if tensor.name == "jepa.query" { indices = Array(tensor.range) }
      let error = GradientCheck().worstError(
        of: fixture.loss(parameters:), at: fixture.base.model.parameters,
        claimed: claimed.parameters, indices: indices)
      #expect(error < GradientCheck.tolerance, "\(tensor.name)")
    }
  }

  /// The objective teaches the predictor's every tensor, and the encoder down to its embeddings.
  @Test func theObjectiveAloneMovesPredictorAndEncoder() {
    var fixture = Fixture(Self.cases[0])
    fixture.base.weights = fixture.base.weights.map { _ in 0 }
    let gradients = fixture.gradients()
    let layout = fixture.base.model.layout
    for tensor in layout.tensors where tensor.name != "head" && tensor.name != "head.bias" {
      #expect(gradients.parameters[tensor.range].contains { $0 != 0 }, "\(tensor.name)")
    }
    #expect(gradients.parameters[layout.head.range].allSatisfy { $0 == 0 })
    #expect(gradients.tables.contains { $0 != 0 })
  }

  /// With the model as its own target encoder, the gradient is that of a target that stands still.
  @Test func noGradientPassesThroughTheTarget() {
    var fixture = Fixture(Self.cases[0])
    let model = fixture.base.model
    fixture.term.targets = model.targetLatents(inputs: fixture.base.inputs)
    let claimed = fixture.gradients().parameters
    let index = model.layout.blocks[1].down
    func error(moving: Bool) -> Double {
      GradientCheck().worstError(
        of: { parameters in
          var changed = model
          changed.parameters = parameters
          var term = fixture.term
          if moving { term.targets = changed.targetLatents(inputs: fixture.base.inputs) }
          return fixture.loss(changed, term)
        }, at: model.parameters, claimed: claimed, indices: Array(index.range.prefix(20)))
    }
    #expect(error(moving: false) < GradientCheck.tolerance)
    #expect(error(moving: true) > 1_000 * GradientCheck.tolerance)
  }

  /// A prediction does not depend on the bytes of its span, nor on what follows: only the target does.
  @Test func thePredictorSeesOnlyWhatIsBeforeTheSpan() {
    let fixture = Fixture(Self.cases[0])
    var term = fixture.term
    term.spans = [SpanMask.Span(start: 4, length: 4)]
    func loss(changing position: Int) -> Double {
      var inputs = fixture.base.inputs
      inputs[position] ^= 0x55
      let zeros = [Double](repeating: 0, count: inputs.count)
      return fixture.base.model.loss(
        inputs: inputs, targets: fixture.base.targets, weights: zeros, dropout: nil, jepa: term)
    }
    let same = fixture.base.model.loss(
      inputs: fixture.base.inputs, targets: fixture.base.targets,
      weights: [Double](repeating: 0, count: 11), dropout: nil, jepa: term)
    for position in 0..<4 { #expect(loss(changing: position) != same) }
    for position in 4..<11 { #expect(loss(changing: position) == same) }
  }

  /// What an earlier span hides is hidden from that span alone: a later one is predicted from all bytes
  /// before it, as the next byte is.
  @Test func aLaterSpanIsPredictedFromTheEarlierOnesBytesToo() {
    let fixture = Fixture(Self.cases[0])
    let (early, late) = (SpanMask.Span(start: 2, length: 2), SpanMask.Span(start: 6, length: 3))
    let zeros = [Double](repeating: 0, count: fixture.base.inputs.count)
    func loss(_ spans: [SpanMask.Span], changing position: Int?) -> Double {
      var (inputs, term) = (fixture.base.inputs, fixture.term)
      if let position { inputs[position] ^= 0x55 }
      term.spans = spans
      return fixture.base.model.loss(
        inputs: inputs, targets: fixture.base.targets, weights: zeros, dropout: nil, jepa: term)
    }
    func moves(_ span: SpanMask.Span, changing position: Int) -> Bool {
      // The two spans' terms add up, each as if it were alone.
      let both = loss([early, late], changing: position)
      let alone = loss([early], changing: position) + loss([late], changing: position)
      #expect(abs(both - alone) < 1e-12 * both)
      return loss([span], changing: position) != loss([span], changing: nil)
    }
    for position in 0..<11 {
      #expect(moves(early, changing: position) == (position < 2), "byte \(position)")
      #expect(moves(late, changing: position) == (position < 6), "byte \(position)")
    }
  }

  @Test func latentLossesAreTheirDefinitions() {
    let (p, t) = ([1.0, -2, 0.5, 0], [0.5, 1, 0.5, 2.0])
    #expect(abs(Reference.latentLoss(p, target: t, .mse) - (0.25 + 9 + 0 + 4) / 4) < 1e-12)
    #expect(
      abs(Reference.latentLoss(p, target: t, .smoothL1) - (0.125 + 2.5 + 0 + 1.5) / 4) < 1e-12)
    let cosine = (0.5 - 2 + 0.25) / ((1 + 4 + 0.25) * (0.25 + 1 + 0.25 + 4)).squareRoot()
    #expect(abs(Reference.latentLoss(p, target: t, .cosine) - (1 - cosine)) < 1e-4)
    // What is added to the squared lengths leaves 1e-5 over the mean square.
    #expect(abs(Reference.latentLoss(t, target: t, .cosine)) < 1e-5)
  }

  /// Latents that are all alike pay the whole hinge; independent ones of deviation 1 nothing.
  @Test func theVarianceTermPunishesCollapse() {
    let alike = [Double](repeating: 0.3, count: 8 * 2)
    #expect(abs(Reference.varianceCovariance(alike, width: 2) - (1 - 0.01)) < 1e-12)
    let apart: [Double] = [2, 2, 2, -2, -2, 2, -2, -2]
    #expect(Reference.varianceCovariance(apart, width: 2) == 0)
    // Two equal channels of variance 16/3 have that covariance, twice.
    let equal: [Double] = [2, 2, 2, 2, -2, -2, -2, -2]
    let expected = 2 * (16.0 / 3) * (16.0 / 3) / 25 / 2
    #expect(abs(Reference.varianceCovariance(equal, width: 2) - expected) < 1e-12)
    #expect(Reference.varianceCovariance([1.0, 2], width: 2) == 0)
  }
}
