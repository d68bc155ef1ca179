/// Whether a race hands out work.
public enum RaceState: String, Sendable, Codable {
  case active
  case stopped
  case won
}
