import Determinism
import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Scoring
import Testing

/// Coding with predictors: what it costs, and that it comes back.
@Suite struct SequentialCodeTests {
  static func predictor(
    _ variant: String, _ text: [UInt8], from start: Int, threads: Int = 1
  ) throws -> BitsOfBytes {
    let engine = try StaticScorerTests.engine(variant, threads: threads)
    return BitsOfBytes(try NetworkPredictor(engine: engine, context: text[..<start]))
  }

  /// A network's own −log₂ p, added up from its probabilities, is what its code is long.
  @Test(arguments: StaticScorerTests.variants, [0, 1, 9, 60])
  func aCodeIsAsLongAsTheScoreSays(variant: String, start: Int) throws {
    let text = StaticScorerTests.text(3_000)
    let range = start..<2_500
    let code = SequentialCode.encode(
      text[range], with: try Self.predictor(variant, text, from: start))
    #expect(code.bytes == range.count)
    #expect(code.agrees)
    // The coder's own loss is a byte at the end and rounding; that of the shares is rounding.
    #expect(Double(8 * code.payload.count) - code.bits < 8 + 1e-4 * Double(range.count))
    #expect(Double(8 * code.payload.count) >= code.sharedBits - 8)
    #expect(abs(code.sharedBits - code.bits) < 1e-4 * Double(range.count))
    #expect(code.certified - code.evaluated < 0.001 + 8 / Double(range.count))
    // The windows at once, by the other pass; to an end where its last window is a whole one.
    let engine = try StaticScorerTests.engine(variant)
    let whole = start..<(start <= 10 ? 2_491 : 2_490)
    let score = StaticScorer(engine: engine).score(text, range: whole)
    let again = SequentialCode.encode(
      text[whole], with: try Self.predictor(variant, text, from: start))
    #expect(abs(score.bitsPerByte.value - again.evaluated) < 1e-5)
  }

  @Test func whatIsDecodedIsTheText() throws {
    let text = StaticScorerTests.text(900)
    let code = SequentialCode.encode(
      text[50...], with: try Self.predictor("portable", text, from: 50))
    let back = try SequentialCode.decode(
      code.payload, to: text[50...],
      with: try Self.predictor("portable", text, from: 50, threads: 2))
    #expect(back == code)
  }

  /// Another model, another text, a bit turned, an end cut or added: each is refused.
  @Test func anythingElseIsRefused() throws {
    let text = StaticScorerTests.text(600)
    func predictor() throws -> BitsOfBytes { try Self.predictor("portable", text, from: 50) }
    let payload = SequentialCode.encode(text[50...], with: try predictor()).payload
    func refuse(_ payload: [UInt8], _ text: ArraySlice<UInt8>, _ what: String) throws {
      let bits = try predictor()
      let error = #expect(throws: CertificateError.self, "\(what)") {
        try SequentialCode.decode(payload, to: text, with: bits)
      }
      #expect(error?.code == .differs)
    }
    for index in [50, 51, 300, 599] {
      var other = text
      other[index] ^= 1
      try refuse(payload, other[50...], "byte \(index)")
    }
    for index in stride(from: 0, to: payload.count, by: 17) {
      var other = payload
      other[index] ^= 4
      try refuse(other, text[50...], "bit of code byte \(index)")
    }
    try refuse(Array(payload.dropLast()), text[50...], "cut")
    try refuse(payload + [0], text[50...], "longer by a zero")
    try refuse([], text[50...], "empty")
    try refuse(payload, text[50..<599], "a shorter text")

