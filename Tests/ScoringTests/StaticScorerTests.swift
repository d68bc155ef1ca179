import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Scoring
import Synchronization
import Testing
import Training

@Suite struct StaticScorerTests {
  static let variants = KernelSet.available.map(\.name)

  static func configuration() -> ModelConfiguration {
    var configuration = ModelConfiguration()
    configuration.width = 12
    configuration.layers = 2
    configuration.heads = 2
    configuration.context = 20
    configuration.hidden = 16
    configuration.ngramRows = 32
    configuration.ngramWidth = 4
    configuration.ngramOrders = [2, 4]
    return configuration
  }

  /// An engine with random weights everywhere, the head included.
  static func engine(
    _ variant: String, threads: Int = 1, of other: ModelConfiguration? = nil
  ) throws -> Transformer {
    let engine = try Transformer(
      configuration: other ?? configuration(), kernels: KernelSet.select(variant), threads: threads,
      batch: 0)
    engine.initialise(seed: 5)
    let random = CounterRandom(seed: 8)
    for i in engine.parameters.indices {
      engine.parameters[i] += 0.3 * (2 * random.unit(UInt32(i)) - 1)
    }
    engine.parametersChanged()
    return engine
  }

  static func text(_ count: Int, seed: UInt64 = 2) -> [UInt8] {
    let random = CounterRandom(seed: seed)
    return (0..<count).map { UInt8(97 + random.bits(UInt32($0)) % 6) }
  }

  /// The distribution of the byte after `text[start..<end]`, from a pass that sees nothing else.
  static func next(_ engine: Transformer, _ text: [UInt8], _ window: Range<Int>) -> [Float] {
    let seen = Array(text[window])
    let result = Mutex([Float]())
    seen.withUnsafeBufferPointer { bytes in
      engine.probabilities(starts: [0], of: bytes, length: seen.count) { _, p in
        result.withLock { $0 = Array(p.suffix(256)) }
      }
    }
    return result.withLock { $0 }
  }

  /// A reader a byte at a time predicts from the very windows that measure a text from its start.
  @Test(arguments: variants)
  func aScoreIsThatOfAPredictor(variant: String) throws {
    let engine = try Self.engine(variant)
    let text = Self.text(210)
    // Whole strides: the last window reaches back further where the text ends within one.
    let score = StaticScorer(engine: engine).score(text, range: 0..<201)
    let predictor = try BytePredictor(engine: engine)
    for i in 1..<201 {
      predictor.append(text[i - 1])
      let nats = -log(predictor.probabilities[Int(text[i])])
      #expect(abs(score.nats[i] - nats) < 1e-5, "byte \(i)")
    }
  }

