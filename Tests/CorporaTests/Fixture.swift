import Determinism
import Foundation

import Corpora

/// Corpora and manifests for tests.
enum Fixture {
  /// 3,000 bytes in which no window repeats: numbers, one a line.
  static let text = Array((0..<500).map { "\(10_000 + $0 * 7)\n" }.joined().utf8)

  /// A manifest of ``text`` that downloads from `url`.
  static func manifest(url: String = "http://127.0.0.1:1/file/input.txt") -> CorpusManifest {
    CorpusManifest(
      name: "fixture", summary: "numbers", url: url, licence: "CC0-1.0",
      source: .download(url: url), fileName: "fixture.txt", byteCount: text.count,
      sha256: Digest.sha256(text),
      ranges: SplitRanges(validationStart: 2400, testStart: 2700, byteCount: text.count))
  }

  static func corpus() throws -> Corpus {
    try Corpus(manifest: manifest(), bytes: text, origin: "the fixture", hint: "")
  }

  /// The real tiny_shakespeare through a cache of its own, from IGLA_DATA_MIRROR or the network.
  ///
  /// Throws, and so fails the test, where neither has it.
  static let tinyShakespeare = Result { try fetchReal("tiny_shakespeare") }

  /// The King James Bible, decoded from the installed package; never from a mirror.
  static let kingJames = Result { try fetchReal("kjv") }

  private static func fetchReal(_ name: String) throws -> Corpus {
    let folder = try TemporaryFolder()
    var environment = ProcessInfo.processInfo.environment
    environment["IGLA_DATA"] = folder.path
    if name == "kjv" { environment["IGLA_DATA_MIRROR"] = nil }
    return try CorpusCache(environment: environment).fetch(name)
  }
}

extension Corpus {
  /// The whole file, test included, whose opening a test of the corpus itself need not record.
  func wholeFile() throws -> [UInt8] {
    let test = try openTest(TestPermit(purpose: "a test of the corpus") { _ in })
    return Array(bytes(of: .trainAndValidation)) + Array(test.bytes)
  }
}
