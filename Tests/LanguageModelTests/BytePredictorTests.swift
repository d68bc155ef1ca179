import KernelInterface
import Kernels
import LanguageModel
import Testing

/// Prediction a byte at a time against whole windows.
@Suite struct BytePredictorTests {
  static let variants = KernelSet.available.map(\.name)

  /// The shortest contexts, where each byte begins a window; odd numbers of heads; no n-grams and
  /// orders up to 8; token shift on and off; three blocks; windows across the blocks of 96 queries
  /// and of 128 positions, with products that several threads share.
  static let cases = [
    TransformerFixture.Case(width: 6, heads: 1, context: 1, hidden: 7),
    TransformerFixture.Case(width: 12, heads: 3, context: 1, orders: [], tokenShift: false),
    TransformerFixture.Case(width: 6, heads: 3, context: 2, hidden: 7, orders: [2, 8]),
    TransformerFixture.Case(width: 12, heads: 2, context: 3, tokenShift: false),
    TransformerFixture.Case(
      width: 30, heads: 5, context: 11, layers: 3, orders: [2, 3, 4, 5, 6, 7, 8]),
    TransformerFixture.Case(width: 12, heads: 3, context: 16, layers: 3, orders: []),
    TransformerFixture.Case(
      width: 48, heads: 3, context: 49, hidden: 33, orders: [3, 8], tokenShift: false),
    TransformerFixture.Case(width: 64, heads: 1, context: 100, hidden: 512, layers: 1),
    TransformerFixture.Case(width: 9, heads: 3, context: 16),
    TransformerFixture.Case(width: 12, context: 11, attention: false),
    TransformerFixture.Case(
      width: 12, context: 11, layers: 3, activation: .gelu, valueResidual: true),
    TransformerFixture.Case(width: 12, context: 11, activation: .relu),
    TransformerFixture.Case(encoder: .contexts, width: 12, context: 1),
    TransformerFixture.Case(encoder: .contexts, width: 48, context: 12, contexts: 6),
    TransformerFixture.Case(width: 12, heads: 3, context: 16, hidden: 7, nca: NCAConfiguration()),
    TransformerFixture.Case(width: 70, heads: 7, context: 301, hidden: 300, layers: 2),
  ]

  /// Texts of a few letters, so that n-grams repeat; more than two windows begin anew.
  static func text(_ test: TransformerFixture.Case) -> [UInt8] {
    Sample.bytes(2 * test.context + 9, seed: 4, limit: 5)
  }

  static func engine(
    _ test: TransformerFixture.Case, _ variant: String, threads: Int = 1
  ) throws -> (engine: Transformer, fixture: TransformerFixture) {
    let fixture = try TransformerFixture(test, kernels: KernelSet.select(variant))
    return (try TransformerScoringTests.scorer(fixture, threads: threads), fixture)
  }

  static func bits(_ logits: UnsafeBufferPointer<Float>) -> [UInt32] { logits.map(\.bitPattern) }

  /// The logits' bits after each byte, appended in pieces of the given sizes, taken in turn; nil
  /// within a piece.
  static func logits(
    _ engine: Transformer, _ text: [UInt8], pieces: [Int]
  ) throws -> [[UInt32]?] {
    let predictor = try BytePredictor(engine: engine)
    var result: [[UInt32]?] = []
    var turn = 0
    while result.count < text.count {
      let end = min(result.count + pieces[turn % pieces.count], text.count)
      predictor.append(Array(text[result.count..<end]))
      result += [[UInt32]?](repeating: nil, count: end - result.count - 1)
      result.append(Self.bits(predictor.logits))
      turn += 1
    }
    return result
  }

  /// Logits end the same chain of operations as scores, which agree with the reference to 1e-5 nats
  /// (`TransformerScoringTests`); here in units of the largest logit, if that is above 1, since the
  /// head's sums round in proportion to it.
  ///
  /// The longest window is left to the engine itself: the reference takes seconds for it.
  @Test(arguments: variants, cases.dropLast())
  func everyStepsLogitsAreThoseOfAForwardPassOverItsWindow(
    variant: String, test: TransformerFixture.Case
  ) throws {
    let (engine, fixture) = try Self.engine(test, variant)
    let text = Self.text(test)
    let predictor = try BytePredictor(engine: engine)
    var exact: [Double] = []
    var current = -1
    for end in 1...text.count {
      predictor.append(text[end - 1])
      let start = BytePredictor.windowStart(length: end, context: test.context)
      if start != current {
        // Later bytes change nothing before them: one pass serves all steps of a window.
        current = start
        exact = fixture.model.logits(
          inputs: Array(text[start..<min(start + test.context, text.count)]))
      }
      let row = exact[((end - start - 1) * 256)..<((end - start) * 256)]
      let size = row.reduce(1) { max($0, abs($1)) }
      let worst = zip(predictor.logits, row).reduce(0.0) { max($0, abs(Double($1.0) - $1.1)) }
      #expect(worst < 1e-5 * size, "byte \(end)")
    }
  }

