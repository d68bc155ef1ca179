import GoldenFloat
import KernelInterface
import Kernels
import LanguageModel
import Testing

/// Rounding of arrays against the formats' own definitions.
@Suite struct ArrayRoundingTests {
  /// Numbers of every exponent and sign, ties, the formats' edges, infinities and no number.
  static let numbers: [Float] = {
    let random = CounterRandom(seed: 3)
    let any = (0..<6_000).map { Float(bitPattern: random.bits(UInt32($0))) }
    let usual = (0..<6_000).map { (random.unit(UInt32($0 + 6_000)) - 0.5) * 8 }
    let ties = (0..<2_048).map { Float(bitPattern: 0x3F80_2000 &+ UInt32($0) << 13) }
    let edges: [Float] = [
      0, -0.0, 0x1p-30, 0x1p-39, 0x1p-40, 0x1.8p-40, -0x1.01p-40, 0x1p31, 4_290_772_992,
      4_292_870_144, 4_294_967_040, 0x1p32, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
      0x1.FEFFFEp127, .infinity, -.infinity, .nan,
    ]
    return any + usual + ties + edges
  }()

  static func rounded(_ x: [Float], _ rounding: ArrayRounding, first: Int = 0) -> [Float] {
    var x = x
    let count = x.count
    x.withUnsafeMutableBufferPointer {
      let base = $0.baseAddress.unsafelyUnwrapped
      rounding.round(base, first: first, count, into: base)
    }
    return x
  }

  static func same(_ a: [Float], _ b: [Float]) -> Bool {
    zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
  }

  /// bf16 by its definition: the two neighbours on its lattice, compared in `Double`.
  static func nearestBFloat16(_ x: Float) -> Float {
    guard x.isFinite else { return x }
    let low = Float(bitPattern: x.bitPattern & 0xFFFF_0000)
    let high = Float(bitPattern: (x.bitPattern & 0xFFFF_0000) &+ 0x1_0000)
    // Beyond the largest number lies what would be the next power of two.
    let above = high.isInfinite ? (high < 0 ? -0x1p128 : 0x1p128) : Double(high)
    let (below, over) = (abs(Double(x) - Double(low)), abs(above - Double(x)))
    if below != over { return below < over ? low : high }
    return low.bitPattern >> 16 & 1 == 0 ? low : high
  }

  @Test func float32StaysAsItIs() {
    #expect(Self.same(Self.rounded(Self.numbers, ArrayRounding(.float32)), Self.numbers))
  }

  @Test func nearestIsTheFormatsOwn() {
    let numbers = Self.numbers
    #expect(
      Self.same(Self.rounded(numbers, ArrayRounding(.gf16)), numbers.map { Float(GF16($0)) }))
    #expect(
      Self.same(Self.rounded(numbers, ArrayRounding(.bf16)), numbers.map(Self.nearestBFloat16)))
  }

  @Test func stochasticIsTheLibrarysForTheSameRandomness() {
    let numbers = Self.numbers
    let expected = numbers.enumerated().map {
      Float(
        GF16($1, stochastically: StochasticRounding(seed: 9, counter: UInt64($0 + 100))))
    }
    let got = Self.rounded(numbers, ArrayRounding(.gf16, .stochastic(seed: 9)), first: 100)
    #expect(Self.same(got, expected))
  }

  /// A number at place `p` between its neighbours rounds up `p` of the times: 5 standard errors.
  @Test(arguments: [NumberFormat.bf16, .gf16])
  func theMeanOfStochasticRoundingIsTheNumber(format: NumberFormat) {
    let n = 20_000
    let ulp: Float = format == .bf16 ? 0x1p-7 : 0x1p-9
    for place in [Float(0), 0.25, 0.5, 0.9] {
      let x = 1 + place * ulp
      let rounded = Self.rounded(
        Array(repeating: x, count: n), ArrayRounding(format, .stochastic(seed: 5)))
      #expect(rounded.allSatisfy { $0 == 1 || $0 == 1 + ulp })
      let ups = Double(rounded.filter { $0 > 1 }.count) / Double(n)
      let error = (Double(place) * Double(1 - place) / Double(n)).squareRoot()
      #expect(abs(ups - Double(place)) <= 5 * error, "\(place)")
    }
  }

  @Test func aPieceOfAnArrayRoundsAsTheWhole() {
    let rounding = ArrayRounding(.gf16, .stochastic(seed: 2))
    let whole = Self.rounded(Self.numbers, rounding)
    let piece = Self.rounded(Array(Self.numbers[37...]), rounding, first: 37)
    #expect(Self.same(piece, Array(whole[37...])))
  }

  static let cases = [
    TransformerFixture.Case(width: 12, heads: 3, context: 33, hidden: 20, batch: 3),
    TransformerFixture.Case(
      width: 48, heads: 3, context: 33, hidden: 512, dropout: true, batch: 4, shards: 3),
    TransformerFixture.Case(width: 12, context: 33, attention: false, batch: 3),
    TransformerFixture.Case(encoder: .contexts, width: 48, context: 33, batch: 3),
  ]

  /// Rounded activations leave the gradient within what rounding by 2⁻¹⁰ of each of a path's rows does
  /// to it, and do change it.
  ///
  /// At two layers a path has about 20 rounded rows, and sums over few channels cancel; bf16, at four
  /// times the error, is measured at 0.01 to 0.11 in `MixedPrecisionTests`.
  @Test(arguments: cases)
  func roundedActivationsMoveTheGradientALittle(test: TransformerFixture.Case) throws {
    let fixture = try TransformerFixture(
      test, activations: ArrayRounding(.gf16), kernels: KernelSet.select(nil))
    let exact = fixture.referenceGradients()
    let loss = fixture.compute()
    #expect(loss != exact.loss)
    #expect(abs(loss - exact.loss) < 1e-3 * exact.loss)
    let gradient = fixture.engine.gradient.map(Double.init)
    var moved = 0
    for tensor in fixture.model.layout.tensors {
      let error = relativeDistance(
        Array(gradient[tensor.range]), Array(exact.parameters[tensor.range]))
      #expect(error < 0.04, "\(tensor.name)")
      if error > 1e-5 { moved += 1 }
    }
    #expect(moved > fixture.model.layout.tensors.count / 2)
  }
}
