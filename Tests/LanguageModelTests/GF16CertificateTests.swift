import GoldenFloat
import Invariants
import KernelInterface
import LanguageModel
import Testing

/// INV-3's bounds against errors and inputs that really occur.
@Suite struct GF16CertificateTests {
  private static func rounded(_ x: Double) -> Double { Double(Float(GF16(Float(x)))) }

  /// A dot product of rounded operands in binary32, in one order of several.
  private static func computed(_ w: [Double], _ x: [Double], order: Int) -> Double {
    let products = zip(w, x).map { Float(rounded($0)) * Float(rounded($1)) }
    switch order {
    case 0: return Double(products.reduce(0, +))
    case 1:
      return Double(
        zip(w, x).reduce(Float(0)) {
          $0.addingProduct(Float(rounded($1.0)), Float(rounded($1.1)))
        })
    default:
      var level = products
      while level.count > 1 {
        level = stride(from: 0, to: level.count, by: 2).map {
          $0 + 1 < level.count ? level[$0] + level[$0 + 1] : level[$0]
        }
      }
      return Double(level[0])
    }
  }

  private static func bound(_ w: [Double], _ x: [Double]) -> GF16ProductBound {
    func norm(_ v: [Double]) -> Double { v.reduce(0) { $0 + $1 * $1 }.squareRoot() * (1 + 1e-12) }
    func largest(_ v: [Double]) -> Double { v.map(abs).max() ?? 0 }
    return GF16ProductBound(
      terms: w.count, largestWeight: largest(w), largestInput: largest(x), weightNorm: norm(w),
      inputNorm: norm(x))
  }

  /// Operands of ordinary size, and such as become subnormal or nothing in GF16.
  @Test(arguments: [1.0, 1e-3, 0x1p-32, 0x1p-38, 0x1p-44])
  func noDotProductIsFartherOffThanItsBound(scale: Double) {
    for n in [1, 2, 3, 17, 256, 1_000] {
      for seed in 0..<20 as Range<UInt64> {
        let w = Sample.numbers(n, seed: 2 * seed).map { Double(Float($0)) }
        let x = Sample.numbers(n, seed: 2 * seed + 1).map { Double(Float($0 * scale)) }
        let exact = zip(w, x).reduce(0) { $0 + $1.0 * $1.1 }
        let bound = Self.bound(w, x)
        for order in 0..<3 {
          let error = abs(Self.computed(w, x, order: order) - exact)
          // The exact sum is in binary64.
          #expect(error <= bound.error + 1e-15 * Double(n) * scale, "n \(n), order \(order)")
        }
      }
    }
  }

  /// Every operand loses 2⁻¹⁰ of itself, and all in the same direction: nothing to spare but the
  /// second order.
  @Test func theBoundIsNearlyMet() {
    let operand = 1 + 0x1p-10
    let w = [Double](repeating: operand, count: 64)
    let exact = 64 * operand * operand
    let error = abs(Self.computed(w, w, order: 2) - exact)
    #expect(error > 0.98 * Self.bound(w, w).error)
    // What vanishes altogether is bounded by the part of subnormal operands alone.
    let tiny = [Double](repeating: 0x1p-41, count: 64)
    let one = [Double](repeating: 1, count: 64)
    #expect(Self.computed(tiny, one, order: 0) == 0)
    let vanished = Self.bound(tiny, one)
    #expect(vanished.error >= 64 * 0x1p-41)
  }

  @Test func whatOverflowsDoesNotFit() {
    func fits(_ weight: Double, _ input: Double, _ terms: Int = 4) -> Bool {
      GF16ProductBound(terms: terms, largestWeight: weight, largestInput: input).fits
    }
    let edge = GF16ProductBound.finiteBelow
    #expect(fits(edge.nextDown, edge.nextDown) && !fits(edge, 1) && !fits(1, edge))
    #expect(fits(1, 1, GF16ProductBound.mostTerms) && !fits(1, 1, GF16ProductBound.mostTerms + 1))
    #expect(Float(GF16(Float(4_292_870_143.0 - 128))).isFinite)
    #expect(Float(GF16(Float(edge))).isInfinite)
  }

  /// A forward pass out of the reference's public pieces, which hands out what each product reads.
  private static func inputs(
    _ model: Reference.Model<Double>, _ text: [UInt8]
  ) -> (products: [(name: String, input: [Double], matrix: [Double])], logits: [Double]) {
    let (layout, configuration) = (model.layout, model.configuration)
    func values(_ tensor: ParameterLayout.Tensor) -> [Double] {
      Array(model.parameters[tensor.range])
    }
    var seen: [(name: String, input: [Double], matrix: [Double])] = []
    func product(_ x: [Double], _ tensor: ParameterLayout.Tensor) -> [Double] {
      seen.append((tensor.name, x, values(tensor)))
      return Reference.matmul(x, values(tensor), outputs: tensor.columns)
    }
    func shifted(_ x: [Double], _ factor: ParameterLayout.Tensor?) -> [Double] {
      factor.map { Reference.tokenShift(x, factor: values($0)) } ?? x
    }
    let C = configuration.width
    var x = Reference.embedding(text, table: values(layout.embedding), width: C)
    if let projection = layout.ngramProjection {
      let rows = Reference.ngrams(text, tables: model.tables, configuration: configuration)
      x = zip(x, product(rows, projection)).map(+)
    }
    var first: [Double]?
    for block in layout.blocks {
      if let part = block.attention {
        let normed = Reference.rmsNorm(x, gain: values(part.gain))
        var qkv = product(shifted(normed, part.shift), part.queryKeyValue)
        let own = qkv
        if let share = part.valueShare, let first {
          let taken = values(share)[0]
          for i in qkv.indices where i % (3 * C) >= 2 * C {
            qkv[i] += taken * (first[i] - qkv[i])
          }
        }
        first = first ?? own
        let heads = Reference.attention(qkv, shape: Reference.AttentionShape(configuration))
        x = zip(x, product(heads, part.output)).map(+)
      }
      let normed = Reference.rmsNorm(x, gain: values(block.hiddenGain))
      let raised = product(shifted(normed, block.hiddenShift), block.up)
      let active = Reference.activation(configuration.activation, raised)
      x = zip(x, product(active, block.down)).map(+)
    }
    let latents = Reference.rmsNorm(x, gain: layout.finalGain.map(values) ?? [])
    let logits = Reference.addBias(product(latents, layout.head), bias: values(layout.headBias))
    return (seen, logits)
  }

