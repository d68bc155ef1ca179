import Benchmarks
import Corpora
import KernelInterface
import Kernels
import Testing

@Suite struct ImageClassifierTests {
  /// Odd sizes, so that every product has a tail.
  private static let shape = ImageClassifier.Shape(inputs: 48, hidden: 13, classes: 10)
  private static let indices = Array(0..<7)

  private func classifier(_ kernels: KernelSet) throws -> ImageClassifier {
    try ImageClassifier(Self.shape, batch: 16, kernels: kernels)
  }

  private func tensors(_ p: ImageClassifier.Parameters) -> [UnsafeMutableBufferPointer<Float>] {
    let (I, H, C) = (Self.shape.inputs, Self.shape.hidden, Self.shape.classes)
    return [
      UnsafeMutableBufferPointer(start: p.hiddenWeights, count: I * H),
      UnsafeMutableBufferPointer(start: p.hiddenBias, count: H),
      UnsafeMutableBufferPointer(start: p.outputWeights, count: H * C),
      UnsafeMutableBufferPointer(start: p.outputBias, count: C),
    ]
  }

  /// The same loss in `Double`, written out, with `round` applied to the activations; no code of
  /// the classifier's.
  private func loss(
    _ p: [[Double]], _ samples: ImageSet.Samples, round: (Double) -> Double = { $0 }
  ) -> Double {
    let (I, H, C) = (Self.shape.inputs, Self.shape.hidden, Self.shape.classes)
    var sum = 0.0
    for index in Self.indices {
      let inputs = (0..<I).map { round(Double(samples.pixels[index * I + $0]) / 255) }
      let hidden = (0..<H).map { h in
        round(max(0, (0..<I).reduce(p[1][h]) { $0 + inputs[$1] * p[0][$1 * H + h] }))
      }
      let logits = (0..<C).map { c in
        round((0..<H).reduce(p[3][c]) { $0 + hidden[$1] * p[2][$1 * C + c] })
      }
      sum += logSumExp(logits) - logits[Int(samples.labels[index])]
    }
    return sum / Double(Self.indices.count)
  }

  /// The gradient is compared with central differences of an independent loss in `Double`.
  ///
  /// With a step of 2⁻²⁰ these err by about 2⁻⁴⁰ of the third derivative and 2⁻³³ of the loss; a
  /// gradient in `Float` by some 10² units of 2⁻²⁴ of its largest terms, which are below 1. A step
  /// across a ReLU's bend would show: no hidden sum is that near to 0.
  @Test(arguments: KernelSet.available.map(\.name))
  func gradientIsThatOfCentralDifferences(kernels: String) throws {
    let network = try classifier(try KernelSet.select(kernels))
    let samples = try DigitFixture.images().train
    network.initialise(seed: 3)
    // Biases other than zero, so that their part of the sums is seen.
    for (i, bias) in tensors(network.parameters)[1].indices.enumerated() {
      tensors(network.parameters)[1][bias] = 0.05 * Float(i % 5 - 2)
    }
    network.renew(rounding: nil)
    let found = network.lossAndGradient(samples, at: Self.indices[...])
    let values = tensors(network.parameters).map { $0.map(Double.init) }
    #expect(abs(found - loss(values, samples)) < 1e-5)
    var seen = 0
    for (tensor, gradient) in tensors(network.gradient).enumerated() {
      for i in stride(from: 0, to: gradient.count, by: tensor == 0 ? 5 : 1) {
        var (above, below) = (values, values)
        above[tensor][i] += 0x1p-20
        below[tensor][i] -= 0x1p-20
        let expected = (loss(above, samples) - loss(below, samples)) / 0x1p-19
        #expect(abs(Double(gradient[i]) - expected) < 1e-5, "tensor \(tensor), element \(i)")
        if abs(expected) > 1e-3 { seen += 1 }
      }
    }
    #expect(seen > 100, "most gradients are not zero")
  }

