/// The live leases of a race at one moment.
public struct RunningSummary: Hashable, Sendable {
  public var count: Int
  public var highestTarget: Int?

  public init(count: Int, highestTarget: Int?) {
    self.count = count
    self.highestTarget = highestTarget
  }
}
