/// One point of a learning curve.
public struct Sample: Hashable, Sendable, Codable {
  public var step: Int
  /// Validation bits per byte; `nil` when it was not a finite number.
  public var bitsPerByte: Double?

  public init(step: Int, bitsPerByte: Double?) {
    self.step = step
    self.bitsPerByte = bitsPerByte.flatMap { $0.isFinite ? $0 : nil }
  }
}