  /// The rounded passes read what rounding the parameters by hand gives.
  @Test(arguments: SixteenBitFormat.allCases)
  func aRoundedPassIsThePassOfRoundedParameters(format: SixteenBitFormat) throws {
    let kernels = try KernelSet.select()
    let samples = try DigitFixture.images().train
    let (rounded, plain) = (try classifier(kernels), try classifier(kernels))
    rounded.initialise(seed: 5)
    plain.initialise(seed: 5)
    for tensor in tensors(plain.parameters) {
      let before = Array(tensor)
      for i in tensor.indices { tensor[i] = scalar(format, tensor[i]) }
      if tensor.count > 13 { #expect(Array(tensor) != before) }
    }
    rounded.renew(rounding: NetworkRounding(format, activations: false))
    plain.renew(rounding: nil)
    let indices = Self.indices[...]
    #expect(
      rounded.lossAndGradient(samples, at: indices) == plain.lossAndGradient(samples, at: indices))
    for (a, b) in zip(tensors(rounded.gradient), tensors(plain.gradient)) {
      #expect(a.elementsEqual(b))
    }
  }

  /// The loss is that of inputs, hidden layer and logits rounded one by one.
  ///
  /// As long as no sum in `Float` lies on the other side of a boundary than that in `Double`, which
  /// for these 161 numbers is so, the two differ by rounding errors of `Float` alone; what rounding
  /// the activations does to the loss is larger.
  @Test(arguments: SixteenBitFormat.allCases)
  func roundedActivationsAreThoseRoundedOneByOne(format: SixteenBitFormat) throws {
    let samples = try DigitFixture.images().train
    let network = try classifier(try KernelSet.select("portable"))
    network.initialise(seed: 3)
    network.renew(rounding: NetworkRounding(format, activations: true))
    let values = tensors(network.parameters).map { $0.map { Double(scalar(format, $0)) } }
    let found = network.lossAndGradient(samples, at: Self.indices[...])
    let expected = loss(values, samples) { Double(scalar(format, Float($0))) }
    #expect(abs(found - expected) < 1e-6)
    #expect(abs(expected - loss(values, samples)) > 3e-6)
  }

  /// Lengths around the piece in which GF16 is rounded; in place too.
  @Test(arguments: SixteenBitFormat.allCases)
  func bulkRoundingIsThatOfTheNumbers(format: SixteenBitFormat) {
    let random = CounterRandom(seed: 9)
    for count in [0, 1, 511, 512, 513, 1_500] {
      var x = (0..<count).map { i in
        (random.unit(UInt32(i)) - 0.5) * Float(sign: .plus, exponent: i % 20 - 10, significand: 1)
      }
      let expected = x.map { scalar(format, $0) }
      var out = x
      format.round(x, count, into: &out)
      #expect(out == expected)
      x.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { format.round(base, count, into: base) }
      }
      #expect(x == expected)
    }
  }

  @Test func trainingDependsOnItsArgumentsAlone() throws {
    let kernels = try KernelSet.select()
    let samples = try DigitFixture.images(train: 100).train
    let recipe = ClassifierRecipe(epochs: 1, batch: 16)
    let (fresh, used) = (try classifier(kernels), try classifier(kernels))
    used.train(
      on: samples, recipe, seed: 8, rounding: NetworkRounding(.bfloat16, activations: true))
    for network in [fresh, used] { network.train(on: samples, recipe, seed: 7, rounding: nil) }
    for (a, b) in zip(tensors(fresh.parameters), tensors(used.parameters)) {
      #expect(a.elementsEqual(b))
    }
    used.train(on: samples, recipe, seed: 8, rounding: nil)
    #expect(!tensors(fresh.parameters)[0].elementsEqual(tensors(used.parameters)[0]))
  }

  @Test func aNetworkOfNaNsIsRightNowhere() throws {
    let network = try classifier(try KernelSet.select())
    let images = try DigitFixture.images()
    network.initialise(seed: 1)
    tensors(network.parameters)[3].update(repeating: .nan)
    #expect(network.correct(in: images.test, rounding: nil) == 0)
  }
}
