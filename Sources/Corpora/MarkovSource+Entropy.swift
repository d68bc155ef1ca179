import Foundation

extension MarkovSource {
  /// The entropy rate in bits per byte: no predictor does better in the long run.
  ///
  ///     H = Σ_c π(c) · Σ_x p(x | c) · log2(1 / p(x | c))
  package var entropyRate: Double {
    let letters = Self.alphabet.count
    var rate = 0.0
    for (context, share) in stationary.enumerated() {
      for letter in 0..<letters {
        let index = context * letters + letter
        rate -= share * Double(weights[index]) / Double(Self.weightSum) * logWeights[index]
      }
    }
    return rate
  }

  /// The true model's score of a text in bits per byte, as of a predictor that knows the chain.
  ///
  /// - Parameter text: A text over ``alphabet``; its first `order` bytes are context, not scored.
  /// - Returns: nil if the text is too short or has a byte outside the alphabet.
  package func trueScore(of text: ArraySlice<UInt8>) -> Double? {
    let letters = Self.alphabet.count
    let contexts = weights.count / letters
    guard text.count > order else { return nil }
    var context = 0
    var bits = 0.0
    for (position, byte) in text.enumerated() {
      guard let letter = Self.alphabet.firstIndex(of: byte) else { return nil }
      if position >= order { bits -= logWeights[context * letters + letter] }
      context = (context * letters + letter) % contexts
    }
    return bits / Double(text.count - order)
  }

  /// The score below which a claim about this very text is not believed, in bits per byte.
  ///
  /// A predictor fixed before it sees the text beats the true model by `surprise` bits in all
  /// with probability at most `2^-surprise` (Markov's inequality on the likelihood ratio), so a
  /// lower score than `trueScore − surprise / scored bytes` is a fault of the measurement.
  package func credibleFloor(for text: ArraySlice<UInt8>, surprise: Double = 40) -> Double? {
    trueScore(of: text).map { $0 - surprise / Double(text.count - order) }
  }

  static func log2OfShare(_ weight: UInt32) -> Double { log2(Double(weight) / Double(weightSum)) }

  /// Finds the stationary distribution over contexts by repeated application of the chain.
  ///
  /// All weights are positive, so it exists, is unique, and the iteration converges
  /// geometrically; it ends when no probability moves by 1e-16 or after 10,000 rounds.
  static func stationaryDistribution(weights: [UInt32], letters: Int) -> [Double] {
    let contexts = weights.count / letters
    var share = [Double](repeating: 1 / Double(contexts), count: contexts)
    for _ in 0..<10_000 {
      var next = [Double](repeating: 0, count: contexts)
      for context in 0..<contexts {
        for letter in 0..<letters {
          let target = (context * letters + letter) % contexts
          next[target] +=
            share[context] * Double(weights[context * letters + letter]) / Double(weightSum)
        }
      }
      let total = next.reduce(0, +)
      var moved = 0.0
      for context in 0..<contexts {
        next[context] /= total
        moved = max(moved, abs(next[context] - share[context]))
      }
      share = next
      if moved < 1e-16 { break }
    }
    return share
  }
}
