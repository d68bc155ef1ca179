import Foundation
import Testing

/// A fresh package that depends on a version of this one, on GoldenFloat alone.
///
/// The working tree is copied into a git repository and tagged, since a version is what SwiftPM
/// refuses unsafe flags for. The program, its manifest and its output are those of the guide.
@Suite struct ConsumerTests {
  private let scratch: URL

  init() throws {
    scratch = FileManager.default.temporaryDirectory.appending(
      path: "goldenfloat-consumer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
  }

  private func write(_ text: String, to path: String) throws {
    let file = scratch.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data((text + "\n").utf8).write(to: file)
  }

  /// The working tree as a repository with a version.
  private func publish(_ version: String) throws -> URL {
    let root = GuideTests.root
    let copy = scratch.appending(path: "Igla")
    let listed = try run(
      ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], in: root)
    for path in listed.split(separator: "\0").map(String.init) {
      let (from, to) = (root.appending(path: path), copy.appending(path: path))
      guard FileManager.default.fileExists(atPath: from.path) else { continue }
      try FileManager.default.createDirectory(
        at: to.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: from, to: to)
    }
    let git = ["git", "-c", "user.name=test", "-c", "user.email=test@localhost"]
    _ = try run(["git", "init", "--quiet", "--initial-branch=main"], in: copy)
    _ = try run(["git", "add", "--all", "--force"], in: copy)
    _ = try run(git + ["commit", "--quiet", "--message=Copy"], in: copy)
    _ = try run(["git", "tag", version], in: copy)
    return copy
  }

  @Test func aFreshPackageNeedsTheLibraryAlone() throws {
    defer { try? FileManager.default.removeItem(at: scratch) }
    let repository = try publish("1.0.0")
    let manifest = try GuideTests.block("swift", after: "`Package.swift`:")
    let address = "https://example.org/igla/Igla.git"
    #expect(manifest.contains(address))
    try write(
      manifest.replacingOccurrences(of: address, with: repository.absoluteString),
      to: "consumer/Package.swift")
    try write(
      try GuideTests.block("swift", after: "`Sources/sum/main.swift`:"),
      to: "consumer/Sources/sum/main.swift")
    let consumer = scratch.appending(path: "consumer")
    let own = ["cache", "config", "security"].flatMap {
      ["--\($0)-path", scratch.appending(path: $0).path]
    }
    let output = try run(["swift", "run", "--quiet"] + own, in: consumer)
    let expected = try GuideTests.block("text", after: "prints:")
    #expect(output == expected + "\n")
    let checkouts = try FileManager.default.contentsOfDirectory(
      atPath: consumer.appending(path: ".build/checkouts").path)
    #expect(checkouts == ["Igla"])
    let resolved = try String(
      contentsOf: consumer.appending(path: "Package.resolved"), encoding: .utf8)
    #expect(resolved.components(separatedBy: "\"identity\"").count == 2)
  }
}
