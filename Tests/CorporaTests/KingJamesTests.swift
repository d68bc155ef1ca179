import Determinism
import Foundation
import Testing

import Corpora

/// The text is built from the installed package: where that is missing, these tests fail.
@Suite struct KingJamesTests {
  @Test func installedPackageGivesTheTextOfTheManifest() throws {
    let corpus = try Fixture.kingJames.get()
    let text = try corpus.wholeFile()
    #expect(text.count == 4_404_412)
    #expect(text.starts(with: Array("Ge1:1 In the beginning God created".utf8)))
    #expect(text.suffix(20).elementsEqual(Array("with you all. Amen.\n".utf8)))
    #expect(text.count { $0 == 10 } == 31_102)
  }

  @Test func splitsAreTenthsThatBreakNoVerse() throws {
    let corpus = try Fixture.kingJames.get()
    let ranges = corpus.manifest.ranges
    let text = try corpus.wholeFile()
    for (cut, tenths) in [(ranges.validation.lowerBound, 8), (ranges.test.lowerBound, 9)] {
      let goal = text.count * tenths / 10
      let verse = try #require(text[goal...].firstIndex(of: 10))
      #expect(cut == verse + 1)
    }
  }

  @Test func missingPackageNamesTheCommand() throws {
    let folder = try TemporaryFolder()
    let real = CorpusCatalog.kingJames
    let manifest = CorpusManifest(
      name: real.name, summary: real.summary, url: real.url, licence: real.licence,
      source: .debianPackage(package: "bible-kjv-text", file: folder.path + "/bible.data"),
      fileName: real.fileName, byteCount: real.byteCount, sha256: real.sha256, ranges: real.ranges)
    let error = corpusError { _ = try CorpusCache(folder: folder.path).fetch(manifest) }
    #expect(error?.code == .missingInput)
    #expect(error?.hint.contains("apt-get install bible-kjv-text") == true)
  }

  @Test func damagedDataFilesAreErrorsAndNeverTraps() throws {
    let file = try RegularFile.read("/usr/lib/bible.data", hint: "apt-get install bible-kjv-text")
    #expect(corpusError { _ = try BibleDataFile.text(of: []) }?.code == .badData)
    for length in [3, 84, 92, 200, 368, 5000] {
      let error = corpusError { _ = try BibleDataFile.text(of: Array(file.prefix(length))) }
      #expect(error?.code == .badData)
    }
    var hugeWindow = file
    hugeWindow[85] = 0x10
    #expect(corpusError { _ = try BibleDataFile.text(of: hugeWindow) }?.code == .badData)
    // Short streams of random codes: each decodes to something or throws.
    var generator = SplitMix64(seed: 20)
    for _ in 0..<300 {
      let bits = UInt8.random(in: 0...255, using: &generator)
      let body = (0..<Int.random(in: 0...400, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      let outcome = Result {
        var decoder = try LZWDecoder(([0x1F, 0x9D, bits] + body)[...])
        return try decoder.decode(limit: 100_000)
      }
      if case .failure(let error) = outcome { #expect(error is CorpusError) }
    }
  }

  /// gzip's `zcat` decodes these bytes to the same text; code 259 is used before it is complete.
  @Test func knownCompressStreamDecodes() throws {
    let stream: [UInt8] = [
      0x1F, 0x9D, 0x90, 0x61, 0xC4, 0x04, 0x1C, 0x28, 0xB0, 0xA0, 0x02,
    ]
    var decoder = try LZWDecoder(stream[...])
    #expect(try decoder.decode(limit: 100) == Array("abababababab\n".utf8))
  }
}
