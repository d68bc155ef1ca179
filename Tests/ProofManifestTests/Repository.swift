import Foundation
import ProofManifest
import Testing

/// The checkout that these tests are in, and copies of it to be damaged.
enum Repository {
  static let checkout = Checkout(
    root: URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent())

  /// `make -C Proofs oracle` builds it, and `make test` does so beforehand; without it tests fail.
  static func oracle() throws -> IglaOracle { try IglaOracle(of: checkout) }
}

/// A folder that goes away with its test.
final class Folder {
  let url: URL
  var checkout: Checkout { Checkout(root: url) }

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "igla-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func write(_ text: String, to path: String) throws {
    let file = url.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Copies the files that the quick check reads.
  static func copyOfTheCheckout() throws -> Folder {
    let folder = try Folder()
    let original = Repository.checkout
    let manifest = try original.manifest()
    var paths: Set = ["Package.swift", "Proofs/manifest.json"]
    paths.formUnion(try original.theories().map { "Proofs/\($0)/_CoqProject" })
    paths.formUnion(manifest.sources.keys.map { "Proofs/\($0)" })
    paths.formUnion(manifest.invariants.flatMap(\.checks).flatMap { [$0.file, $0.testFile] })
    for path in paths { try folder.write(try original.text(path), to: path) }
    return folder
  }
}
