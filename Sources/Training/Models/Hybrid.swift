extension Model {
  /// The main model: n-gram embeddings, causal attention with rotary positions, ReLU² perceptrons.
  static let hybrid = Model("hybrid", "n-gram embeddings, causal attention, ReLU² perceptrons") {
    _ in
  }
}
