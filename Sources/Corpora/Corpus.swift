/// A text in memory whose length and hash were checked against its manifest.
///
/// Slices keep the indices of the file: `corpus.bytes(of: .validation).startIndex` is the offset
/// at which validation begins. They share storage with the corpus; nothing is copied.
package struct Corpus: Sendable {
  package let manifest: CorpusManifest
  /// The whole file: internal, so that no other target reads test without a permit.
  let storage: [UInt8]

  /// Takes a file that is what its manifest says.
  ///
  /// - Throws: ``CorpusError`` with code `badData` if the manifest or the bytes are wrong.
  package init(manifest: CorpusManifest, bytes: [UInt8], origin: String, hint: String) throws {
    try manifest.validate()
    try manifest.verify(bytes, origin: origin, hint: hint)
    self.init(manifest, verified: bytes)
  }

  /// Takes a file whose length and hash were just checked against a valid manifest.
  init(_ manifest: CorpusManifest, verified bytes: [UInt8]) {
    self.manifest = manifest
    storage = bytes
  }

  /// Where a readable split lies in the file.
  package func range(of split: Split) -> Range<Int> {
    switch split {
    case .train: manifest.ranges.train
    case .validation: manifest.ranges.validation
    case .trainAndValidation: manifest.ranges.trainAndValidation
    }
  }

  /// The bytes of a readable split.
  package func bytes(of split: Split) -> ArraySlice<UInt8> { storage[range(of: split)] }

  /// The bytes before a split, which may serve as context when it is scored.
  ///
  /// - Returns: At most `count` bytes that end where the split begins; fewer at the file's start.
  package func context(before split: Split, count: Int) -> ArraySlice<UInt8> {
    context(endingAt: range(of: split).lowerBound, count: count)
  }

  /// Opens the sealed test range.
  ///
  /// The permit's `record` runs first; if it throws, no byte is given out.
  ///
  /// - Throws: What `record` throws.
  package func openTest(_ permit: TestPermit) throws -> OpenedTest {
    let range = manifest.ranges.test
    try permit.record(
      TestOpening(
        corpus: manifest.name, sha256: manifest.sha256, range: range, purpose: permit.purpose))
    return OpenedTest(bytes: storage[range], before: storage[..<range.lowerBound])
  }

  private func context(endingAt end: Int, count: Int) -> ArraySlice<UInt8> {
    storage[max(0, end - max(0, count))..<end]
  }
}
