/// Predicts a text one bit at a time, each from the bits before it alone.
///
/// A byte's bits come from the highest to the lowest. This is the one path on which a text is scored
/// adaptively, encoded and decoded: predict, code the bit, learn it. Whatever predicts bytes with 256
/// probabilities predicts a bit by the sums of those that the bits so far leave possible.
///
/// The same bits must give the same predictions on every machine that is to decode what this one
/// encoded: no clock, no chance without a seed, no result that depends on the number of threads.
public protocol BitPredictor: AnyObject {
  /// The chance that the next bit is 1, in parts of ``BitShare/total``.
  ///
  /// Asking twice without learning in between gives the same answer.
  func predict() -> BitShare

  /// Takes the bit that ``predict()`` was asked for.
  func learn(_ bit: Bool)
}

/// A probability as a whole number of parts, so that every machine codes with the same one.
public struct BitShare: Sendable, Hashable {
  /// Parts of a certainty: 2²⁴, the largest table for which the proven coder states its loss.
  ///
  /// Proof: `loss_64` in `Proofs/Igla/Coder.v`.
  public static let total: UInt32 = 1 << 24

  /// Parts of the bit 1, `1…total − 1`: either bit can always be coded.
  public let one: UInt32

  /// Takes `parts` as they are.
  ///
  /// - Precondition: `1…total − 1`.
  public init(parts: UInt32) {
    precondition(
      (1..<Self.total).contains(parts), "[BitShare] \(parts) parts, expected 1 to 2^24 - 1")
    one = parts
  }

  /// The nearest share to a probability, ties to even, and the nearest possible one outside (0, 1).
  ///
  /// - Precondition: `probability` is not NaN.
  public init(probability: Double) {
    precondition(!probability.isNaN, "[BitShare] the probability is not a number")
    let parts = (probability * Double(Self.total)).rounded(.toNearestOrEven)
    one = UInt32(min(max(parts, 1), Double(Self.total - 1)))
  }

  /// Parts of `bit`.
  public func parts(of bit: Bool) -> UInt32 { bit ? one : Self.total - one }
}
