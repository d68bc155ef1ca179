import Kernels
import LanguageModel
import Testing

/// The forward functions against values worked out by hand and properties of their formulas.
@Suite struct ReferenceLayerTests {
  @Test func matmulMultipliesRowsByColumns() {
    let x: [Double] = [1, 2, 3, 4, 5, 6]
    let weights: [Double] = [1, 10, 2, 20, 3, 30]
    #expect(Reference.matmul(x, weights, outputs: 2) == [14, 140, 32, 320])
  }

  @Test func rmsNormDividesByTheRootMeanSquare() {
    let out = Reference.rmsNorm([3, -4, 0, 0] as [Double], gain: [1, 2])
    let root = (12.5 + 1e-5).squareRoot()
    #expect(abs(out[0] - 3 / root) < 1e-15)
    #expect(abs(out[1] + 8 / root) < 1e-15)
    #expect(out[2...] == [0, 0])
  }

  @Test func tokenShiftAddsTheRowBefore() {
    let x: [Double] = [1, 2, 3, 4, 5, 6]
    #expect(Reference.tokenShift(x, factor: [10, -1]) == [1, 2, 13, 2, 35, 2])
  }

  @Test func squaredReLUDropsNegativeValues() {
    #expect(Reference.squaredReLU([-2, 0, 3] as [Double]) == [0, 0, 9])
  }

  @Test func dropoutFollowsTheCounterAndScalesTheRest() {
    let random = DropoutKey(seed: 1, step: 2, sequence: 3).random(site: 4)
    #expect(random == CounterRandom(seed: 1, 2, 3, 4))
    let ones = [Double](repeating: 1, count: 10_000)
    let out = Reference.dropout(ones, rate: 0.25, random: random)
    for i in out.indices {
      let dropped = random.bits(UInt32(i)) < 1 << 30
      #expect(out[i] == (dropped ? 0 : 4.0 / 3))
    }
    // 10,000 draws at 1/4: standard deviation 43.3; five of them are 217.
    let zeros = out.count { $0 == 0 }
    #expect(abs(zeros - 2500) < 217)
    #expect(Reference.dropout(ones, rate: 0.25, random: nil) == ones)
    #expect(Reference.dropout(ones, rate: 0, random: random) == ones)
  }

  @Test func equalLogitsCostTheLogarithmOfTheVocabulary() {
    let logits = [Double](repeating: 3, count: 512)
    let loss = Reference.softmaxCrossEntropy(logits, targets: [0, 255], weights: [1, 0.5])
    #expect(abs(loss - 1.5 * 5.545_177_444_479_562) < 1e-12)
  }

  @Test func hugeLogitsNeitherOverflowNorLoseTheTarget() {
    var logits = [Double](repeating: -1e300, count: 256)
    logits[9] = 1e300
    #expect(Reference.softmaxCrossEntropy(logits, targets: [9], weights: [1]) == 0)
    #expect(Reference.softmax(logits, columns: 256)[9] == 1)
  }

  @Test func softmaxRowsSumToOne() {
    let p = Reference.softmax(Sample.numbers(7 * 256, seed: 1, scale: 20), columns: 256)
    for t in 0..<7 {
      let row = p[(t * 256)..<((t + 1) * 256)]
      #expect(abs(row.reduce(0, +) - 1) < 1e-14)
      #expect(row.allSatisfy { $0 > 0 })
    }
  }

  @Test func ngramsPlaceEachOrdersRowAndLeaveShortContextsZero() throws {
    var configuration = ModelConfiguration()
    configuration.ngramOrders = [2, 3]
    configuration.ngramRows = 16
    configuration.ngramWidth = 2
    let inputs: [UInt8] = [65, 66, 67]
    let tables = Sample.numbers(64, seed: 1)
    let out = Reference.ngrams(inputs, tables: tables, configuration: configuration)
    func row(_ position: Int, _ order: Int) -> Int? {
      unsafe inputs.withUnsafeBufferPointer { bytes in
        guard let first = bytes.baseAddress else { return nil }
        return unsafe NgramHash.row(first, position: position, order: order, rows: 16)
      }
    }
    let pair1 = try #require(row(1, 2))
    let pair2 = try #require(row(2, 2))
    let triple2 = try #require(row(2, 3))
    #expect(out[0..<4] == [0, 0, 0, 0])
    #expect(Array(out[4..<6]) == Array(tables[(pair1 * 2)..<(pair1 * 2 + 2)]))
    #expect(out[6..<8] == [0, 0])
    #expect(Array(out[8..<10]) == Array(tables[(pair2 * 2)..<(pair2 * 2 + 2)]))
    #expect(
      Array(out[10..<12]) == Array(tables[(32 + triple2 * 2)..<(32 + triple2 * 2 + 2)]))
  }
}
