/// Predicts a text's next byte with probabilities, from the bytes before it alone.
///
/// The same bytes must give the same bits of the probabilities on every machine that is to decode
/// what this one encoded, whatever the number of threads.
public protocol ByteLearner: AnyObject {
  /// Probabilities of the next byte, 256 of them, until ``learn(_:)``; nil where nothing is known of
  /// it, which stands for equal ones.
  var probabilities: UnsafeBufferPointer<Float>? { get }

  /// Takes the byte that the probabilities were for.
  func learn(_ byte: UInt8)
}

/// Predicts a text bit by bit with a predictor of bytes.
///
/// The probabilities become `Double` and are added in pairs, byte values side by side first, so that
/// each sum is the same on every machine. A bit's share is the nearest to the part that its 1 has of
/// the bits so far; a half where those have no probability left.
public final class BitsOfBytes: BitPredictor {
  private let source: any ByteLearner
  /// A binary tree: the node `n` has the sum of `2n` and `2n + 1`, and a byte's leaf is 256 + byte.
  private var sums = [Double](repeating: 0, count: 512)
  /// 1 and the bits so far of the byte.
  private var node = 1
  /// Whether the probabilities so far had a positive, finite sum; after that each bit is a half.
  public private(set) var isSound = true

  /// Predicts what `source` predicts, from where it stands.
  public init(_ source: some ByteLearner) {
    self.source = source
    fill()
  }

  public func predict() -> BitShare {
    let (all, one) = (sums[node], sums[2 * node + 1])
    return BitShare(probability: isSound && all > 0 ? one / all : 0.5)
  }

  public func learn(_ bit: Bool) {
    node = 2 * node + (bit ? 1 : 0)
    guard node >= 256 else { return }
    source.learn(UInt8(node - 256))
    node = 1
    fill()
  }

  /// The probability of a byte before its first bit.
  ///
  /// - Precondition: No bit of it was learnt.
  public func probability(of byte: UInt8) -> Double {
    precondition(node == 1, "[BitsOfBytes] asked within a byte")
    return sums[256 + Int(byte)] / sums[1]
  }

  private func fill() {
    if let probabilities = source.probabilities {
      for byte in 0..<256 { sums[256 + byte] = Double(probabilities[byte]) }
    } else {
      for byte in 0..<256 { sums[256 + byte] = 1 }
    }
    for n in stride(from: 255, through: 1, by: -1) { sums[n] = sums[2 * n] + sums[2 * n + 1] }
    isSound = isSound && sums[1] > 0 && sums[1].isFinite
  }
}
