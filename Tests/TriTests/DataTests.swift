import Foundation
import Testing

@Suite(.turns)
struct DataTests {
  static let hasMirror = ProcessInfo.processInfo.environment["IGLA_DATA_MIRROR"] != nil
  private static let bytes = 1_115_394
  private static let sha = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"

  @Test func listHasStableMembers() async throws {
    let scratch = try Scratch()
    let report = try await scratch.tri("data", "list", "--json").json()
    #expect(report.keys.isSuperset(of: ["cache", "corpora"]))
    let corpora = try report.list("corpora")
    #expect(
      try corpora.map { try $0("name", as: String.self) } == ["tiny_shakespeare", "kjv", "markov"])
    for corpus in corpora {
      #expect(
        corpus.keys.isSuperset(of: [
          "name", "url", "licence", "bytes", "sha256", "status", "path",
        ]), "\(corpus.keys)")
      #expect(try corpus("status", as: String.self) == "missing")
    }
    #expect(try corpora[2]("entropy_rate", as: Double.self) > 0)
    #expect(!scratch.exists("corpora"), "a look makes no folder")
  }

  @Test func fetchPrintsWhatSha256sumChecks() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri("data", "fetch", "markov", "--offline")
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.text.wholeMatch(of: /[0-9a-f]{64}  corpora\/markov\.txt\n/) != nil, "\(run.text)")
    let row = try #require(
      try await scratch.tri("data", "fetch", "markov", "--json").json().list("corpora").first)
    #expect(row.keys == ["name", "path", "bytes", "sha256"])
    #expect(try row("bytes", as: Int.self) == scratch.read("corpora/markov.txt").count)
  }

  @Test func auditHasStableMembers() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri("data", "audit", "markov", "--json")
    #expect(run.code == 0, "\(run.errors)")
    let report = try run.json()
    #expect(report.keys.isSuperset(of: ["subject", "sha256", "checks", "comparisons", "passed"]))
    #expect(try report("passed", as: Bool.self))
  }

  @Test func aLeakIsFoundAndFails() async throws {
    let scratch = try Scratch()
    let text = (0..<2_000).map { "word\($0 * 7_919 % 10_007)" }.joined(separator: " ")
    try scratch.write(text, to: "train.txt")
    try scratch.write(String(text.prefix(5_000)), to: "held.txt")
    let run = try await scratch.tri(
      "data", "audit", "--train", "train.txt", "--held-out", "held.txt", "--json")
    expectFailure(run, 65, "leaks into training text")
    #expect(try run.json()("passed", as: Bool.self) == false)
  }

  @Test func aMissingCorpusIsNotFetchedOffline() async throws {
    let scratch = try Scratch()
    for arguments in [
      ["data", "fetch", "--offline"], ["train", "--offline"], ["race", "start", "--offline"],
    ] {
      let run = try await scratch.tri(arguments, environment: ["IGLA_DATA_MIRROR": "empty"])
      #expect([65, 66].contains(run.code), "\(run.errors)")
      let none = try await scratch.tri(arguments, environment: ["IGLA_DATA_MIRROR": ""])
      expectFailure(none, 66, "tiny_shakespeare")
      #expect(none.output.isEmpty)
    }
    #expect(!scratch.exists(".trinity"))
  }

  @Test(arguments: ["markov", "tiny_shakespeare"])
  func anAlteredCachedFileIsRefused(name: String) async throws {
    let scratch = try Scratch()
    #expect(try await scratch.tri("data", "fetch", name).code == 0)
    let file = try #require(scratch.files(below: "corpora").first)
    try scratch.flipBit(of: "corpora/\(file)", at: 1_000)
    let run = try await scratch.tri(
      ["train", "--corpus", name, "--steps", "1"] + Scratch.tinyModel)
    expectFailure(run, 65, "SHA-256", "--force")
    let listed = try await scratch.tri("data", "list", "--json").json().list("corpora")
    #expect(
      try listed.contains {
        try $0("name", as: String.self) == name && $0("status", as: String.self) == "damaged"
      })
    #expect(try await scratch.tri("data", "fetch", name, "--force").code == 0)
  }

  @Test func aWrongMirrorLeavesNothingBehind() async throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(
      atPath: scratch.path("mirror"), withIntermediateDirectories: false)
    let wrong = Data(repeating: UInt8(ascii: "x"), count: Self.bytes)
    for (content, part) in [(wrong, "SHA-256"), (wrong.prefix(1_000), "bytes")] {
      try scratch.write(content, to: "mirror/tinyshakespeare.txt")
      let run = try await scratch.tri(
        "data", "fetch", environment: ["IGLA_DATA_MIRROR": "mirror"])
      expectFailure(run, 65, "mirror/tinyshakespeare.txt", part)
      #expect(scratch.files(below: "corpora").isEmpty)
    }
  }

  @Test func theRealCorpusIsFetchedOnce() async throws {
    let scratch = try Scratch()
    // Without a mirror this takes the public address.
    let run = try await scratch.tri(["data", "fetch"] + (Self.hasMirror ? ["--offline"] : []))
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.text.hasPrefix(Self.sha + "  "))
    let again = try await scratch.tri(
      "data", "fetch", "--offline", environment: ["IGLA_DATA_MIRROR": ""])
    #expect(again.text == run.text)
  }

  @Test func anUnknownNameIsFoundOutBeforeTheFirstDownload() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri("data", "fetch", "markov", "nope")
    expectFailure(run, 64, "there is no corpus 'nope'", "markov")
    #expect(!scratch.exists("corpora"))
  }

  @Test func anUnwritableCacheIsRefused() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri(
      "data", "fetch", "markov", environment: ["IGLA_DATA": "/proc/nowhere"])
    expectFailure(run, 73, "/proc/nowhere")
  }
}
