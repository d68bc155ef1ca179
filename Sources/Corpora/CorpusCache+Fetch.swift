extension CorpusCache {
  /// Returns a corpus by name: from the cache, else a mirror, else its source.
  ///
  /// Looks the name up in ``CorpusCatalog``, then does as the other `fetch`.
  package func fetch(
    _ name: String, options: FetchOptions = FetchOptions(),
    report: (CorpusEvent) -> Void = { _ in }
  ) throws -> Corpus {
    try fetch(CorpusCatalog.manifest(named: name), options: options, report: report)
  }

  /// Returns a corpus: from the cache, else a mirror, else its source, and caches it.
  ///
  /// Nothing reaches the cache unless its length and hash are right, and then it appears whole.
  /// A wrong copy anywhere is an error and never passed over. Blocks while it downloads.
  ///
  /// - Parameters:
  ///   - manifest: What to fetch.
  ///   - options: Whether the network may be used and a cached copy replaced.
  ///   - report: Told what happens, on the calling thread.
  /// - Throws: ``CorpusError``: `badData`, `missingInput` (not here, and the network was not
  ///   allowed), `unavailable` (the network failed), `cannotWrite`, `permissionDenied`.
  /// - Returns: The corpus, checked.
  package func fetch(
    _ manifest: CorpusManifest, options: FetchOptions = FetchOptions(),
    report: (CorpusEvent) -> Void = { _ in }
  ) throws -> Corpus {
    try manifest.validate()
    let path = path(of: manifest)
    if !options.force && RegularFile.exists(path) {
      let corpus = try load(manifest)
      report(.alreadyCached(path: path))
      return corpus
    }
    // A folder that takes no file is found out before a download, not after.
    try RegularFile.makeFolder(folder)
    let corpus =
      try fromMirror(manifest, options, report) ?? fromSource(manifest, options, report)
    try RegularFile.replace(path, with: corpus.storage)
    report(.stored(path: path, bytes: corpus.storage.count))
    return corpus
  }

  private func fromMirror(
    _ manifest: CorpusManifest, _ options: FetchOptions, _ report: (CorpusEvent) -> Void
  ) throws -> Corpus? {
    if case .generated = manifest.source { return nil }
    switch mirror {
    case nil:
      return nil
    case .folder(let folder):
      for name in CorpusMirror.names(of: manifest) {
        let path = "\(folder)/\(name)"
        guard RegularFile.exists(path) else { continue }
        report(.readingMirror(path: path))
        let bytes = try RegularFile.read(
          path, limit: manifest.byteCount + 1, hint: Self.wrongMirrorHint)
        return try Corpus(
          manifest: manifest, bytes: bytes, origin: path, hint: Self.wrongMirrorHint)
      }
      report(.notThere(place: "mirror \(folder)", reason: "it has no \(manifest.fileName)"))
    case .address(let base):
      if options.offline {
        report(.notThere(place: "mirror \(base)", reason: "--offline"))
        return nil
      }
      for name in CorpusMirror.names(of: manifest) {
        do {
          return try download("\(base)/\(name)", manifest, Self.wrongMirrorHint, report)
        } catch let error as CorpusError where [.missingInput, .unavailable].contains(error.code) {
          report(.notThere(place: "\(base)/\(name)", reason: error.cause ?? error.message))
        }
      }
    }
    return nil
  }

  private func fromSource(
    _ manifest: CorpusManifest, _ options: FetchOptions, _ report: (CorpusEvent) -> Void
  ) throws -> Corpus {
    switch manifest.source {
    case .download(let url):
      guard !options.offline else {
        let places = mirror.map { "\(folder) nor in \($0.place)" } ?? folder
        throw CorpusError(
          .missingInput, "\(manifest.name) is not in \(places), and --offline forbids the network",
          hint: "set IGLA_DATA_MIRROR to a folder with \(manifest.fileName), or leave out --offline"
        )
      }
      return try download(url, manifest, Self.mirrorHint, report)
    case .debianPackage(let package, let file):
      report(.decodingPackage(package: package, file: file))
      let data = try RegularFile.read(
        file, limit: 1 << 26,
        hint: "apt-get install \(package), or put \(manifest.fileName) in IGLA_DATA_MIRROR")
      return try Corpus(
        manifest: manifest, bytes: BibleDataFile.text(of: data), origin: "the text in \(file)",
        hint: "this version of \(package) has another text; "
          + "put \(manifest.fileName) in IGLA_DATA_MIRROR")
    case .generated(let seed, let order):
      report(.generating(seed: seed))
      return try Corpus(
        manifest: manifest,
        bytes: MarkovSource(seed: seed, order: order).generate(manifest.byteCount),
        origin: "the generated text", hint: "report this: the generator has changed")
    }
  }

  private func download(
    _ url: String, _ manifest: CorpusManifest, _ hint: String, _ report: (CorpusEvent) -> Void
  ) throws -> Corpus {
    report(.downloading(url: url))
    let download = CorpusDownload(
      url: url, expectedBytes: manifest.byteCount, timeouts: timeouts)
    let bytes = try download.run { received in
      report(.progress(received: received, total: manifest.byteCount))
    }
    return try Corpus(manifest: manifest, bytes: bytes, origin: url, hint: hint)
  }

  private static let wrongMirrorHint =
    "correct the file in the mirror, or unset IGLA_DATA_MIRROR to use the public address"
}
