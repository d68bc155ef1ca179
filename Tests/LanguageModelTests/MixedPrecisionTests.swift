import KernelInterface
import Kernels
import LanguageModel
import Testing

#if arch(x86_64)
import KernelsAVX2Wide
#endif

/// The fast engine with bf16 operands against the reference in `Double`, rounded alike and exact.
@Suite struct MixedPrecisionTests {
  /// Every variant of this machine, and the text with 16 lanes.
  static let kernelSets: [String: KernelSet] = {
    var sets = KernelSet.available
    #if arch(x86_64)
    if sets.contains(where: { $0.name == "avx2" }) { sets.append(KernelsAVX2Wide.kernels) }
    #endif
    return Dictionary(uniqueKeysWithValues: sets.map { ($0.name, $0) })
  }()
  static let variants = kernelSets.keys.sorted()

  static func fixture(
    _ variant: String, _ test: TransformerFixture.Case, threads: Int = 1
  ) throws -> TransformerFixture {
    try TransformerFixture(
      test, precision: .mixedBFloat16, kernels: #require(kernelSets[variant]), threads: threads)
  }

  /// The engine rounds what the reference rounds, so the two are much closer to each other than either
  /// is to float32.
  ///
  /// They are not as close as in float32: where an operand lies within float32's noise of a tie, they
  /// round it to different sides, 2⁻⁸ apart, and later operands move with it. A quarter of what
  /// rounding does to the same gradient bounds that. An engine that left attention in float32, 12 of
  /// the 32 products of a path, would miss by some √(12/32) of it. Measured while it was left so on
  /// both sides: at most a ninth, and 1e-5 of the gradient where no tie is near.
  static let share = 0.25

  /// What rounding operands by up to 2⁻⁹ does to a gradient.
  ///
  /// A product of two rounded operands is off by √(2/3)·2⁻⁹ of its norm in the mean square, and a path
  /// from a weight to the loss and back has 32 products at two layers: √32 · √(2/3) · 2⁻⁹ = 0.009.
  /// Cancelling sums over few channels magnify it: measured 0.01 to 0.05 in most cases and
  /// 0.11 at worst, at six channels, before attention's operands were rounded too.
  static let tolerance = 0.15

  /// The last case has a cellular automaton, without its penalty, which is no part of the loss.
  @Test(arguments: variants, TransformerFixture.cases + [NCAEngineTests.cases[4]])
  func everyGradientIsOffByTheRoundingOfOperands(
    variant: String, test: TransformerFixture.Case
  ) throws {
    let fixture = try Self.fixture(variant, test)
    let exact = fixture.referenceGradients()
    let rounded = fixture.referenceGradients(.mixedBFloat16)
    func check(
      _ got: [Double], _ rounded: [Double], _ exact: [Double], _ name: String
    ) {
      let cost = relativeDistance(rounded, exact)
      #expect(relativeDistance(got, exact) < Self.tolerance, "\(name)")
      #expect(relativeDistance(got, rounded) < max(Self.share * cost, 2e-5), "\(name)")
    }
    // Twice: what a step left behind must not reach the next.
    for _ in 0..<2 {
      let loss = fixture.compute()
      // An operand on the other side of a tie moves by 2⁻⁸, and a term of one position's loss with
      // it. The reference moves by the same amounts, digit for digit, when its weights do by 2⁻²³.
      // Measured 0.0025 in the case of 512 hidden channels at batch 4, where the portable variant,
      // with other sums, falls on the reference's side and differs by 8e-7.
      #expect(abs(loss - rounded.loss) < max(1e-5 * exact.loss, 0x1p-8))
      #expect(abs(loss - exact.loss) < 0x1p-9 * exact.loss)
      let gradient = fixture.engine.gradient.map(Double.init)
      for tensor in fixture.model.layout.tensors {
        check(
          Array(gradient[tensor.range]), Array(rounded.parameters[tensor.range]),
          Array(exact.parameters[tensor.range]), tensor.name)
      }
      if !test.orders.isEmpty {
        check(fixture.scatteredTables(), rounded.tables, exact.tables, "tables")
      }
      // Not float32 by another name.
      let head = fixture.model.layout.head.range
      #expect(relativeDistance(Array(gradient[head]), Array(exact.parameters[head])) > 1e-4)
    }
  }

  /// Each loss, a narrow perceptron and one whose rows are padded, and the term against collapse.
  ///
  /// No operand of these lies near a tie: engine and reference differ by less than 1e-4 of what rounding
  /// does. Others of this size do, and differ by up to a quarter of it, as the cases above may.
  static let jepaCases = [
    JEPAEngineTests.cases[0], JEPAEngineTests.cases[1],
    TransformerFixture.Case(
      width: 16, heads: 4, context: 11, hidden: 512, layers: 1, batch: 2, shards: 2,
      jepa: JEPAEngineTests.jepa(.cosine, ratio: 0.9, spans: 3)),
    TransformerFixture.Case(
      width: 20, heads: 1, context: 40, hidden: 24, layers: 1, orders: [], batch: 2, shards: 1,
      jepa: JEPAEngineTests.jepa(variance: 0.7, ratio: 0.5, spans: 9)),
  ]

  /// The objective's products are rounded as the model's are: those of the predictor's matrices, of its
  /// heads, and of the target encoder.
  ///
  /// A reference that left the heads alone would differ in every tensor of the predictor by 0.06 to 0.6
  /// of what rounding does.
  @Test(arguments: variants, jepaCases)
  func theJEPAObjectiveRoundsWhatTheReferenceRounds(
    variant: String, test: TransformerFixture.Case
  ) throws {
    let fixture = try Self.fixture(variant, test)
    let exact = fixture.referenceGradients()
    let rounded = fixture.referenceGradients(.mixedBFloat16)
    _ = fixture.compute()
    let gradient = fixture.engine.gradient.map(Double.init)
    for tensor in fixture.model.layout.tensors {
      let wanted = Array(rounded.parameters[tensor.range])
      let (got, plain) = (
        Array(gradient[tensor.range]), Array(exact.parameters[tensor.range])
      )
      let cost = relativeDistance(wanted, plain)
      #expect(relativeDistance(got, plain) < Self.tolerance, "\(tensor.name)")
      #expect(relativeDistance(got, wanted) < 0.01 * cost, "\(tensor.name), of \(cost)")
    }
  }

  /// The perceptron is narrower than queries, keys and values together, but its rows are padded: the
  /// operands of one product must not reach into each other's scratch memory.
  @Test(arguments: variants)
  func paddedRowsOfANarrowerLayerHaveRoom(variant: String) throws {
    let fixture = try Self.fixture(
      variant,
      TransformerFixture.Case(
        width: 172, heads: 2, context: 8, hidden: 512, layers: 1, batch: 1, shards: 1))
    let exact = fixture.referenceGradients()
    let rounded = fixture.referenceGradients(.mixedBFloat16)
    _ = fixture.compute()
    let gradient = fixture.engine.gradient.map(Double.init)
    for tensor in fixture.model.layout.tensors {
      let wanted = Array(rounded.parameters[tensor.range])
      let cost = relativeDistance(wanted, Array(exact.parameters[tensor.range]))
      let distance = relativeDistance(Array(gradient[tensor.range]), wanted)
      #expect(distance < max(Self.share * cost, 2e-5), "\(tensor.name)")
    }
  }

  /// A model whose operands of the forward pass are all bf16 numbers, but for those of its head.
  ///
  /// Windows hold one byte twice, and queries and keys are zero, so that weights are 1 and ½ and
  /// attention returns the values themselves. The stream
  /// is ±m with signs of the byte's own; norms make ±1 of it exactly (1e-5 vanishes beside m²), the
  /// value path adds ±m and the perceptron ±2m, which leaves ±4m to the next block.
  struct ExactModel {
    let engine: Transformer
    let model: Reference.Model<Double>
    let inputs: [UInt8], targets: [UInt8]
    let configuration: ModelConfiguration
    static let windows = 10

    init(kernels: KernelSet, head: (Int) -> Float) throws {
      var configuration = ModelConfiguration()
      (configuration.width, configuration.heads, configuration.hidden) = (16, 2, 32)
      (configuration.layers, configuration.context) = (2, 2)
      (configuration.ngramOrders, configuration.tokenShift) = ([], false)
      configuration.ngramDropout = 0
      self.configuration = configuration
      engine = try Transformer(
        configuration: configuration, precision: .mixedBFloat16, kernels: kernels, threads: 1,
        batch: Self.windows, shards: 2)
      let (C, layout) = (configuration.width, engine.layout)
      var p = [Float](repeating: 0, count: layout.count)
      let signs = Sample.numbers(256 * C, seed: 1).map { Float($0 < 0 ? -1 : 1) }
      var m: Float = 4_096
      for i in 0..<(256 * C) { p[layout.embedding.offset + i] = m * signs[i] }
      for block in layout.blocks {
        let attention = try #require(block.attention)
        for i in 0..<C {
          p[attention.gain.offset + i] = 1
          p[block.hiddenGain.offset + i] = 1
          p[attention.queryKeyValue.offset + i * 3 * C + 2 * C + i] = m
          p[attention.output.offset + i * C + i] = 1
          p[block.up.offset + i * 2 * C + i] = 1
          p[block.up.offset + i * 2 * C + C + i] = -1
          p[block.down.offset + i * C + i] = 2 * m
          p[block.down.offset + (C + i) * C + i] = -2 * m
        }
        m *= 4
      }
      let finalGain = try #require(layout.finalGain)
      for i in 0..<C { p[finalGain.offset + i] = 1 }
      for i in 0..<(C * 256) { p[layout.head.offset + i] = head(i) }
      for i in p.indices { engine.parameters[i] = p[i] }
      engine.parametersChanged()
      model = Reference.Model(
        configuration: configuration, parameters: p.map(Double.init), tables: [])
      inputs = Sample.bytes(Self.windows, seed: 2).flatMap { [$0, $0] }
      targets = Sample.bytes(2 * Self.windows, seed: 3)
    }

    /// How far the engine's loss is from the reference's, relative to it.
    func error() -> Double {
      let loss = inputs.withUnsafeBufferPointer { inputs in
        targets.withUnsafeBufferPointer { targets in
          engine.computeGradient(inputs: inputs, targets: targets, scale: 1, dropout: nil)
        }
      }
      let expected = (0..<Self.windows).reduce(0.0) { sum, b in
        sum
          + model.loss(
            inputs: Array(inputs[(2 * b)..<(2 * b + 2)]),
            targets: Array(targets[(2 * b)..<(2 * b + 2)]), weights: [1, 1], dropout: nil)
      }
      return abs(loss - expected) / expected
    }
  }

  /// With bf16 numbers throughout, the loss is float32's; the head's last bits cost what they weigh.
  @Test(arguments: variants)
  func theLossIsExactWhereTheOperandsAre(variant: String) throws {
    let kernels = try #require(Self.kernelSets[variant])
    let numbers = Sample.numbers(16 * 256, seed: 4)
    // Sixteenths up to 1 have at most 5 bits.
    let exact = try ExactModel(kernels: kernels) { Float((numbers[$0] * 16).rounded() / 16) }
    #expect(exact.error() < 1e-6)
    let rounded = try ExactModel(kernels: kernels) { Float(numbers[$0]) }
    // A logit is a sum of 16 numbers of root mean square 0.6, each off by 0.6·2⁻⁹/√3: 0.003 in all,
    // of a loss of some 7; over twenty bytes much of it cancels.
    #expect(rounded.error() > 2e-6)
    #expect(rounded.error() < 1e-3)
  }

  @Test(arguments: variants, [2, 5, 6, 10])
  func theNumberOfThreadsDoesNotChangeABit(variant: String, index: Int) throws {
    var test = TransformerFixture.cases[index]
    test.batch = 5
    test.shards = 4
    var results: [[UInt32]] = []
    for threads in 1...4 {
      let fixture = try Self.fixture(variant, test, threads: threads)
      let loss = fixture.compute()
      results.append(
        fixture.engine.gradient.map(\.bitPattern) + fixture.engine.tableGradient.map(\.bitPattern)
          + [Float(loss).bitPattern])
    }
    let same = results.allSatisfy { $0 == results[0] }
    #expect(same)
  }

  /// Half a unit of bf16 in a weight is no difference; float32 sees it.
  @Test func aWeightsLastBitsReachNoProduct() throws {
    let test = TransformerFixture.cases[3]
    for precision in Precision.allCases {
      let fixture = try TransformerFixture(
        test, precision: precision, kernels: KernelSet.select("portable"))
      let up = fixture.engine.layout.blocks[0].up.offset
      fixture.engine.parameters[up] = 1
      fixture.engine.parametersChanged()
      _ = fixture.compute()
      let before = fixture.engine.gradient.map(\.bitPattern)
      fixture.engine.parameters[up] = 1 + 0x1p-9
      fixture.engine.parametersChanged()
      _ = fixture.compute()
      let same = fixture.engine.gradient.map(\.bitPattern) == before
      #expect(same == (precision == .mixedBFloat16))
    }
  }

  @Test func aNaNWeightMakesTheLossNaN() throws {
    let fixture = try Self.fixture("portable", TransformerFixture.cases[2])
    fixture.engine.parameters[fixture.engine.layout.blocks[0].up.offset] = .nan
    fixture.engine.parametersChanged()
    #expect(!fixture.compute().isFinite)
  }
}
