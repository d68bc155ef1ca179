import KernelInterface
import Kernels
import LanguageModel
import Testing

/// What must hold for every valid model, tried on random ones.
@Suite struct TransformerPropertyTests {
  static let variants = KernelSet.available.map(\.name)
  static let seeds = Array(0..<24)

  /// A small valid model and batch: any number of heads, with and without
  /// attention, encoders of contexts, windows of one byte and
  /// across the blocks of 96 queries, any subset of the n-gram orders, uneven shards.
  ///
  /// Widths and the number of positions are bounded for the reference's sake, which is slow.
  static func randomCase(seed: Int) -> TransformerFixture.Case {
    let random = CounterRandom(seed: UInt64(seed), 0xCA5E)
    var counter: UInt32 = 0
    func draw(_ range: ClosedRange<Int>) -> Int {
      counter += 1
      return range.lowerBound + Int(random.bits(counter)) % range.count
    }
    func pick<T>(_ values: [T]) -> T { values[draw(0...(values.count - 1))] }
    var test = TransformerFixture.Case()
    test.heads = draw(1...5)
    test.width = test.heads * draw(2...(40 / test.heads))
    test.context = pick([1, 2, 3, draw(4...20), draw(21...47), draw(90...110)])
    test.hidden = test.width < 9 ? pick([512, draw(1...60)]) : draw(1...60)
    test.layers = draw(1...3)
    test.orders = (2...8).filter { _ in draw(0...2) == 0 }
    test.ngramRows = 1 << draw(0...6)
    test.ngramWidth = draw(1...17)
    test.tokenShift = draw(0...1) == 0
    test.dropout = draw(0...1) == 0
    test.batch = min(draw(1...6), max(1, 100 / test.context))
    test.shards = draw(1...7)
    test.attention = draw(0...3) > 0
    if draw(0...3) == 0 { (test.encoder, test.orders) = (.contexts, []) }
    test.contexts = draw(1...8)
    test.activation = pick(Activation.allCases)
    test.valueResidual = draw(0...1) == 0
    return test
  }

  /// Loss, gradients and table rows as bits.
  static func bits(_ fixture: TransformerFixture) -> [UInt64] {
    let loss = fixture.compute()
    let engine = fixture.engine
    return [loss.bitPattern] + engine.gradient.map { UInt64($0.bitPattern) }
      + engine.tableGradient.map { UInt64($0.bitPattern) }
      + engine.tableRows.map { UInt64(UInt32(bitPattern: $0)) }
  }

  /// The random models are valid, and among them is each extreme that the tests are about.
  @Test func theModelsAreValidAndVaried() throws {
    let cases = Self.seeds.map(Self.randomCase)
    for test in cases { try test.configuration.validated() }
    #expect(Set(cases.map(\.heads)) == [1, 2, 3, 4, 5])
    #expect(Set(cases.map(\.layers)) == [1, 2, 3])
    #expect(Set(cases.flatMap(\.orders)) == Set(2...8))
    #expect(Set(cases.map(\.tokenShift)).count == 2)
    #expect(Set(cases.map(\.dropout)).count == 2)
    #expect(cases.contains { $0.context == 1 })
    #expect(cases.contains { $0.width / $0.heads % 2 == 1 })
    #expect(Set(cases.map(\.attention)).count == 2)
    #expect(Set(cases.map(\.encoder)) == Set(EncoderKind.allCases))
    #expect(cases.contains { $0.context > 96 })
    #expect(cases.contains { $0.orders.isEmpty })
    #expect(cases.contains { $0.shards > $0.batch })
    #expect(cases.contains { $0.batch % $0.shards != 0 && $0.shards < $0.batch })
  }

