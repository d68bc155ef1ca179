public import Invariants

/// Stops a trial whose score is beyond hope, once it has learned for long enough to be judged.
public struct SafetyCut: Hashable, Sendable, Codable {
  /// A score above this many bits per byte is stopped.
  public var bitsPerByte: Double
  /// Next-byte training steps before the cut applies.
  public var afterSteps: Int

  public init(
    bitsPerByte: Double = ProvenConstants.safetyCut,
    afterSteps: Int = ProvenConstants.cutAfter
  ) {
    self.bitsPerByte = bitsPerByte
    self.afterSteps = afterSteps
  }

  /// Returns whether a trial with this score and this much training is stopped.
  public func applies(bitsPerByte score: Double, nextByteSteps: Int) -> Bool {
    score > bitsPerByte && nextByteSteps >= afterSteps
  }

  private enum CodingKeys: String, CodingKey {
    case bitsPerByte = "bits_per_byte"
    case afterSteps = "after_steps"
  }
}
