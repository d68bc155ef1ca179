internal import Determinism

/// Looks for held-out text in training text.
///
/// An audit hashes and compares the test range; it scores nothing and shows no test text.
package enum LeakAudit {
  /// The fewest bytes a text must have for its audit to mean anything.
  package static let fewestBytes = 64

  /// Audits a corpus against itself: validation and test against what may be trained on.
  package static func audit(_ corpus: Corpus) -> LeakAuditReport {
    let ranges = corpus.manifest.ranges
    let train = ("train", corpus.storage[ranges.train])
    let both = ("train_and_validation", corpus.storage[ranges.trainAndValidation])
    let validation = ("validation", corpus.storage[ranges.validation])
    let test = ("test", corpus.storage[ranges.test])
    let limits = corpus.manifest.limits
    return LeakAuditReport(
      subject: corpus.manifest.name, sha256: corpus.manifest.sha256,
      checks: ranges.checks(byteCount: corpus.storage.count),
      comparisons: [
        OverlapComparison(heldOut: validation, training: train, limits: limits),
        OverlapComparison(heldOut: test, training: train, limits: limits),
        OverlapComparison(heldOut: test, training: both, limits: limits),
      ])
  }

  /// Audits texts that are kept in files of their own.
  ///
  /// - Parameters:
  ///   - heldOut: The text that is scored, with a name.
  ///   - training: The texts that are learnt from; each is compared by itself.
  ///   - limits: What is still natural repetition.
  /// - Throws: ``CorpusError`` with code `badData` if a text has under 64 bytes: an audit of it
  ///   would pass without having looked at anything.
  /// - Returns: One comparison for each training text.
  package static func audit(
    heldOut: (name: String, bytes: [UInt8]), training: [(name: String, bytes: [UInt8])],
    limits: LeakLimits = .strict
  ) throws -> LeakAuditReport {
    guard !training.isEmpty else {
      throw CorpusError(.usage, "no training text to audit against", hint: "give --train FILE")
    }
    for text in [heldOut] + training where text.bytes.count < fewestBytes {
      throw CorpusError(
        .badData,
        "\(text.name) has \(text.bytes.count) bytes; an audit needs at least \(fewestBytes)",
        hint: "give the whole text")
    }
    for text in [heldOut] + training where text.bytes.count >= Int(Int32.max) {
      throw CorpusError(
        .badData, "\(text.name) has \(text.bytes.count.grouped) bytes; an audit takes under 2 GiB",
        hint: "audit it in pieces that overlap by 1,000 bytes")
    }
    return LeakAuditReport(
      subject: heldOut.name, sha256: Digest.sha256(heldOut.bytes), checks: [],
      comparisons: training.map {
        OverlapComparison(
          heldOut: (heldOut.name, heldOut.bytes[...]), training: ($0.name, $0.bytes[...]),
          limits: limits)
      })
  }
}
