import Invariants
import LanguageModel
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Rotation, gain, causality and normalisation of the attention layer.
@Suite struct ReferenceAttentionTests {
  /// Row `position` of the rotation of a row that stands at every position.
  private func rotated(_ row: [Double], at position: Int, base: Double = 100) -> [Double] {
    let D = row.count
    let rows = [[Double]](repeating: row, count: position + 1).flatMap(\.self)
    return Array(Reference.rotary(rows, headSize: D, base: base).suffix(D))
  }

  @Test func rotaryTurnsPairHalfAHeadApart() {
    // D = 4: the angles at position 3 are 3 and 3 · 100^(−1/2) = 0.3.
    let out = rotated([1, 2, 3, 4], at: 3)
    #expect(abs(out[0] - (cos(3.0) - 3 * sin(3.0))) < 1e-14)
    #expect(abs(out[2] - (sin(3.0) + 3 * cos(3.0))) < 1e-14)
    #expect(abs(out[1] - (2 * cos(0.3) - 4 * sin(0.3))) < 1e-14)
    #expect(abs(out[3] - (2 * sin(0.3) + 4 * cos(0.3))) < 1e-14)
    #expect(rotated([1, 2, 3, 4], at: 0) == [1, 2, 3, 4])
  }

  @Test(arguments: [2, 6, 12])
  func rotaryPreservesTheNorm(headSize: Int) {
    let row = Sample.numbers(headSize, seed: 1)
    for position in [0, 1, 5, 100] {
      let out = rotated(row, at: position)
      #expect(abs(dot(out, out) - dot(row, row)) < 1e-13)
    }
  }

  @Test(arguments: [2, 6, 12])
  func rotaryDotProductsDependOnTheDistanceOnly(headSize: Int) {
    let q = Sample.numbers(headSize, seed: 1)
    let k = Sample.numbers(headSize, seed: 2)
    let near = dot(rotated(q, at: 4), rotated(k, at: 1))
    for offset in [1, 7, 90] {
      let far = dot(rotated(q, at: 4 + offset), rotated(k, at: 1 + offset))
      #expect(abs(far - near) < 1e-12)
    }
    #expect(abs(dot(rotated(q, at: 5), rotated(k, at: 1)) - near) > 1e-3)
  }

  /// `ln P[t, s] − ln P[t, 0]` is a difference of logits, here worked out from the formula.
  @Test(arguments: [1, 3])
  func theGainIsAppliedOnce(heads: Int) {
    let n = 5
    let C = 12
    let D = C / heads
    let x = Sample.numbers(n * 3 * C, seed: 1)
    func logRatios(gain: Double) -> [Double] {
      let shape = Reference.AttentionShape(width: C, heads: heads, gain: gain, rotaryBase: 100)
      let p = Reference.attentionProbabilities(x, shape: shape)
      return (0..<n).map { s in log(p[(n - 1) * n + s]) - log(p[(n - 1) * n]) }
    }
    let once = logRatios(gain: 1.7)
    let twice = logRatios(gain: 3.4)
    func row(_ t: Int, _ part: Int) -> [Double] {
      let first = t * 3 * C + part * C
      let raw = Array(x[first..<(first + D)])
      let inverse = 1 / (dot(raw, raw) / Double(D) + 1e-5).squareRoot()
      return rotated(raw.map { $0 * inverse }, at: t)
    }
    let query = row(n - 1, 0)
    for s in 0..<n {
      let expected =
        1.7 / Double(D).squareRoot() * (dot(query, row(s, 1)) - dot(query, row(0, 1)))
      #expect(abs(once[s] - expected) < 1e-12)
      #expect(abs(twice[s] - 2 * once[s]) < 1e-12)
    }
  }