  /// Some 100 ulps of logits of a few units: 1e-5 nats.
  @Test(arguments: variants, [(0, 1), (0, 2), (0, 70), (0, 7), (13, 90), (50, 51), (60, 200)])
  func aScoreIsThatOfOneByteAtATime(variant: String, bounds: (Int, Int)) throws {
    let engine = try Self.engine(variant, threads: 2)
    let text = Self.text(210)
    let range = bounds.0..<bounds.1
    for stride in [1, 7, 20, nil] {
      let scorer = StaticScorer(engine: engine, stride: stride)
      let score = scorer.score(text, range: range)
      let plan = WindowPlan(range: range, context: 20, stride: stride ?? 10)
      var expected = [Double](repeating: log(256), count: plan.uncovered)
      for window in plan.windows {
        for byte in window.scored {
          let p = Self.next(engine, text, window.start..<byte)
          expected.append(-log(Double(p[Int(text[byte])])))
        }
      }
      #expect(score.nats.count == range.count)
      let worst = zip(score.nats, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
      #expect(worst < 1e-5)
      #expect(abs(score.totalNats - expected.reduce(0, +)) < 1e-5 * Double(range.count))
    }
  }

  @Test func theDenominatorIsTheNumberOfBytes() throws {
    let engine = try Self.engine("portable")
    let score = StaticScorer(engine: engine).score(Self.text(130), range: 40..<125)
    #expect(score.bytes == 85)
    #expect(score.nats.count == 85)
    #expect(score.totalNats == score.nats.reduce(0) { $0 + Double($1) })
    #expect(score.mean.value == score.totalNats / 85)
    #expect(abs(score.bitsPerByte.value - score.totalNats / 85 / log(2)) < 1e-12)
  }

  @Test func laterBytesDoNotChangeEarlierScores() throws {
    let engine = try Self.engine(KernelSet.select().name)
    let text = Self.text(150)
    let before = StaticScorer(engine: engine).score(text, range: 0..<150).nats
    for changed in [1, 19, 20, 21, 77, 149] {
      var other = text
      other[changed] ^= 1
      let after = StaticScorer(engine: engine).score(other, range: 0..<150).nats
      #expect(Array(before.prefix(changed)) == Array(after.prefix(changed)))
      #expect(before[changed] != after[changed])
    }
  }

  @Test func theStrideIsHalfTheContextUnlessSaidOtherwise() throws {
    #expect(StaticScorer.defaultStride(context: 1) == 1)
    #expect(StaticScorer.defaultStride(context: 128) == 64)
    #expect(StaticScorer.defaultStride(context: 5) == 3)
    #expect(StaticScorer(engine: try Self.engine("portable")).stride == 10)
  }

  /// Before the first step the head is zero: 8 bits a byte, up to the rounding of ln 256 to `Float`.
  @Test(arguments: variants)
  func aNewModelScoresEightBits(variant: String) throws {
    let engine = try Transformer(
      configuration: Self.configuration(), kernels: KernelSet.select(variant), threads: 2,
      batch: 0)
    engine.initialise(seed: 1)
    let random = CounterRandom(seed: 4)
    let text = (0..<300).map { UInt8(random.bits(UInt32($0)) >> 24) }
    let score = StaticScorer(engine: engine).score(text, range: 0..<300)
    #expect(score.nats.allSatisfy { $0 == Float(log(256.0)) })
    #expect(abs(score.bitsPerByte.value - 8) < 3e-8)
  }

  /// The source draws each byte afresh, so nothing can be learnt but its frequencies.
  ///
  /// With any predictor fixed before the draw, the expected score is at least the entropy; the mean
  /// of n code lengths strays from it by about σ/√n, of which four are allowed.
  @Test func aTrainedModelDoesNotBeatTheEntropyOfItsSource() throws {
    let shares = [0.55, 0.25, 0.15, 0.05]
    func source(_ count: Int, seed: UInt64) -> [UInt8] {
      let random = CounterRandom(seed: seed)
      return (0..<count).map { index in
        var u = Double(random.unit(UInt32(index)))
        for (symbol, share) in shares.enumerated() {
          if u < share { return UInt8(97 + symbol) }
          u -= share
        }
        return 100
      }
    }
    let entropy = -shares.reduce(0) { $0 + $1 * log2($1) }
    let variance = shares.reduce(0) { $0 + $1 * pow(-log2($1) - entropy, 2) }
    var configuration = TrainingConfiguration()
    configuration.model = Self.configuration()
    configuration.steps = 200
    configuration.batch = 8
    let trainer = try Trainer(
      configuration: configuration, text: source(40_000, seed: 1), kernels: KernelSet.select(),
      threads: 1)
    for _ in 0..<configuration.steps { _ = trainer.takeStep() }
    let engine = try Transformer(
      configuration: configuration.model, kernels: KernelSet.select(), threads: 1, batch: 0)
    trainer.writeScoredWeights(to: engine)
    let n = 20_000
    let score = StaticScorer(engine: engine).score(source(n, seed: 2), range: 0..<n)
    let slack = 4 * (variance / Double(n)).squareRoot()
    #expect(score.bitsPerByte.value > entropy - slack)
    // It has learnt the frequencies, so the bound is a tight one.
    #expect(score.bitsPerByte.value < entropy + 0.03)
  }
}