  private static func certificate(_ model: Reference.Model<Double>) -> GF16Certificate {
    let parameters = model.parameters.map { $0.isNaN ? 0 : Float($0) }
    let tables = model.tables.map { Float($0) }
    return parameters.withUnsafeBufferPointer { parameters in
      tables.withUnsafeBufferPointer { tables in
        GF16Certificate(model.configuration, parameters: parameters, tables: tables)
      }
    }
  }

  @Test(arguments: [Activation.squaredReLU, .relu, .gelu], [false, true])
  func noTextExceedsWhatTheCertificateAllows(activation: Activation, valueResidual: Bool) throws {
    var configuration = ReferenceModelFixture.configuration(tokenShift: true, ngrams: true)
    configuration.activation = activation
    configuration.valueResidual = valueResidual
    let fixture = ReferenceModelFixture(configuration)
    let model = fixture.model
    let certificate = Self.certificate(model)
    #expect(certificate.fits)
    #expect(certificate.products.count == 1 + 2 * 6 + 1)
    var used = 0.0
    for seed in 0..<12 as Range<UInt64> {
      let text = Sample.bytes(11, seed: seed, limit: seed < 6 ? 256 : 3)
      let (products, logits) = Self.inputs(model, text)
      #expect(
        zip(logits, model.logits(inputs: text)).allSatisfy { abs($0 - $1) < 1e-9 },
        "the pieces are the model")
      for (name, input, matrix) in products {
        let bound = try #require(certificate.products.first { $0.name == name }).bound
        let columns = matrix.count / bound.terms
        for row in 0..<(input.count / bound.terms) {
          let x = Array(input[(row * bound.terms)..<((row + 1) * bound.terms)])
          let norm = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
          #expect(
            x.allSatisfy { abs($0) <= bound.largestInput } && norm <= bound.inputNorm, "\(name)")
          used = max(used, norm / bound.inputNorm)
          for column in 0..<columns {
            let w = (0..<bound.terms).map { matrix[$0 * columns + column] }
            let exact = zip(w, x).reduce(0) { $0 + $1.0 * $1.1 }
            let error = abs(Self.computed(w, x, order: Int(seed % 3)) - exact)
            #expect(error <= bound.error, "\(name)")
          }
        }
      }
    }
    // A bound that nothing comes near would say nothing.
    #expect(used > 0.5)
  }

  /// Also with the automaton before the head: logits move by no more than the certificate says, and
  /// scores accordingly.
  @Test(arguments: [nil, NCAConfiguration()])
  func roundingTheHeadMovesLogitsAndScoresAsBounded(nca: NCAConfiguration?) {
    var configuration = ReferenceModelFixture.configuration(tokenShift: false, ngrams: false)
    configuration.nca = nca
    let fixture = ReferenceModelFixture(configuration)
    var model = fixture.model
    let certificate = Self.certificate(model)
    let before = model.logits(inputs: fixture.inputs)
    let loss = model.loss(
      inputs: fixture.inputs, targets: fixture.targets,
      weights: [Double](repeating: 1 / 7, count: 7), dropout: nil,
      ncaWeights: [0, 0, 0, 0, 0, 0, 0])
    for i in model.layout.head.range { model.parameters[i] = Self.rounded(model.parameters[i]) }
    let after = model.logits(inputs: fixture.inputs)
    let moved = zip(before, after).map { abs($0 - $1) }.max() ?? 0
    #expect(moved > 0 && moved <= certificate.logitError)
    let rounded = model.loss(
      inputs: fixture.inputs, targets: fixture.targets,
      weights: [Double](repeating: 1 / 7, count: 7), dropout: nil,
      ncaWeights: [0, 0, 0, 0, 0, 0, 0])
    #expect(abs(rounded - loss) / 0.693147 <= 2 * moved / 0.693147)
    #expect(2 * moved / 0.693148 <= certificate.scoreError)
  }

  /// The certificate follows the weights: a large gain, an outlier in a table.
  @Test func largeWeightsShow() {
    var configuration = ReferenceModelFixture.configuration(tokenShift: true, ngrams: true)
    configuration.activation = .squaredReLU
    var model = ReferenceModelFixture(configuration).model
    let small = Self.certificate(model)
    for block in model.layout.blocks {
      for i in block.hiddenGain.range { model.parameters[i] *= 1e5 }
    }
    let large = Self.certificate(model)
    #expect(small.fits && !large.fits)
    #expect(
      large.products.filter { !$0.bound.fits }.map(\.name) == [
        "block.0.mlp.down", "block.1.mlp.down",
      ])
    #expect(large.logitError == small.logitError)
    var outlier = ReferenceModelFixture(configuration).model
    outlier.tables[5] = 5e9
    #expect(
      Self.certificate(outlier).products.filter { !$0.bound.fits }.map(\.name)
        == ["ngram.projection"])
  }
}
