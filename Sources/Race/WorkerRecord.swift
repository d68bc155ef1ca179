/// Who works: written when a worker starts, and its last sign of life after that.
public struct WorkerRecord: Hashable, Sendable, Codable {
  /// Unique in the race, for example `host-4711-2`.
  public var id: String
  public var agentID: String
  public var branch: String
  public var machine: String
  public var process: Int
  public var binaryHash: String
  public var kernelVariant: String
  public var started: Instant
  public var lastSeen: Instant

  public init(
    id: String, machine: String, process: Int, binaryHash: String, kernelVariant: String,
    started: Instant, agentID: String, branch: String
  ) {
    self.id = id
    self.agentID = agentID
    self.branch = branch
    self.machine = machine
    self.process = process
    self.binaryHash = binaryHash
    self.kernelVariant = kernelVariant
    self.started = started
    lastSeen = started
  }
}
