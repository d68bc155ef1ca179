/// Whether training text other than the corpus is allowed; the two are never mixed.
public enum Track: String, Sendable, Codable, CaseIterable {
  case closed
  case open
}
