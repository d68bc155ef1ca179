#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// How large the logits of attention and the weights made of them can be (INV-9).
///
/// Queries and keys of `D` numbers are divided by their root mean square and scaled by at most `G`, and a logit
/// is gain/√D times their product. Then
///
///     |logit| ≤ M = gain·√D·G²,   weight ≤ 1/(1 + (n − 1)·e^(−2M)) over n keys.
///
/// - Proof: Proofs/Igla/QKGain.v, `logit_bound`, `softmax_cap`, `softmax_entropy`, `gain_for_cap`,
///   `gain_phi_overflow`.
public struct AttentionBound: Sendable, Hashable {
  /// `D`, numbers of a query.
  public let headWidth: Int
  public let gain: Double
  /// `n`, keys that a query sees, itself included.
  public let keys: Int
  /// `G`, the largest learned scale of the norm; 1 without one.
  public let scale: Double

  /// - Precondition: `headWidth ≥ 1`, `keys ≥ 1`, gain and scale positive and finite.
  public init(headWidth: Int, gain: Double, keys: Int, scale: Double = 1) {
    precondition(
      headWidth >= 1 && keys >= 1 && gain > 0 && gain.isFinite && scale > 0 && scale.isFinite,
      "[AttentionBound] D \(headWidth), gain \(gain), \(keys) keys, scale \(scale)")
    self.headWidth = headWidth
    self.gain = gain
    self.keys = keys
    self.scale = scale
  }

  /// `M`, which no logit exceeds in magnitude.
  public var logit: Double { gain * logitOfGainOne }

  private var logitOfGainOne: Double { Double(headWidth).squareRoot() * scale * scale }

  /// (n − 1)·e^(−2M): what all other keys weigh at least, beside 1 for the largest.
  private var others: Double { Double(keys - 1) * exp(-2 * logit) }

  /// What every weight is below 1 by, at least: 1 − 1/(1 + (n − 1)·e^(−2M)), without cancellation.
  public var headroom: Double { others / (1 + others) }

  /// The largest weight that there can be.
  public var largestWeight: Double { 1 / (1 + others) }

  /// Bits that the entropy of the weights has at least.
  public var leastEntropy: Double { log1p(others) / log(2) }

  /// Whether e to the largest logit is a finite number of GF16.
  public var fitsGF16: Bool { logit < log(Double(ProvenConstants.largestGF16)) }

  /// The largest gain with which no weight exceeds `cap`: ln((n − 1)·cap/(1 − cap))/(2·√D·G²).
  ///
  /// - Returns: `nil` where no positive gain does: a weight of 1/n is in every softmax over n keys.
  /// - Precondition: 0 < cap < 1.
  public func largestGain(forCap cap: Double) -> Double? {
    precondition(cap > 0 && cap < 1, "[AttentionBound] a cap of \(cap)")
    guard keys > 1 else { return nil }
    let gain = log(Double(keys - 1) * cap / (1 - cap)) / (2 * logitOfGainOne)
    return gain > 0 ? gain : nil
  }
}
