extension TrainingConfiguration {
  /// What a step learns from.
  public enum Objective: String, Sendable, CaseIterable {
    /// The next byte alone.
    case nextByte = "next-byte"
    /// The next byte and, after a warm-up, the latents of hidden spans.
    case jepa
    /// The next byte, with a cellular automaton in the model whose entropy is kept in a band.
    case nca
    /// Both.
    case jepaAndNCA = "jepa+nca"

    /// Whether spans are hidden.
    public var hasJEPA: Bool { self == .jepa || self == .jepaAndNCA }
    /// Whether the model has a cellular automaton.
    public var hasNCA: Bool { self == .nca || self == .jepaAndNCA }
  }
}
