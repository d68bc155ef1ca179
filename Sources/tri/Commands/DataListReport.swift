import Corpora

/// What `tri data list` prints.
struct DataListReport: Encodable {
  /// One corpus.
  struct Row: Encodable {
    let manifest: CorpusManifest
    /// `cached`, `missing` or `damaged`.
    let status: String
    let path: String
    /// In bits per byte, where it is known.
    let entropyRate: Double?

    enum CodingKeys: String, CodingKey {
      case status, path
      case entropyRate = "entropy_rate"
    }

    init(_ manifest: CorpusManifest, cache: CorpusCache) {
      self.manifest = manifest
      path = cache.path(of: manifest)
      status = cache.status(of: manifest).word
      if case .generated(let seed, let order) = manifest.source {
        entropyRate = MarkovSource(seed: seed, order: order).entropyRate
      } else {
        entropyRate = nil
      }
    }

    func encode(to encoder: any Encoder) throws {
      try manifest.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(status, forKey: .status)
      try container.encode(path, forKey: .path)
      try container.encodeIfPresent(entropyRate, forKey: .entropyRate)
    }
  }

  let cache: String
  let mirror: String?
  let corpora: [Row]
  let imageSets: [ImageSetRow]

  enum CodingKeys: String, CodingKey {
    case cache, mirror, corpora
    case imageSets = "image_sets"
  }

  /// A table for a person.
  var text: String {
    var lines = ["name                  bytes  status   what"]
    for row in corpora {
      let bytes = row.manifest.byteCount.grouped
      let name = row.manifest.name
      lines.append(
        Self.line(name, bytes: bytes, status: row.status, summary: row.manifest.summary))
      let ranges = row.manifest.ranges
      lines.append(
        "  train \(ranges.train)  validation \(ranges.validation)  test \(ranges.test)")
      lines.append("  sha256 \(row.manifest.sha256)")
      lines.append("  \(row.manifest.licence); \(row.manifest.url)")
      if let rate = row.entropyRate { lines.append("  entropy rate \(rate) bits per byte") }
      if row.status == "damaged" {
        lines.append("  damaged: replace it with tri data fetch \(name) --force")
      }
    }
    lines.append("sets of images, for tri bench mnist:")
    for row in imageSets { lines += row.lines }
    lines.append("cache:  \(cache)")
    lines.append("mirror: \(mirror ?? "none (IGLA_DATA_MIRROR is not set)")")
    return lines.joined(separator: "\n")
  }

  /// The first line of an entry.
  static func line(_ name: String, bytes: String, status: String, summary: String) -> String {
    name + String(repeating: " ", count: max(1, 27 - name.count - bytes.count)) + bytes + "  "
      + status + String(repeating: " ", count: max(1, 9 - status.count)) + summary
  }
}

extension CacheStatus {
  /// As reports name it.
  var word: String {
    switch self {
    case .cached: "cached"
    case .missing: "missing"
    case .damaged: "damaged"
    }
  }
}
