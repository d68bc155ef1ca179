/// An entry of a list in which each hash covers the one before it.
public protocol ChainLink {
  var ordinal: Int { get }
  var previous: String { get }
  var hash: String { get }
  /// What the hash covers besides `previous`.
  var content: JSONValue { get }
}
