import Corpora
import Foundation

/// Gives commands a corpus whose hash was checked, fetching it when it is missing.
enum CorpusLoading {
  /// - Throws: `CorpusError`, for example when it is missing and `offline`.
  static func load(_ name: String, offline: Bool) throws -> Corpus {
    let cache = try CorpusCache(environment: ProcessInfo.processInfo.environment)
    let manifest = try CorpusCatalog.manifest(named: name)
    var progress = FetchProgress(name: manifest.name)
    defer { progress.finish() }
    return try cache.fetch(manifest, options: FetchOptions(offline: offline, force: false)) {
      // A corpus that is already there is no news.
      if case .alreadyCached = $0 { return }
      progress.show($0)
    }
  }
}