  /// To the tolerance derived in `TransformerGradientTests`, which each variant must keep.
  @Test(arguments: seeds)
  func lossAndGradientAgreeWithTheReference(seed: Int) throws {
    let test = Self.randomCase(seed: seed)
    var expected: (loss: Double, parameters: [Double], tables: [Double])?
    for variant in Self.variants {
      let fixture = try TransformerFixture(test, kernels: KernelSet.select(variant))
      let reference = expected ?? fixture.referenceGradients()
      expected = reference
      let loss = fixture.compute()
      #expect(abs(loss - reference.loss) < 1e-6 * reference.loss, "\(variant) \(test)")
      let gradient = fixture.engine.gradient.map(Double.init)
      for tensor in fixture.model.layout.tensors {
        let error = relativeDistance(
          Array(gradient[tensor.range]), Array(reference.parameters[tensor.range]))
        #expect(
          error < TransformerGradientTests.tolerance, "\(variant) \(tensor.name) \(test)")
      }
      if !test.orders.isEmpty {
        let error = relativeDistance(fixture.scatteredTables(), reference.tables)
        #expect(error < TransformerGradientTests.tolerance, "\(variant) tables \(test)")
      }
    }
  }

  @Test(arguments: variants, seeds)
  func theNumberOfThreadsDoesNotChangeABit(variant: String, seed: Int) throws {
    let test = Self.randomCase(seed: seed)
    let kernels = try KernelSet.select(variant)
    let alone = try Self.bits(TransformerFixture(test, kernels: kernels, threads: 1))
    for threads in 2...4 {
      let same =
        try Self.bits(TransformerFixture(test, kernels: kernels, threads: threads)) == alone
      #expect(same, "\(threads) threads, \(test)")
    }
  }

  /// Taking it back gives the same bits as before: nothing stays behind.
  ///
  /// One weight in each tensor, of those that the batch uses; without dropout, which rightly hides
  /// what it drops.
  @Test(arguments: variants, seeds)
  func aWeightThatIsNoNumberReachesLossOrGradient(variant: String, seed: Int) throws {
    var test = Self.randomCase(seed: seed)
    test.dropout = false
    let fixture = try TransformerFixture(test, kernels: KernelSet.select(variant))
    let engine = fixture.engine
    let before = Self.bits(fixture)
    let random = CounterRandom(seed: UInt64(seed), 0x0BAD)

    func expectReached(
      _ weights: UnsafeMutableBufferPointer<Float>, _ index: Int, _ name: String
    ) {
      for value in [Float.nan, .infinity] {
        let old = weights[index]
        weights[index] = value
        engine.parametersChanged()
        let loss = fixture.compute()
        let reached =
          !loss.isFinite || engine.gradient.contains { !$0.isFinite }
          || engine.tableGradient.contains { !$0.isFinite }
        #expect(reached, "\(value) in \(name), \(test)")
        weights[index] = old
        engine.parametersChanged()
      }
    }

    for (place, tensor) in fixture.model.layout.tensors.enumerated() {
      // A window of one byte has no row before it.
      if tensor.role == .shift && test.context == 1 { continue }
      var index = Int(random.bits(UInt32(place))) % tensor.count
      if tensor.role == .embedding {
        let byte = Int(fixture.inputs[index % fixture.inputs.count])
        index = byte * tensor.columns + index % tensor.columns
      }
      if let contexts = fixture.model.layout.contexts,
        let distance = ([fixture.model.layout.embedding] + contexts.tables).firstIndex(of: tensor)
      {
        if distance >= test.context { continue }
        index = Int(fixture.inputs[0]) * tensor.columns + index % tensor.columns
      }
      expectReached(engine.parameters, tensor.offset + index, tensor.name)
    }
    _ = fixture.compute()
    let (O, W) = (test.orders.count, test.ngramWidth)
    let places = engine.tableRows.indices.filter { O > 0 && engine.tableRows[$0] >= 0 }
    if let place = places.randomElement(seed: random.bits(1_000)) {
      let row = place % O * test.ngramRows + Int(engine.tableRows[place])
      expectReached(engine.tables, row * W + Int(random.bits(1_001)) % W, "tables")
    }
    let same = Self.bits(fixture) == before
    #expect(same, "\(test)")
  }
}

extension [Int] {
  /// An element that the random bits choose, or nil of none.
  fileprivate func randomElement(seed bits: UInt32) -> Int? {
    isEmpty ? nil : self[Int(bits) % count]
  }
}