  /// A window that is read anew, wherever it stands, is predicted from as before, bit for bit.
  @Test(arguments: variants, cases)
  func weightsThatStayPredictTheSameWhenReadAnew(
    variant: String, test: TransformerFixture.Case
  ) throws {
    let (engine, _) = try Self.engine(test, variant)
    let text = Self.text(test)
    let (still, anew) = (try BytePredictor(engine: engine), try BytePredictor(engine: engine))
    for (index, byte) in text.enumerated() {
      if index % 3 == 1 {
        engine.parametersChanged()
        anew.weightsChanged()
      }
      still.append(byte)
      anew.append(byte)
      #expect(Self.bits(still.logits) == Self.bits(anew.logits), "byte \(index)")
    }
  }

  @Test(arguments: variants, cases)
  func probabilitiesAreThoseThatScoringGives(
    variant: String, test: TransformerFixture.Case
  ) throws {
    let (engine, _) = try Self.engine(test, variant)
    let text = Self.text(test)
    let predictor = try BytePredictor(engine: engine)
    for end in 1...text.count {
      predictor.append(text[end - 1])
      guard end % 7 < 2 || end > text.count - 3 else { continue }
      let start = BytePredictor.windowStart(length: end, context: test.context)
      let expected = TransformerScoringTests.probabilities(
        engine, starts: [start], of: text, length: end - start
      )[0].suffix(256)
      // As for the probabilities of whole windows: 1e-5 each way.
      let agree = zip(predictor.probabilities, expected).allSatisfy {
        abs($0 - $1) <= 2e-5 * $1 + 1e-9
      }
      #expect(agree, "byte \(end)")
    }
  }

  @Test(arguments: variants, cases)
  func piecesDoNotChangeABit(variant: String, test: TransformerFixture.Case) throws {
    let (engine, _) = try Self.engine(test, variant)
    let text = Self.text(test)
    let single = try Self.logits(engine, text, pieces: [1])
    let T = test.context
    for pieces in [[text.count], [T], [T + 1], [2 * T + 1, 1], [1, 5, 2], [47, 1, 2], [129]] {
      for (end, logits) in try Self.logits(engine, text, pieces: pieces).enumerated() {
        guard let logits else { continue }
        let same = logits == single[end]
        #expect(same, "pieces \(pieces), byte \(end + 1)")
      }
    }
  }

  /// At 512 channels a single row's products are shared out, too.
  @Test(arguments: variants)
  func threadsDoNotChangeABit(variant: String) throws {
    let wide = TransformerFixture.Case(
      width: 512, heads: 8, context: 6, hidden: 2048, layers: 1, orders: [2], tokenShift: true)
    for test in [wide, Self.cases[9]] {
      let text = Self.text(test)
      let fixture = try TransformerFixture(test, kernels: KernelSet.select(variant))
      var results: [[[UInt32]?]] = []
      for threads in 1...4 {
        let engine = try TransformerScoringTests.scorer(fixture, threads: threads)
        results.append(try Self.logits(engine, text, pieces: [5]))
      }
      let same = results.allSatisfy { $0 == results[0] }
      #expect(same, "\(test)")
    }
  }

  /// What scoring leaves behind does not reach a predictor, nor the other way round.
  @Test func scoringBetweenTwoBytesChangesNothing() throws {
    let test = Self.cases[5]
    let (engine, _) = try Self.engine(test, "portable")
    let text = Self.text(test)
    let undisturbed = try Self.logits(engine, text, pieces: [1])
    let scores = TransformerScoringTests.scores(engine, starts: [2], of: text, length: 16)
    let predictor = try BytePredictor(engine: engine)
    for (end, byte) in text.enumerated() {
      predictor.append(byte)
      let between = TransformerScoringTests.scores(engine, starts: [2], of: text, length: 16)
      #expect(between == scores)
      let same = Self.bits(predictor.logits) == undisturbed[end]
      #expect(same)
    }
  }

  /// A window never looks back further than the context, nor less than half of it once it can.
  @Test(arguments: [1, 2, 3, 4, 7, 8, 1024])
  func windowsHoldBetweenHalfAContextAndAWholeOne(context: Int) {
    var starts: [Int] = []
    for length in 1...(4 * context + 3) {
      let start = BytePredictor.windowStart(length: length, context: context)
      #expect(length - start <= context)
      #expect(length - start >= min(length, context / 2 + 1))
      starts.append(start)
    }
    #expect(starts == starts.sorted())
    let moves = Set(zip(starts, starts.dropFirst()).map { $1 - $0 })
    #expect(moves.subtracting([0]) == [(context + 1) / 2])
  }

  @Test func anEmptyTextPredictsNothing() async {
    await #expect(processExitsWith: .failure) {
      let (engine, _) = try BytePredictorTests.engine(BytePredictorTests.cases[0], "portable")
      let predictor = try BytePredictor(engine: engine)
      predictor.append([UInt8]())
      _ = predictor.logits
    }
  }
}
