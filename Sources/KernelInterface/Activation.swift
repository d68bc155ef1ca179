/// The functions inside a perceptron.
public enum Activation: String, Sendable, Hashable, CaseIterable {
  /// `max(x, 0)²`.
  case squaredReLU = "relu2"
  /// `max(x, 0)`.
  case relu
  /// `x · σ(1.5957691 · (x + 0.044715 · x³))`: the Gaussian error linear unit, by the usual tanh.
  ///
  /// - Source: Hendrycks & Gimpel 2016, arXiv:1606.08415.
  case gelu
}
