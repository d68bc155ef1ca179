import Corpora
import Foundation
import Race

/// Gives commands a corpus whose hash was checked, fetching it when it is missing.
enum CorpusLoading {
  /// - Throws: `CorpusError`, for example when it is missing and `offline`.
  static func load(_ name: String, offline: Bool) throws -> Corpus {
    let manifest = try CorpusCatalog.manifest(named: name)
    return try fetching(manifest.name) {
      try $0.fetch(manifest, options: options(offline), report: $1)
    }
  }

  /// - Throws: `CorpusError`, for example when a file is missing and `offline`.
  static func images(_ manifest: ImageSetManifest, offline: Bool) throws -> ImageSet {
    try fetching(manifest.name) { try $0.fetch(manifest, options: options(offline), report: $1) }
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

  private static func options(_ offline: Bool) -> FetchOptions {
    FetchOptions(offline: offline, force: false)
  }

  /// Fetches from this environment's cache and shows how.
  private static func fetching<Data>(
    _ name: String, _ fetch: (CorpusCache, (CorpusEvent) -> Void) throws -> Data
  ) throws -> Data {
    let cache = try CorpusCache(environment: ProcessInfo.processInfo.environment)
    var progress = FetchProgress(name: name)
    defer { progress.finish() }
    return try fetch(cache) {
      // What is already there is no news.
      if case .alreadyCached = $0 { return }
      progress.show($0)
    }
  }
}
