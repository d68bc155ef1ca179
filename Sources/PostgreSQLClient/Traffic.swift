/// What a connection sent so far.
public struct Traffic: Sendable, Hashable {
  /// Times that it sent and then waited for the answer.
  public var roundTrips = 0
  public var statements = 0
  /// Connections opened.
  public var connections = 0

  public init() {}
}