  @Test func doublingTheScaleDoublesTheLogits() {
    let query = Sample.numbers(18, seed: 1)
    let key = Sample.numbers(18, seed: 2)
    let once = Reference.attentionLogits(query: query, key: key, headSize: 6, scale: 0.75)
    let twice = Reference.attentionLogits(query: query, key: key, headSize: 6, scale: 1.5)
    #expect(twice == once.map { 2 * $0 })
    #expect(once[1] == -.infinity)
  }

  /// INV-9, on rows of all sizes: the bound that is proved, asked of the layer as it is computed.
  @Test(arguments: [(2, 0.5), (6, 2.618), (12, 8)])
  func noLogitAndNoWeightExceedsItsBound(headSize: Int, gain: Double) {
    let n = 24
    let bound = AttentionBound(headWidth: headSize, gain: gain, keys: n)
    let ones = [Double](repeating: 1, count: headSize)
    func rows(_ seed: UInt64) -> [Double] {
      let raw = Sample.numbers(n * headSize, seed: seed)
      // From rows far below the norm's ε to large ones, and one that is all the same.
      let sized = raw.enumerated().map { i, x in
        i / headSize == 0 ? 3 : x * [1e-6, 1, 1e6][i / headSize % 3]
      }
      let normed = Reference.rmsNorm(sized, gain: ones)
      return Reference.rotary(normed, headSize: headSize, base: 100)
    }
    let query = rows(5)
    for key in [rows(6), query] {
      let logits = Reference.attentionLogits(
        query: query, key: key, headSize: headSize, scale: gain / Double(headSize).squareRoot())
      let largest = logits.filter(\.isFinite).map(abs).max() ?? 0
      #expect(largest <= bound.logit * (1 + 1e-12))
      // Equal rows come within the norm's ε of it: the comparison is no empty one.
      #expect(key != query || largest > 0.999 * bound.logit)
    }
    let shape = Reference.AttentionShape(width: headSize, heads: 1, gain: gain, rotaryBase: 100)
    let p = Reference.attentionProbabilities(
      Sample.numbers(n * 3 * headSize, seed: 7).map { 40 * $0 }, shape: shape)
    for t in 0..<n {
      let weights = p[(t * n)...(t * n + t)]
      let row = AttentionBound(headWidth: headSize, gain: gain, keys: t + 1)
      let entropy = -weights.map { $0 * log2($0) }.reduce(0, +)
      #expect(weights.allSatisfy { $0 <= row.largestWeight + 1e-12 })
      #expect(entropy >= row.leastEntropy - 1e-12)
    }
  }

  @Test(arguments: [1, 3, 7])
  func probabilitiesSumToOneOverThePast(n: Int) {
    let shape = Reference.AttentionShape(width: 12, heads: 3, gain: 2.6, rotaryBase: 100)
    let p = Reference.attentionProbabilities(Sample.numbers(n * 36, seed: 1), shape: shape)
    #expect(p.count == 3 * n * n)
    for row in 0..<(3 * n) {
      let t = row % n
      let past = p[(row * n)...(row * n + t)]
      let future = p[(row * n + t + 1)..<((row + 1) * n)]
      #expect(abs(past.reduce(0, +) - 1) < 1e-14)
      #expect(past.allSatisfy { $0 > 0 })
      #expect(future.allSatisfy { $0 == 0 })
    }
  }

  @Test func eachHeadMixesItsOwnColumns() {
    let shape = Reference.AttentionShape(width: 6, heads: 3, gain: 2, rotaryBase: 100)
    var x = Sample.numbers(5 * 18, seed: 1)
    let before = Reference.attention(x, shape: shape)
    // Head 1 has the columns 2 and 3 of q, k and v.
    for t in 0..<5 {
      for part in 0..<3 { x[t * 18 + part * 6 + 2] += 0.5 }
    }
    let after = Reference.attention(x, shape: shape)
    for t in 0..<5 {
      for column in 0..<6 {
        let index = t * 6 + column
        if !(2...3).contains(column) {
          #expect(before[index] == after[index])
        } else if t > 0 {
          #expect(before[index] != after[index])
        }
      }
    }
  }
}
