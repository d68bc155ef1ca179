internal import Determinism

/// A stationary Markov chain over eight letters whose entropy rate is known.
///
/// The chain is drawn from a seed: for each context of `order` letters, eight integer weights that
/// sum to 65,536, none of them zero. Weights and letters use integer arithmetic only, so that the
/// bytes are the same on every machine; `Double` appears only where entropy is computed.
package struct MarkovSource: Sendable {
  /// Space first, so that the text has words.
  package static let alphabet: [UInt8] = Array(" aehnost".utf8)
  package static let weightSum: UInt32 = 1 << 16

  package let seed: UInt64
  /// Letters of context: 1 or 2.
  package let order: Int
  /// Weights of the next letter, row-major: `weights[context · 8 + letter]`.
  package let weights: [UInt32]
  let logWeights: [Double]
  /// The probability of each context in the long run.
  package let stationary: [Double]

  private var letters: Int { Self.alphabet.count }

  /// Draws the chain of a seed.
  ///
  /// - Precondition: `order` is 1 or 2.
  package init(seed: UInt64, order: Int) {
    precondition((1...2).contains(order), "[MarkovSource] order \(order), expected 1 or 2")
    self.seed = seed
    self.order = order
    let letters = Self.alphabet.count
    let contexts = order == 1 ? letters : letters * letters
    var generator = SplitMix64(seed: seed)
    var weights: [UInt32] = []
    for _ in 0..<contexts { weights += Self.drawRow(letters, from: &generator) }
    self.weights = weights
    logWeights = weights.map { Self.log2OfShare($0) }
    stationary = Self.stationaryDistribution(weights: weights, letters: letters)
  }

  /// The next letter's probability in a context of letter indices, oldest first.
  package func probability(of letter: Int, after context: [Int]) -> Double {
    precondition(context.count == order, "[MarkovSource] \(context.count) letters of context")
    let row = context.reduce(0) { $0 * letters + $1 }
    return Double(weights[row * letters + letter]) / Double(Self.weightSum)
  }

  /// Generates text from a stationary start.
  ///
  /// - Parameters:
  ///   - count: How many bytes.
  ///   - stream: Another number gives another text of the same chain.
  /// - Returns: Bytes of ``alphabet``, the same for the same arguments on every machine.
  package func generate(_ count: Int, stream: UInt64 = 0) -> [UInt8] {
    var generator = SplitMix64(seed: seed ^ (stream &+ 1) &* 0xD134_2543_DE82_EF95)
    let contexts = weights.count / letters
    var context = 0
    // All weights are positive, so 1,000 letters forget the first context.
    for _ in 0..<1000 {
      context = (context * letters + draw(after: context, from: &generator)) % contexts
    }
    var text: [UInt8] = []
    text.reserveCapacity(count)
    for _ in 0..<count {
      let letter = draw(after: context, from: &generator)
      text.append(Self.alphabet[letter])
      context = (context * letters + letter) % contexts
    }
    return text
  }

  private func draw(after context: Int, from generator: inout SplitMix64) -> Int {
    var rest = UInt32(generator.next() >> 48)
    let row = context * letters
    for letter in 0..<letters - 1 {
      if rest < weights[row + letter] { return letter }
      rest -= weights[row + letter]
    }
    return letters - 1
  }

  /// Draws uneven positive weights and scales them to the sum; what rounding leaves goes to the
  /// largest.
  private static func drawRow(_ count: Int, from generator: inout SplitMix64) -> [UInt32] {
    let raw = (0..<count).map { _ -> UInt64 in
      let u = generator.next() >> 54
      return u * u * u + (1 << 20)
    }
    let total = raw.reduce(0, +)
    var row = raw.map { UInt32(UInt64(weightSum) * $0 / total) }
    let largest = row.indices.max { row[$0] < row[$1] } ?? 0
    row[largest] += weightSum - row.reduce(0, +)
    return row
  }
}
