import Foundation
import Testing

import Corpora

@Suite struct MarkovSourceTests {
  @Test(arguments: [1, 2])
  func rowsAreDistributionsWithoutZeros(order: Int) {
    let source = MarkovSource(seed: 5, order: order)
    for start in stride(from: 0, to: source.weights.count, by: 8) {
      let row = source.weights[start..<start + 8]
      #expect(row.reduce(0, +) == MarkovSource.weightSum)
      #expect(row.allSatisfy { $0 > 0 })
    }
  }

  @Test(arguments: [1, 2])
  func oneStepLeavesTheStationaryDistributionAlone(order: Int) {
    let source = MarkovSource(seed: 6, order: order)
    let contexts = source.stationary.count
    var next = [Double](repeating: 0, count: contexts)
    for context in 0..<contexts {
      for letter in 0..<8 {
        let letters = order == 1 ? [context] : [context / 8, context % 8]
        next[(context * 8 + letter) % contexts] +=
          source.stationary[context] * source.probability(of: letter, after: letters)
      }
    }
    for (before, after) in zip(source.stationary, next) { #expect(abs(before - after) < 1e-14) }
    #expect(abs(source.stationary.reduce(0, +) - 1) < 1e-14)
  }

  /// Order 1 has a second way to its entropy: block entropies H(XY) − H(X) of the exact law.
  @Test func entropyRateIsTheDifferenceOfBlockEntropies() {
    let source = MarkovSource(seed: 7, order: 1)
    func entropy(_ shares: [Double]) -> Double { shares.reduce(0) { $0 - $1 * log2($1) } }
    let pairs = (0..<64).map {
      source.stationary[$0 / 8] * source.probability(of: $0 % 8, after: [$0 / 8])
    }
    let difference = entropy(pairs) - entropy(source.stationary)
    #expect(abs(source.entropyRate - difference) < 1e-12)
    #expect(source.entropyRate > 0 && source.entropyRate < 3)
  }

  /// Batch means over 50 blocks give the standard error; five of them are the tolerance.
  @Test(arguments: [1, 2])
  func trueModelsScoreConvergesToTheEntropyRate(order: Int) throws {
    let source = MarkovSource(seed: 8, order: order)
    let text = source.generate(200_000)
    let blocks = try (0..<50).map {
      try #require(source.trueScore(of: text[$0 * 4000..<($0 + 1) * 4000]))
    }
    let mean = blocks.reduce(0, +) / 50
    let variance = blocks.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 49
    #expect(abs(mean - source.entropyRate) < 5 * (variance / 50).squareRoot())
    #expect((variance / 50).squareRoot() < 0.01)
  }

  @Test func noPredictorScoresBelowTheCredibleFloor() throws {
    let source = MarkovSource(seed: 9, order: 2)
    let text = source.generate(60_000)
    let floor = try #require(source.credibleFloor(for: text[...]))
    for order in 0...3 { #expect(Self.countingScore(of: text, order: order) > floor) }
    // A predictor that has seen the text is caught.
    #expect(Self.countingScore(of: text, order: 3, trainedOnTextFirst: true) < floor)
  }

  @Test func sameSeedSameBytesAndTheCatalogueSplitsThreeWays() throws {
    let source = CorpusCatalog.markovSource
    #expect(source.generate(1000) == source.generate(1000))
    #expect(source.generate(1000) != source.generate(1000, stream: 1))
    let folder = try TemporaryFolder()
    let corpus = try CorpusCache(folder: folder.path).fetch(
      "markov", options: FetchOptions(offline: true))
    #expect(corpus.bytes(of: .train).count == 160_000)
    #expect(corpus.bytes(of: .validation).count == 20_000)
    #expect(LeakAudit.audit(corpus).passed)
  }

  /// An adaptive predictor: counts of each context, with half an observation of each letter.
  private static func countingScore(
    of text: [UInt8], order: Int, trainedOnTextFirst: Bool = false
  ) -> Double {
    var contexts = 1
    for _ in 0..<order { contexts *= 8 }
    var counts = [Double](repeating: 0.5, count: contexts * 8)
    var bits = 0.0
    for pass in trainedOnTextFirst ? [0, 1] : [1] {
      bits = 0
      var context = 0
      for byte in text {
        let letter = MarkovSource.alphabet.firstIndex(of: byte) ?? 0
        let row = context * 8
        let total = counts[row..<row + 8].reduce(0, +)
        bits -= log2(counts[row + letter] / total)
        if pass == 0 || !trainedOnTextFirst { counts[row + letter] += 1 }
        context = (context * 8 + letter) % contexts
      }
    }
    return bits / Double(text.count)
  }
}
