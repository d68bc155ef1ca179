internal import Determinism

/// A list whose entries cannot be changed, dropped or reordered without breaking a hash.
///
///     hash[i] = SHA-256(hash[i−1] ‖ "\n" ‖ canonical JSON of entry i), hash[0] = 64 zeros
///
/// The last hash has to be kept elsewhere to notice that the end was cut off; a race keeps it in
/// its own row, and prints it.
public enum HashChain {
  public static let origin = String(repeating: "0", count: 64)

  /// Returns the hash of an entry.
  public static func hash(previous: String, content: JSONValue) -> String {
    Digest.sha256(previous + "\n" + content.canonical)
  }

  /// Looks for the first broken link.
  ///
  /// - Parameters:
  ///   - links: All entries, in order.
  ///   - head: The end of the chain as the race keeps it; `nil` to check the links alone.
  /// - Returns: The break, or `nil` when the chain is whole.
  public static func firstBreak<Link: ChainLink>(
    in links: some Sequence<Link>, head: ChainHead? = nil
  ) -> Break? {
    var walk = Walk()
    for link in links {
      if let broken = walk.follow(link) { return broken }
    }
    return head.flatMap { walk.end(at: $0) }
  }

  /// A walk along a chain, entry by entry, for one that is too long to hold.
  public struct Walk: Sendable {
    /// The last entry that was passed.
    public private(set) var head: ChainHead

    /// Begins after an entry that is trusted; at the beginning, if nothing is said.
    public init(after head: ChainHead = ChainHead()) { self.head = head }

    /// Goes on to the next entry; returns the break if it is none.
    public mutating func follow(_ link: some ChainLink) -> Break? {
      let count = head.count + 1
      if link.ordinal != count { return Break(ordinal: count, problem: .missing) }
      if link.previous != head.hash { return Break(ordinal: count, problem: .previous) }
      if HashChain.hash(previous: head.hash, content: link.content) != link.hash {
        return Break(ordinal: count, problem: .content)
      }
      head = ChainHead(count: count, hash: link.hash)
      return nil
    }

    /// Compares the end of the walk with the head that the race keeps.
    public func end(at head: ChainHead) -> Break? {
      self.head == head ? nil : Break(ordinal: self.head.count + 1, problem: .missing)
    }
  }

  /// A place where a chain is broken.
  public struct Break: Hashable, Sendable, CustomStringConvertible {
    public enum Problem: String, Sendable {
      case missing = "is missing"
      case previous = "does not follow the one before it"
      case content = "was changed after it was written"
    }

    public var ordinal: Int
    public var problem: Problem

    public var description: String { "entry \(ordinal) \(problem.rawValue)" }
  }
}
