/// A line of the ledger: each opening of the sealed test range, and what came of it.
public struct LedgerEntry: Hashable, Sendable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// A configuration was put forward for verification.
    case candidate
    /// The test range was opened; written before the score is known.
    case opening
    case score
    case verdict
  }

  public var ordinal: Int
  public var kind: Kind
  public var detail: JSONValue
  public var time: Instant
  public var previous: String
  public var hash: String

  public init(
    ordinal: Int, kind: Kind, detail: JSONValue, time: Instant, previous: String, hash: String
  ) {
    self.ordinal = ordinal
    self.kind = kind
    self.detail = detail
    self.time = time
    self.previous = previous
    self.hash = hash
  }
}

extension LedgerEntry: ChainLink {
  public var content: JSONValue {
    .object([
      "ordinal": .int(ordinal), "kind": .string(kind.rawValue), "detail": detail,
      "time": .int(Int(time.microseconds)),
    ])
  }
}
