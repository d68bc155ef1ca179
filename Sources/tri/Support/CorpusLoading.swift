import Corpora
import Foundation
import Race

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

  /// The corpus of a race, in the version that it was started on.
  static func load(for race: RaceRecord, offline: Bool) throws -> Corpus {
    let settings = race.settings
    let corpus = try load(settings.corpus, offline: offline)
    guard corpus.manifest.sha256 == settings.corpusSHA256 else {
      throw Failure(
        65, "the race was started on another version of \(settings.corpus)",
        hint: "use the program that started it")
    }
    return corpus
  }
}
