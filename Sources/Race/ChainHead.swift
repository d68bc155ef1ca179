/// The end of a hash chain: how many entries, and the hash of the last.
public struct ChainHead: Hashable, Sendable, Codable {
  public var count: Int
  public var hash: String

  /// Makes the head of an empty chain: 64 zeros.
  public init(count: Int = 0, hash: String = HashChain.origin) {
    self.count = count
    self.hash = hash
  }
}
