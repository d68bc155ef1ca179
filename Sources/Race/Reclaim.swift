/// Whose leases are taken back before they expire.
public enum Reclaim: Hashable, Sendable {
  /// Those of a worker that is known to be dead.
  case worker(String)
  /// All: the caller holds the supervisor's lock and has started no worker yet.
  case all
}
