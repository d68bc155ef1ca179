internal import Determinism

/// All that identifies a corpus: two people with one manifest score the same bytes.
package struct CorpusManifest: Sendable, Codable, Hashable {
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
  /// The name of the file in the cache and in a mirror.
  package let fileName: String
  package let byteCount: Int
  /// SHA-256 of the whole file, 64 lower-case hexadecimal digits.
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
    let hexadecimal = sha256.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    guard sha256.utf8.count == 64, hexadecimal else {
      throw invalid("sha256 is not 64 lower-case hexadecimal digits")
    }
    guard !fileName.isEmpty, !fileName.contains("/"), !fileName.hasPrefix(".") else {
      throw invalid("file_name '\(fileName)' is not a plain file name")
    }
    for check in ranges.checks(byteCount: byteCount) where !check.passed {
      throw invalid("\(check.name) fails: \(check.detail)")
    }
  }

  /// Checks the length and then the hash of a whole file.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - origin: Where it was read, for the message.
  ///   - hint: What to do if it is wrong.
  /// - Throws: ``CorpusError`` with code `badData`, expectation and finding.
  package func verify(_ bytes: [UInt8], origin: String, hint: String) throws {
    guard bytes.count == byteCount else {
      throw CorpusError(
        .badData,
        "\(origin) is not \(name): expected \(byteCount.grouped) bytes, got \(bytes.count.grouped)",
        hint: hint)
    }
    let found = Digest.sha256(bytes)
    guard found == sha256 else {
      throw CorpusError(
        .badData, "\(origin) is not \(name): expected SHA-256 \(sha256), got \(found)", hint: hint)
    }
  }

  private func invalid(_ what: String) -> CorpusError {
    CorpusError(
      .badData, "the manifest of '\(name)' is wrong: \(what)", hint: "correct the manifest")
  }
}
