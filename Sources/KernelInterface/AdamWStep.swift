/// The operands of one AdamW step.
///
///     m = β₁ m + (1 − β₁) g,  v = β₂ v + (1 − β₂) g²
///     p −= rate · (m / correction₁ / (√(v / correction₂) + ε) + decay · p)
public struct AdamWStep {
  /// Parameters, gradient, first and second moment, `count` elements each.
  public var p: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>
  public var m: UnsafeMutablePointer<Float>, v: UnsafeMutablePointer<Float>
  public var count: Int
  /// Multiplies the gradient first (clipping).
  public var gradientScale: Float
  /// Learning rate, β₁, β₂, ε and decoupled weight decay.
  public var rate: Float, beta1: Float, beta2: Float, epsilon: Float, decay: Float
  /// `1 − β₁ⁿ` and `1 − β₂ⁿ` at step `n ≥ 1`.
  public var correction1: Float, correction2: Float

  public init(
    p: UnsafeMutablePointer<Float>, g: UnsafePointer<Float>, m: UnsafeMutablePointer<Float>,
    v: UnsafeMutablePointer<Float>, count: Int, gradientScale: Float, rate: Float, beta1: Float,
    beta2: Float, epsilon: Float, decay: Float, correction1: Float, correction2: Float
  ) {
    self.p = p
    self.g = g
    self.m = m
    self.v = v
    self.count = count
    self.gradientScale = gradientScale
    self.rate = rate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.decay = decay
    self.correction1 = correction1
    self.correction2 = correction2
  }
}
