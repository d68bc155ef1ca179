/// How to fetch.
package struct FetchOptions: Sendable, Hashable {
  /// Uses no network: the cache, a mirror folder, an installed package or a seed must do.
  package var offline: Bool
  /// Fetches again even if a copy is cached, and replaces it when the new one is right.
  package var force: Bool

  package init(offline: Bool = false, force: Bool = false) {
    self.offline = offline
    self.force = force
  }
}
