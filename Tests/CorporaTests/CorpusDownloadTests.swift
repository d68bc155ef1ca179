import Testing

import Corpora

@Suite struct CorpusDownloadTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func cache(mirror: String? = nil) throws -> CorpusCache {
    var cache = CorpusCache(folder: folder.path, mirror: try mirror.map { try CorpusMirror($0) })
    cache.timeouts = CorpusDownload.Timeouts(idle: 2, total: 10)
    return cache
  }

  @Test func publicAddressServesTheCorpusAndProgressReachesTheEnd() throws {
    let server = try LoopbackServer(.file(path: "/d/input.txt", bytes: Fixture.text))
    let manifest = Fixture.manifest(url: server.url + "/d/input.txt")
    var last: CorpusEvent?
    let corpus = try cache().fetch(manifest) { if case .progress = $0 { last = $0 } }
    #expect(corpus.bytes(of: .train).count == 2400)
    #expect(last == .progress(received: 3000, total: 3000))
    #expect(try folder.read("fixture.txt") == Fixture.text)
    #expect(try folder.names() == ["fixture.txt"])
  }

  @Test(arguments: ["/m/fixture.txt", "/m/input.txt"])
  func mirrorAddressServesEitherName(path: String) throws {
    let server = try LoopbackServer(.file(path: path, bytes: Fixture.text))
    _ = try cache(mirror: server.url + "/m").fetch(Fixture.manifest())
    #expect(try folder.names() == ["fixture.txt"])
  }

  @Test func mirrorWithoutTheFileIsPassedOverAndSaid() throws {
    let empty = try LoopbackServer(.status(404))
    let server = try LoopbackServer(.file(path: "/input.txt", bytes: Fixture.text))
    var passed: [CorpusEvent] = []
    _ = try cache(mirror: empty.url).fetch(Fixture.manifest(url: server.url + "/input.txt")) {
      if case .notThere = $0 { passed.append($0) }
    }
    #expect(passed.count == 2)
  }

  @Test func offlineNeverAsksAServer() throws {
    let server = try LoopbackServer(.file(path: "/input.txt", bytes: Fixture.text))
    let manifest = Fixture.manifest(url: server.url + "/input.txt")
    let error = corpusError {
      _ = try cache(mirror: server.url).fetch(manifest, options: FetchOptions(offline: true))
    }
    #expect(error?.code == .missingInput)
    #expect(try folder.names().isEmpty)
  }

  @Test func alteredDownloadIsRefused() throws {
    let server = try LoopbackServer(
      .file(path: "/input.txt", bytes: Array(Fixture.text.reversed())))
    try expectFailure(.badData, from: server)
  }

  @Test func tooLongDownloadIsCutOff() throws {
    let server = try LoopbackServer(
      .file(path: "/input.txt", bytes: Fixture.text + Fixture.text))
    try expectFailure(.badData, from: server)
  }

  @Test func brokenOffDownloadIsUnavailable() throws {
    try expectFailure(.unavailable, from: LoopbackServer(.half(Fixture.text)))
  }

  @Test(arguments: [(404, CorpusError.Code.missingInput), (500, .unavailable), (403, .unavailable)])
  func statusDecidesTheCode(status: Int, code: CorpusError.Code) throws {
    try expectFailure(code, from: LoopbackServer(.status(status)))
  }

  @Test func silentServerTimesOut() throws {
    try expectFailure(.unavailable, from: LoopbackServer(.silence))
  }

  @Test func closedPortIsUnavailable() throws {
    let port = try LoopbackServer(.silence).port
    let manifest = Fixture.manifest(url: "http://127.0.0.1:\(port)/input.txt")
    let error = corpusError { _ = try cache().fetch(manifest) }
    #expect(error?.code == .unavailable)
    #expect(error?.hint.contains("IGLA_DATA_MIRROR") == true)
  }

  private func expectFailure(_ code: CorpusError.Code, from server: LoopbackServer) throws {
    let error = corpusError {
      _ = try cache().fetch(Fixture.manifest(url: server.url + "/input.txt"))
    }
    #expect(error?.code == code)
    #expect(error?.hint.contains("IGLA_DATA_MIRROR") == true)
    #expect(try folder.names().isEmpty)
  }
}
