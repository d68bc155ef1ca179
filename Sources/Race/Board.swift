/// Whether a score may learn from bytes already scored; the two are never mixed.
public enum Board: String, Sendable, Codable, CaseIterable {
  case `static`
  case adaptive
}
