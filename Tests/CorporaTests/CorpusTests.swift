import Testing

import Corpora

@Suite struct CorpusTests {
  @Test func splitsAreTheManifestsRangesAndKeepFileOffsets() throws {
    let corpus = try Fixture.corpus()
    #expect(corpus.bytes(of: .train).elementsEqual(Fixture.text[..<2400]))
    #expect(corpus.bytes(of: .validation).elementsEqual(Fixture.text[2400..<2700]))
    #expect(corpus.bytes(of: .trainAndValidation).elementsEqual(Fixture.text[..<2700]))
    #expect(corpus.bytes(of: .validation).startIndex == 2400)
  }

  @Test func contextIsWhatPrecedesASplit() throws {
    let corpus = try Fixture.corpus()
    #expect(
      corpus.context(before: .validation, count: 10).elementsEqual(Fixture.text[2390..<2400]))
    #expect(corpus.context(before: .validation, count: 9999).count == 2400)
    #expect(corpus.context(before: .train, count: 10).isEmpty)
  }

  @Test func testOpensOnlyAfterTheOpeningIsRecorded() throws {
    let corpus = try Fixture.corpus()
    var ledger: [TestOpening] = []
    let opened = try corpus.openTest(TestPermit(purpose: "a test") { ledger.append($0) })
    #expect(opened.bytes.elementsEqual(Fixture.text[2700...]))
    #expect(opened.before.elementsEqual(Fixture.text[..<2700]))
    #expect(ledger.map(\.purpose) == ["a test"])
    #expect(ledger.first?.sha256 == corpus.manifest.sha256)
    #expect(ledger.first?.range == 2700..<3000)
  }

  @Test func testStaysSealedWhenTheLedgerFails() throws {
    struct LedgerFull: Error {}
    let corpus = try Fixture.corpus()
    #expect(throws: LedgerFull.self) {
      _ = try corpus.openTest(TestPermit(purpose: "a test") { _ in throw LedgerFull() })
    }
  }

  @Test func bytesOfAnotherLengthOrHashAreRefused() throws {
    var altered = Fixture.text
    altered[1500] ^= 1
    for bytes in [altered, Array(Fixture.text.dropLast()), Fixture.text + [10]] {
      let error = corpusError {
        _ = try Corpus(manifest: Fixture.manifest(), bytes: bytes, origin: "x", hint: "mend")
      }
      #expect(error?.code == .badData)
      #expect(error?.message.contains("expected") == true)
      #expect(error?.message.contains("got") == true)
    }
  }

  @Test func catalogueManifestsAreValidAndAsAnnounced() throws {
    for manifest in CorpusCatalog.all { try manifest.validate() }
    let other = try CorpusCatalog.manifest(named: "king_james")
    let race = try CorpusCatalog.manifest(named: "Tiny-Shakespeare")
    #expect(race.byteCount == 1_115_394)
    #expect(race.ranges.train == 0..<892_314)
    #expect(race.ranges.validation == 892_314..<1_003_854)
    #expect(race.ranges.test == 1_003_854..<1_115_394)
    #expect(other.name == "kjv")
    let error = corpusError { _ = try CorpusCatalog.manifest(named: "moby_dick") }
    #expect(error?.code == .usage)
    #expect(error?.hint.contains("tiny_shakespeare") == true)
  }

  @Test(arguments: [
    SplitRanges(train: 0..<50, validation: 40..<80, test: 80..<100),
    SplitRanges(train: 0..<50, validation: 50..<80, test: 80..<99),
    SplitRanges(train: 0..<50, validation: 60..<80, test: 80..<100),
    SplitRanges(train: 50..<100, validation: 25..<50, test: 0..<25),
    SplitRanges(train: 0..<80, validation: 80..<80, test: 80..<100),
    SplitRanges(train: 1..<50, validation: 50..<80, test: 80..<100),
  ])
  func rangesThatOverlapOrLeaveGapsFail(ranges: SplitRanges) {
    #expect(ranges.checks(byteCount: 100).contains { !$0.passed })
  }

  @Test func rangesThatTileTheFilePass() {
    let ranges = SplitRanges(validationStart: 50, testStart: 80, byteCount: 100)
    #expect(ranges.checks(byteCount: 100).allSatisfy { $0.passed })
    #expect(ranges.checks(byteCount: 101).contains { !$0.passed })
  }
}
