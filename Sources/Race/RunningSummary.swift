/// The live leases of a race at one moment.
public struct RunningSummary: Hashable, Sendable {
  /// Number of them by the rung that they work towards.
  public var targets: [Int: Int]

  public init(targets: [Int: Int]) { self.targets = targets }

  public var count: Int { targets.values.reduce(0, +) }
  public var highestTarget: Int? { targets.keys.max() }
}
