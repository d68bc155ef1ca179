/// All that identifies a corpus: two people with one manifest score the same bytes.
package struct CorpusManifest: FileManifest, Codable, Hashable {
  /// The name in commands, records and the ledger.
  package let name: String
  /// Other names that commands accept.
  package let aliases: [String]
  /// One line for a person.
  package let summary: String
  /// The address of the file itself, or of the page that offers it.
  package let url: String
  package let licence: String
  package let source: CorpusSource
  package let fileName: String
  package let byteCount: Int
  package let sha256: String
  package let ranges: SplitRanges
  /// How much of itself this text may repeat before an audit calls it a leak.
  package let limits: LeakLimits

  enum CodingKeys: String, CodingKey {
    case name, aliases, summary, url, licence, source
    case fileName = "file_name"
    case byteCount = "bytes"
    case sha256, ranges, limits
  }

  package init(
    name: String, aliases: [String] = [], summary: String, url: String, licence: String,
    source: CorpusSource, fileName: String, byteCount: Int, sha256: String, ranges: SplitRanges,
    limits: LeakLimits = .strict
  ) {
    self.name = name
    self.aliases = aliases
    self.summary = summary
    self.url = url
    self.licence = licence
    self.source = source
    self.fileName = fileName
    self.byteCount = byteCount
    self.sha256 = sha256
    self.ranges = ranges
    self.limits = limits
  }

  /// Checks the manifest itself, before any byte is read.
  ///
  /// - Throws: ``CorpusError`` with code `badData` that names the field.
  package func validate() throws {
    try validateFile()
    for check in ranges.checks(byteCount: byteCount) where !check.passed {
      throw invalid("\(check.name) fails: \(check.detail)")
    }
  }
}
