public import Kernels

/// A failure of configuration, checkpoint or memory that the caller can act on.
public struct TrainingError: Error, Sendable {
  public enum Code: Sendable, Hashable {
    /// A value, key or combination is not allowed: correct the configuration.
    case configuration
    /// A checkpoint is cut, altered or of another format: use another.
    case corruptCheckpoint
    /// A checkpoint belongs to another configuration or corpus: use the matching one.
    case foreignCheckpoint
    /// A file does not exist.
    case missing
    /// A file cannot be written: free space or choose another folder.
    case cannotWrite
    /// The machine refuses the memory or lacks the instructions.
    case unavailable
  }

  public let code: Code
  /// What is wrong, with the values.
  public let message: String
  /// What mends it.
  public let hint: String
  public let cause: (any Error)?

  public init(_ code: Code, _ message: String, hint: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.hint = hint
    self.cause = cause
  }
}

extension TrainingError {
  /// The system refused memory that a plan had found to be there.
  public init(_ refusal: AllocationError) {
    self.init(
      .unavailable, "the system refused \(refusal.bytes) bytes of memory",
      hint: "stop other programs, or use a smaller model, batch or n-gram table", cause: refusal)
  }
}
