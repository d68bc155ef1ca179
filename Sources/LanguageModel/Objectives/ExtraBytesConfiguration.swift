/// Bytes beyond the next one that training predicts from the same latents, each with a head of its own
/// that no score needs.
///
///     loss += weight / count · Σ_k Σ_t scale · −ln softmax(latents[t] · M_k + b_k)[byte t + 1 + k]
///
/// over `k` from 1 to ``count`` and the positions whose byte lies in the window.
///
/// - Source: Gloeckle et al. 2024, "Better & Faster Large Language Models via Multi-token Prediction",
///   arXiv:2404.19737, with linear heads.
public struct ExtraBytesConfiguration: Sendable, Hashable {
  /// How many, 1…7.
  public var count: Int
  /// Factor of the heads' mean loss beside the next byte's 1.
  public var weight: Double

  public init(count: Int, weight: Double) {
    self.count = count
    self.weight = weight
  }

  /// Factor of each head's loss.
  package var share: Double { weight / Double(count) }
}
