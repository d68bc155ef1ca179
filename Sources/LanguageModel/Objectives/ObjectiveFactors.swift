/// What one step multiplies its objectives by, beside their own weights.
public struct ObjectiveFactors: Sendable, Hashable {
  /// Of the next byte, and of the bytes after it where they are predicted too.
  public var nextByte: Double
  /// Of the hidden spans' latents; without effect in a step that hides none.
  public var jepa: Double
  /// Of the cellular automaton's penalty; without effect in a model without one.
  public var nca: Double

  public init(nextByte: Double = 1, jepa: Double = 1, nca: Double = 1) {
    self.nextByte = nextByte
    self.jepa = jepa
    self.nca = nca
  }
}
