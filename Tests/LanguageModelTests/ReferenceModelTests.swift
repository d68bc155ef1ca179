import LanguageModel
import Testing

/// What the whole reference model must do, whatever its parameters.
@Suite struct ReferenceModelTests {
  let fixture = ReferenceModelFixture(
    ReferenceModelFixture.configuration(tokenShift: true, ngrams: true))

  @Test func aLaterByteLeavesEarlierLogitsBitIdentical() {
    let before = fixture.model.logits(inputs: fixture.inputs)
    for changed in fixture.inputs.indices {
      var inputs = fixture.inputs
      inputs[changed] ^= 0x55
      let after = fixture.model.logits(inputs: inputs)
      #expect(before[..<(changed * 256)] == after[..<(changed * 256)])
      for t in changed..<inputs.count {
        #expect(before[(t * 256)..<((t + 1) * 256)] != after[(t * 256)..<((t + 1) * 256)])
      }
    }
  }

  @Test func aPrefixHasTheSameLogits() {
    let whole = fixture.model.logits(inputs: fixture.inputs)
    for n in 1...fixture.inputs.count {
      let prefix = fixture.model.logits(inputs: Array(fixture.inputs.prefix(n)))
      #expect(prefix[...] == whole[..<(n * 256)])
    }
  }

  @Test func probabilitiesOfTheNextByteSumToOne() {
    let logits = fixture.model.logits(inputs: fixture.inputs)
    let p = Reference.softmax(logits, columns: 256)
    for t in fixture.inputs.indices {
      #expect(abs(p[(t * 256)..<((t + 1) * 256)].reduce(0, +) - 1) < 1e-14)
    }
  }

  @Test func theLossIsTheWeightedLogLikelihood() {
    let p = Reference.softmax(fixture.model.logits(inputs: fixture.inputs), columns: 256)
    var expected = 0.0
    for t in fixture.inputs.indices {
      let target = p[t * 256 + Int(fixture.targets[t])]
      expected -= fixture.weights[t] * Double.naturalLogarithm(target)
    }
    #expect(abs(fixture.loss(fixture.model) - expected) < 1e-12)
  }

  /// Losses that a second program, written from the formulas alone in another language, gave for
  /// the same parameters.
  @Test(
    arguments: zip(
      ReferenceModelGradientTests.cases,
      [7.532561434493328, 3.3605014968184284, 4.982140155183555, 1.6414352709275317]))
  func theLossIsThatOfAnIndependentProgram(
    of test: ReferenceModelGradientTests.Case, expected: Double
  ) {
    let fixture = test.fixture
    #expect(abs(fixture.loss(fixture.model) - expected) < 1e-12)
  }

  @Test func aHeadOfZerosKnowsNothing() {
    var model = fixture.model
    model.parameters.replaceSubrange(
      model.layout.head.range, with: repeatElement(0, count: model.layout.head.count))
    model.parameters.replaceSubrange(
      model.layout.headBias.range, with: repeatElement(0, count: 256))
    let expected = fixture.weights.reduce(0, +) * Double.naturalLogarithm(256)
    #expect(abs(fixture.loss(model) - expected) < 1e-12)
  }

  @Test func blocksWithoutOutputMatricesPassTheStreamOn() throws {
    var model = fixture.model
    for block in model.layout.blocks {
      for tensor in [try #require(block.attention).output, block.down] {
        model.parameters.replaceSubrange(
          tensor.range, with: repeatElement(0, count: tensor.count))
      }
    }
    let layout = model.layout
    func values(_ tensor: ParameterLayout.Tensor) -> [Double] {
      Array(model.parameters[tensor.range])
    }
    let byte = Int(fixture.inputs[0])
    let stream = Array(values(layout.embedding)[(byte * 6)..<((byte + 1) * 6)])
    let normed = Reference.rmsNorm(stream, gain: values(try #require(layout.finalGain)))
    let products = Reference.matmul(normed, values(layout.head), outputs: 256)
    let expected = Reference.addBias(products, bias: values(layout.headBias))
    #expect(model.logits(inputs: [fixture.inputs[0]]) == expected)
  }

  @Test func dropoutDependsOnEveryPartOfItsKey() {
    var losses: Set<Double> = [fixture.loss(fixture.model)]
    for key in [
      DropoutKey(seed: 1, step: 1, sequence: 1), DropoutKey(seed: 2, step: 1, sequence: 1),
      DropoutKey(seed: 1, step: 2, sequence: 1), DropoutKey(seed: 1, step: 1, sequence: 2),
    ] {
      var copy = fixture
      copy.dropout = key
      losses.insert(copy.loss(copy.model))
      #expect(copy.loss(copy.model) == copy.loss(copy.model))
    }
    #expect(losses.count == 5)
  }

  /// The same model in `Float` agrees to a few hundred roundings of 6e-8, the depth of its sums.
  @Test func floatAgreesWithDouble() {
    let model = Reference.Model<Float>(
      configuration: fixture.model.configuration,
      parameters: fixture.model.parameters.map { Float($0) },
      tables: fixture.model.tables.map { Float($0) })
    let double = fixture.model.logits(inputs: fixture.inputs)
    let float = model.logits(inputs: fixture.inputs)
    for index in double.indices {
      #expect(abs(double[index] - Double(float[index])) < 3e-5)
    }
    var parameters = [Float](repeating: 0, count: model.parameters.count)
    var tables = [Float](repeating: 0, count: model.tables.count)
    let loss = model.gradients(
      inputs: fixture.inputs, targets: fixture.targets,
      weights: fixture.weights.map { Float($0) }, dropout: nil, parameters: &parameters,
      tables: &tables)
    let expected = fixture.gradients()
    #expect(abs(Double(loss) - expected.loss) < 3e-5)
    let difference = zip(parameters, expected.parameters).reduce(0) {
      max($0, abs(Double($1.0) - $1.1))
    }
    #expect(difference < 3e-4)
  }

  @Test func aSequenceLongerThanTheContextTraps() async {
    await #expect(processExitsWith: .failure) {
      let fixture = ReferenceModelFixture(
        ReferenceModelFixture.configuration(tokenShift: false, ngrams: false))
      _ = fixture.model.logits(inputs: [UInt8](repeating: 0, count: 12))
    }
  }
}
