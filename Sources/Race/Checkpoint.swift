/// A saved state of a trial, from which any worker can continue it.
public struct Checkpoint: Hashable, Sendable, Codable {
  public var step: Int
  /// Where the file is, as the worker named it.
  public var path: String
  /// SHA-256 of the file, if the worker computed it.
  public var sha256: String?

  public init(step: Int, path: String, sha256: String? = nil) {
    self.step = step
    self.path = path
    self.sha256 = sha256
  }
}