    let engine = try StaticScorerTests.engine("portable")
    engine.parameters[engine.layout.head.offset] += 0.01
    engine.parametersChanged()
    let foreign = BitsOfBytes(try NetworkPredictor(engine: engine, context: text[..<50]))
    #expect(throws: CertificateError.self) {
      try SequentialCode.decode(payload, to: text[50...], with: foreign)
    }
  }

  /// Whatever the code, decoding ends and refuses.
  @Test func randomCodesAreRefused() throws {
    var random = SplitMix64(seed: 5)
    let text = StaticScorerTests.text(60)
    for _ in 0..<300 {
      let payload = (0..<random.index(below: 40)).map { _ in UInt8(random.index(below: 256)) }
      let bits = BitsOfBytes(Counts())
      #expect(throws: CertificateError.self) {
        try SequentialCode.decode(payload, to: text, with: bits)
      }
    }
  }

  /// Later bytes change nothing of what was predicted before them.
  @Test func earlierPredictionsDoNotSeeLaterBytes() throws {
    let text = StaticScorerTests.text(120)
    var other = text
    for i in 80..<120 { other[i] = other[i] &+ UInt8(1 + i % 5) }
    #expect(try Self.shares(text, upTo: 80) == Self.shares(other, upTo: 80))
  }

  private static func shares(_ text: [UInt8], upTo end: Int) throws -> [BitShare] {
    let bits = try predictor("portable", text, from: 10)
    var shares: [BitShare] = []
    for byte in text[10...] {
      for place in stride(from: 7, through: 0, by: -1) {
        shares.append(bits.predict())
        bits.learn(byte >> place & 1 == 1)
      }
    }
    return Array(shares.prefix((end - 10) * 8))
  }

  /// Byte counts as `Float` numbers: a predictor that needs no network.
  final class Counts: ByteLearner {
    private let counts = UnsafeMutableBufferPointer<Float>.allocate(capacity: 256)
    init() { counts.initialize(repeating: 1) }
    deinit { counts.deallocate() }
    var probabilities: UnsafeBufferPointer<Float>? { UnsafeBufferPointer(counts) }
    func learn(_ byte: UInt8) { counts[Int(byte)] += 1 }
  }

  /// The shares of a byte's eight bits multiply to its part of all, to rounding.
  @Test func bitSharesMultiplyToTheBytesProbability() {
    let source = Counts()
    for byte in "the quick brown fox".utf8 { source.learn(byte) }
    for byte in UInt8.min...UInt8.max {
      let copy = Counts()
      for other in "the quick brown fox".utf8 { copy.learn(other) }
      let bits = BitsOfBytes(copy)
      let expected = bits.probability(of: byte)
      var product = 1.0
      for place in stride(from: 7, through: 0, by: -1) {
        let bit = byte >> place & 1 == 1
        product *= Double(bits.predict().parts(of: bit)) / Double(BitShare.total)
        bits.learn(bit)
      }
      #expect(abs(product / expected - 1) < 1e-4)
    }
  }

  /// Probabilities that are zero, tiny, or no numbers: coded at a cost, or said to be unsound.
  @Test func improbableBytesAreCodedAndNoNumbersAreSaid() throws {
    final class Fixed: ByteLearner {
      let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: 256)
      init(_ of: (Int) -> Float) { for i in 0..<256 { values[i] = of(i) } }
      deinit { values.deallocate() }
      var probabilities: UnsafeBufferPointer<Float>? { UnsafeBufferPointer(values) }
      func learn(_ byte: UInt8) {}
    }
    let text: [UInt8] = [0, 255, 3, 3, 3, 128]
    for source in [Fixed { $0 == 3 ? 1 : 0 }, Fixed { $0 == 3 ? 1 : 2e-38 }] {
      let code = SequentialCode.encode(text, with: BitsOfBytes(source))
      let back = try SequentialCode.decode(code.payload, to: text, with: BitsOfBytes(source))
      #expect(back.payload == code.payload)
    }
    for source in [Fixed { _ in .nan }, Fixed { $0 == 9 ? .infinity : 0 }, Fixed { _ in 0 }] {
      let bits = BitsOfBytes(source)
      let code = SequentialCode.encode(text, with: bits)
      #expect(!bits.isSound && !code.bits.isFinite && !code.agrees)
    }
  }
}
