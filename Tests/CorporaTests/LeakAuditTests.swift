import Determinism
import Testing

import Corpora

@Suite struct LeakAuditTests {
  /// Words drawn at random from 5,000, so that chance repeats no run of eight.
  private static func prose(_ words: Int, seed: UInt64) -> [UInt8] {
    var generator = SplitMix64(seed: seed)
    return Array(
      (0..<words).map { _ in "w\(Int.random(in: 0..<5000, using: &generator))" }
        .joined(separator: " ").utf8)
  }

  private func audit(
    _ heldOut: [UInt8], _ training: [UInt8], limits: LeakLimits = .strict
  ) throws -> OverlapComparison {
    let report = try LeakAudit.audit(
      heldOut: ("held-out", heldOut), training: [("training", training)], limits: limits)
    #expect(report.passed == report.comparisons[0].passed)
    return report.comparisons[0]
  }

  @Test func textsOfTheirOwnPass() throws {
    let comparison = try audit(Self.prose(3000, seed: 1), Self.prose(20_000, seed: 2))
    #expect(comparison.passed)
    #expect(comparison.measures.allSatisfy { $0.count == 0 && $0.total > 2900 })
    #expect(comparison.longestRunBytes == 0)
  }

  /// The earlier project's leak: validation was the first 100,000 bytes of train.
  @Test func validationCutFromTrainIsCaughtInFull() throws {
    let train = try Array(Fixture.tinyShakespeare.get().bytes(of: .train))
    let comparison = try audit(Array(train[..<100_000]), train, limits: .repetitive)
    #expect(!comparison.passed)
    for measure in comparison.measures {
      // The cut may halve the last word, which then is in no training window.
      #expect(measure.count >= measure.total - 1)
      #expect(measure.firstHeldOutOffset == 0)
      #expect(measure.firstTrainingOffset == 0)
    }
    #expect(comparison.longestRunBytes == 100_000)
  }

  @Test func onePlantedSentenceIsFoundWithItsOffsets() throws {
    let heldOut = Self.prose(3000, seed: 3)
    let train = Self.prose(9000, seed: 4)
    let planted = train[..<5000] + heldOut[1000..<1100] + train[5000...]
    let comparison = try audit(heldOut, Array(planted))
    let bytes = try #require(comparison.measures.first { $0.kind == .bytes64 })
    #expect(!comparison.passed)
    #expect(bytes.count == 100 - 64 + 1)
    #expect(bytes.firstHeldOutOffset == 1000)
    #expect(bytes.firstTrainingOffset == 5000)
    #expect(comparison.longestRunBytes == 100)
  }

  @Test func caseAndLayoutDoNotHideAShingle() throws {
    let heldOut = Self.prose(3000, seed: 5)
    let shown = String(decoding: heldOut[2000..<2300], as: UTF8.self)
    let disguised = shown.uppercased().split(separator: " ").joined(separator: "\n\t ")
    let comparison = try audit(heldOut, Self.prose(9000, seed: 6) + Array("\n\(disguised)\n".utf8))
    #expect(!comparison.passed)
    let counts = comparison.measures.map(\.count)
    #expect(counts[0] > 30)
    #expect(counts[1] > 25)
    #expect(counts[2] == 0)
  }

  @Test(arguments: [63, 64, 65])
  func exactlySixtyFourBytesCount(length: Int) throws {
    let heldOut = Self.prose(500, seed: 7)
    let train = Self.prose(500, seed: 8) + [1] + heldOut[100..<100 + length] + [2]
    let bytes = try audit(heldOut, train).measures[2]
    #expect(bytes.count == max(0, length - 63))
  }

  @Test func uniformTextTakesNoQuadraticTime() throws {
    let comparison = try audit(
      [UInt8](repeating: 97, count: 20_000), [UInt8](repeating: 97, count: 40_000))
    #expect(comparison.measures[2].count == 20_000 - 63)
    #expect(comparison.longestRunBytes == 20_000)
  }

  /// The judge: every window against every window.
  @Test func countsAgreeWithTheObviousMethod() {
    var generator = SplitMix64(seed: 10)
    for width in [1, 2, 3, 8] {
      for letters in [1, 2, 3] as [UInt32] {
        let heldOut = (0..<120).map { _ in UInt32.random(in: 0...letters, using: &generator) }
        let training = (0..<150).map { _ in UInt32.random(in: 0...letters, using: &generator) }
        let found = (0...heldOut.count - width).filter { i in
          (0...training.count - width).contains { j in
            heldOut[i..<i + width] == training[j..<j + width]
          }
        }
        let overlap = WindowOverlap(
          heldOut: heldOut, training: training, width: width)
        #expect(overlap.count == found.count)
        #expect(overlap.first?.heldOut == found.first)
        #expect(overlap.total == 121 - width)
      }
    }
  }

  @Test func hashesThatCollideDoNotMatch() {
    var table = WindowTable([1, 2, 3, 4], width: 2)
    #expect(table.insert(at: 0, hash: 42) == 0)
    #expect(table.insert(at: 2, hash: 42) == 1)
    #expect(table.find([9, 3, 4], at: 1, hash: 42) == 1)
    #expect(table.find([9, 3, 4], at: 0, hash: 42) == nil)
  }

  @Test func textTooShortToAuditIsAnErrorNotAPass() throws {
    let error = corpusError { _ = try audit(Array("too short".utf8), Self.prose(100, seed: 1)) }
    #expect(error?.code == .badData)
    #expect(
      corpusError { _ = try LeakAudit.audit(heldOut: ("a", []), training: []) }?.code == .usage)
  }

  @Test func tinyShakespeareHasNoSharedWindowAtAll() throws {
    let report = LeakAudit.audit(try Fixture.tinyShakespeare.get())
    #expect(report.passed)
    #expect(report.comparisons.map(\.heldOut) == ["validation", "test", "test"])
    #expect(report.comparisons.map(\.training) == ["train", "train", "train_and_validation"])
    for measure in report.comparisons.flatMap(\.measures) { #expect(measure.count == 0) }
    #expect(report.comparisons[1].measures.map(\.total) == [20_146, 20_141, 111_477])
  }

  @Test func kingJamesRepeatsItselfWithinItsLimits() throws {
    let report = LeakAudit.audit(try Fixture.kingJames.get())
    #expect(report.passed)
    let counts = report.comparisons.map { $0.measures.map(\.count) }
    #expect(counts == [[1382, 350, 1711], [133, 22, 127], [151, 22, 127]])
  }
}
