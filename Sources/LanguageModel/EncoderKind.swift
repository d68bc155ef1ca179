/// The kinds of encoder: what turns a window of bytes into one latent row a position.
///
/// The head, the objectives and the scores read latents and are the same for all.
public enum EncoderKind: String, Sendable, Hashable, CaseIterable {
  /// Byte and n-gram embeddings, then blocks of causal attention and a perceptron.
  case blocks
  /// Embeddings of the last bytes, one table for each distance, normed, and one ReLU² layer.
  case contexts
}
