/// What the cache has of a corpus.
package enum CacheStatus: Sendable, Hashable {
  case missing
  /// There, with the right length and hash.
  case cached
  /// There, but cut short, altered or unreadable; the text says how.
  case damaged(String)
}
