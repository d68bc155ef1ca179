import KernelInterface
import Kernels
import LanguageModel
import Testing

@Suite struct TextSamplerTests {
  static let test = BytePredictorTests.cases[4]

  static func draw(
    _ count: Int, prompt: [UInt8], seed: UInt64 = 3, threads: Int = 1,
    _ change: (inout TextSampler) -> Void = { _ in }
  ) throws -> [UInt8] {
    let (engine, _) = try BytePredictorTests.engine(
      test, KernelSet.select().name, threads: threads)
    var sampler = try TextSampler(engine: engine, prompt: prompt, seed: seed)
    change(&sampler)
    return (0..<count).map { _ in sampler.next() }
  }

  @Test func theSeedDecidesTheTextAndTheThreadsDoNot() throws {
    let prompt = Sample.bytes(40, seed: 1)
    let text = try Self.draw(100, prompt: prompt)
    for threads in 1...4 {
      #expect(try Self.draw(100, prompt: prompt, threads: threads) == text)
    }
    #expect(try Self.draw(100, prompt: prompt, seed: 4) != text)
  }

  @Test func aTextGoesOnFromItsOwnBeginningAsFromAPrompt() throws {
    func likeliest(_ count: Int, _ prompt: [UInt8]) throws -> [UInt8] {
      try Self.draw(count, prompt: prompt) { $0.temperature = 0 }
    }
    let prompt = Sample.bytes(5, seed: 2)
    let text = prompt + (try likeliest(60, prompt))
    for length in [6, 11, 12, 30, 64] {
      #expect(try likeliest(65 - length, Array(text[..<length])) == Array(text[length...]))
    }
  }

  @Test func noPromptIsANewline() throws {
    #expect(try Self.draw(20, prompt: []) == Self.draw(20, prompt: [0x0A]))
  }

  /// Temperature 1 draws by the model's own odds, and a `topP` leaves the rest out.
  @Test func bytesAreDrawnByTheirOdds() throws {
    let (engine, _) = try BytePredictorTests.engine(Self.test, KernelSet.select().name)
    let predictor = try BytePredictor(engine: engine)
    predictor.append([1, 2, 3])
    let p = predictor.probabilities.map(Double.init)
    var counts = [Double](repeating: 0, count: 256)
    let draws = 4_000
    for seed in 0..<draws {
      var sampler = try TextSampler(engine: engine, prompt: [1, 2, 3], seed: UInt64(seed))
      sampler.temperature = 1
      counts[Int(sampler.next())] += 1
    }
    // Five standard deviations of a binomial count, and a draw.
    for byte in 0..<256 {
      let expected = p[byte] * Double(draws)
      #expect(abs(counts[byte] - expected) < 5 * expected.squareRoot() + 1, "\(byte)")
    }
    let best = try #require(p.indices.max { p[$0] < p[$1] })
    let sure = try Self.draw(1, prompt: [1, 2, 3]) { $0.topP = p[best] * 0.9 }
    #expect(sure == [UInt8(best)])
  }
}
