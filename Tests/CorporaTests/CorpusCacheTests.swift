import Foundation
import Testing

import Corpora

@Suite struct CorpusCacheTests {
  let folder: TemporaryFolder
  let mirror: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    mirror = try TemporaryFolder()
  }

  /// A cache below a folder that does not exist yet.
  private var cachePath: String { folder.path + "/made/on/demand" }

  private func cache() throws -> CorpusCache {
    CorpusCache(folder: cachePath, mirror: try CorpusMirror(mirror.path))
  }

  private func cachedNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: cachePath)
  }

  @Test(arguments: ["fixture.txt", "input.txt"])
  func mirrorFolderServesEitherName(name: String) throws {
    try mirror.write(Fixture.text, as: name)
    let corpus = try cache().fetch(Fixture.manifest(), options: FetchOptions(offline: true))
    #expect(corpus.bytes(of: .train).elementsEqual(Fixture.text[..<2400]))
    #expect(try cachedNames() == ["fixture.txt"])
  }

  @Test func secondFetchNeedsNoMirror() throws {
    try mirror.write(Fixture.text, as: "fixture.txt")
    _ = try cache().fetch(Fixture.manifest())
    var events: [CorpusEvent] = []
    let alone = CorpusCache(folder: cachePath)
    _ = try alone.fetch(Fixture.manifest(), options: FetchOptions(offline: true)) {
      events.append($0)
    }
    #expect(events == [.alreadyCached(path: cachePath + "/fixture.txt")])
    #expect(alone.status(of: Fixture.manifest()) == .cached)
  }

  @Test func wrongMirrorIsAnErrorAndLeavesNothing() throws {
    var altered = Fixture.text
    altered[7] ^= 1
    for bytes in [altered, Array(Fixture.text.prefix(100)), Fixture.text + Fixture.text, []] {
      try mirror.write(bytes, as: "fixture.txt")
      let error = corpusError { _ = try cache().fetch(Fixture.manifest()) }
      #expect(error?.code == .badData)
      #expect(error?.hint.contains("IGLA_DATA_MIRROR") == true)
      #expect(try cachedNames().isEmpty)
    }
  }

  @Test func offlineWithoutCopyNamesTheMirrorVariable() throws {
    let error = corpusError {
      _ = try cache().fetch(Fixture.manifest(), options: FetchOptions(offline: true))
    }
    #expect(error?.code == .missingInput)
    #expect(error?.hint.contains("IGLA_DATA_MIRROR") == true)
    #expect(error?.message.contains("--offline") == true)
  }

  @Test func missingCopyIsNotFetchedByLoad() throws {
    let error = corpusError { _ = try cache().load(Fixture.manifest()) }
    #expect(error?.code == .missingInput)
    #expect(error?.hint == "fetch it: tri data fetch fixture")
    #expect(try cache().status(of: Fixture.manifest()) == .missing)
  }

  @Test func damagedCopyIsRefusedUntilForced() throws {
    try mirror.write(Fixture.text, as: "fixture.txt")
    let path = cachePath + "/fixture.txt"
    _ = try cache().fetch(Fixture.manifest())
    var altered = Fixture.text
    altered[2900] ^= 32
    for bytes in [altered, Array(Fixture.text.prefix(1000)), []] {
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      for byFetching in [false, true] {
        let error = corpusError {
          let manifest = Fixture.manifest()
          _ = try byFetching ? cache().fetch(manifest) : cache().load(manifest)
        }
        #expect(error?.code == .badData)
        #expect(error?.hint.contains("tri data fetch fixture --force") == true)
      }
    }
    _ = try cache().fetch(Fixture.manifest(), options: FetchOptions(force: true))
    #expect(try cache().status(of: Fixture.manifest()) == .cached)
  }

  @Test func failedForceKeepsTheGoodCopy() throws {
    try mirror.write(Fixture.text, as: "fixture.txt")
    _ = try cache().fetch(Fixture.manifest())
    try mirror.write(Array(Fixture.text.reversed()), as: "fixture.txt")
    let error = corpusError {
      _ = try cache().fetch(Fixture.manifest(), options: FetchOptions(force: true))
    }
    #expect(error?.code == .badData)
    #expect(try cache().status(of: Fixture.manifest()) == .cached)
    #expect(try cachedNames() == ["fixture.txt"])
  }

  @Test func folderBelowAFileCannotBeMade() throws {
    try mirror.write(Fixture.text, as: "fixture.txt")
    let blocked = CorpusCache(
      folder: mirror.path + "/fixture.txt/cache", mirror: try CorpusMirror(mirror.path))
    let error = corpusError { _ = try blocked.fetch(Fixture.manifest()) }
    #expect(error?.code == .cannotWrite)
    #expect(error?.hint.contains("IGLA_DATA") == true)
  }

  @Test func fullDeviceIsCannotWrite() {
    let error = corpusError {
      try RegularFile.write(Fixture.text, to: "/dev/full", flags: 0, named: "x")
    }
    #expect(error?.code == .cannotWrite)
    #expect(error?.cause == "No space left on device")
  }

  @Test func failedRenameLeavesNoHiddenFile() throws {
    let target = folder.path + "/taken"
    try FileManager.default.createDirectory(
      atPath: target + "/inside", withIntermediateDirectories: true)
    let error = corpusError { try RegularFile.replace(target, with: Fixture.text) }
    #expect(error?.code == .cannotWrite)
    #expect(try folder.names() == ["taken"])
  }

  @Test func concurrentFetchesAllSeeAWholeFile() async throws {
    try mirror.write(Fixture.text, as: "fixture.txt")
    let cache = try cache()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<5 {
            _ = try cache.fetch(Fixture.manifest(), options: FetchOptions(force: true))
            _ = try cache.load(Fixture.manifest())
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try cachedNames() == ["fixture.txt"])
  }

  @Test func environmentChoosesTheFolder() throws {
    func folder(_ environment: [String: String]) throws -> String {
      try CorpusCache(environment: environment).folder
    }
    #expect(try folder(["IGLA_DATA": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"]) == "/a")
    #expect(try folder(["XDG_CACHE_HOME": "/b", "HOME": "/c"]) == "/b/igla/corpora")
    #expect(
      try folder(["IGLA_DATA": "", "XDG_CACHE_HOME": "b", "HOME": "/c"])
        == "/c/.cache/igla/corpora")
    #expect(corpusError { _ = try folder([:]) }?.code == .cannotWrite)
  }

  @Test func mirrorMayBeAFolderAFileURLOrAnAddress() throws {
    #expect(try CorpusMirror("../shared/data") == .folder("../shared/data"))
    #expect(try CorpusMirror("file:///srv/data") == .folder("/srv/data"))
    #expect(try CorpusMirror("https://h/d/") == .address("https://h/d"))
    #expect(corpusError { _ = try CorpusMirror("ftp://h/d") }?.code == .usage)
  }

  @Test func directoryOrDeviceInTheFilesPlaceIsRefused() throws {
    for path in [mirror.path, "/dev/zero"] {
      #expect(corpusError { _ = try TextFile.read(path) }?.code == .missingInput)
    }
  }
}
