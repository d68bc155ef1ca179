/// How a network's weights learn from the bytes already scored: dynamic evaluation with the RMS rule.
///
/// After each ``bytesPerStep`` scored bytes, with g the gradient of the mean loss over the whole
/// window that ends with them,
///
///     u ← momentum · u + g / v
///     p ← p − rate · share · u − decay · (p − p₀)
///
/// where v is √(mean g²) over 40 training windows, per parameter, plus half the mean of these over
/// its tensor, p₀ are the trained weights, and `share` is ``layerShare`` to the power of how many
/// layers the parameter lies below the head. Hash tables stay as they are. A window that the text is
/// still too short for makes no step.
///
/// - Source: Krause, Kahembwe, Murray & Renals 2018, arXiv:1709.07432, for the rule; the constants
///   are those of a study on this corpus.
public struct DynamicEvaluation: Sendable, Hashable, Codable {
  /// Windows of training text from which v is estimated, evenly spread over it.
  public static let windows = 40
  /// Share of its tensor's mean that is added to a parameter's v.
  public static let spread: Float = 0.5

  /// Length of a step in units of a parameter's usual gradient.
  public var rate = 3e-4
  /// Scored bytes from one step to the next.
  public var bytesPerStep = 64
  /// Share of the steps before that a step goes on with, in [0, 1).
  public var momentum = 0.0
  /// Share of the way back to the trained weights that each step goes, in [0, 1].
  public var decay = 0.0
  /// Factor of the rate per layer below the head, in (0, 1].
  public var layerShare = 1.0
  /// Blocks, from the head down, that learn beside it; nil for everything.
  public var lastLayers: Int?

  public init() {}

  /// What is wrong with the values; nil when they can be used.
  public var problem: String? {
    if !(rate > 0 && rate <= 1) {
      return "an adaptive rate of \(rate), expected more than 0, at most 1"
    }
    if !(1...1_048_576).contains(bytesPerStep) {
      return "\(bytesPerStep) bytes per step, expected 1 to 1048576"
    }
    if !(momentum >= 0 && momentum < 1) { return "a momentum of \(momentum), expected [0, 1)" }
    if !(decay >= 0 && decay <= 1) { return "a decay of \(decay), expected 0 to 1" }
    if !(layerShare > 0 && layerShare <= 1) {
      return "a layer share of \(layerShare), expected more than 0, at most 1"
    }
    if let lastLayers, lastLayers < 0 { return "\(lastLayers) last layers, expected 0 or more" }
    return nil
  }

  private enum CodingKeys: String, CodingKey {
    case rate, momentum, decay
    case bytesPerStep = "bytes_per_step"
    case layerShare = "layer_share"
    case lastLayers = "last_layers"
  }
}
