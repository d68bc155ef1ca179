internal import Determinism
public import Foundation

/// The folder of the project: it has `Package.swift` and `Proofs/manifest.json`.
public struct Checkout: Hashable, Sendable {
  public let root: URL

  public init(root: URL) { self.root = root }

  /// Returns the one that holds a folder, if any does.
  public static func above(_ folder: String) -> Checkout? {
    var place = URL(fileURLWithPath: folder).standardizedFileURL
    while true {
      let checkout = Checkout(root: place)
      if checkout.exists("Package.swift"), checkout.exists("Proofs/manifest.json") {
        return checkout
      }
      let parent = place.deletingLastPathComponent()
      if parent.path == place.path { return nil }
      place = parent
    }
  }

  public func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path)
  }

  public func bytes(_ path: String) throws(ProofFailure) -> Data {
    do {
      return try Data(contentsOf: root.appending(path: path))
    } catch {
      throw ProofFailure(
        .missing, "there is no file \(path)", hint: "restore it: git checkout -- \(path)")
    }
  }

  public func text(_ path: String) throws(ProofFailure) -> String {
    String(decoding: try bytes(path), as: UTF8.self)
  }

  public func manifest() throws(ProofFailure) -> Manifest {
    try Manifest.parse(try bytes("Proofs/manifest.json"))
  }

  /// The folders of Coq's theories: those with a `_CoqProject`, sorted.
  public func theories() throws(ProofFailure) -> [String] {
    names(in: "Proofs").filter { exists("Proofs/\($0)/_CoqProject") }
  }

  /// The files of a theory in the order in which they compile.
  public func order(of theory: String) throws(ProofFailure) -> [String] {
    try text("Proofs/\(theory)/_CoqProject").split(separator: "\n")
      .filter { $0.hasSuffix(".v") }.map { "\(theory)/\($0)" }
  }

  /// SHA-256 of each file of Coq below `Proofs`, whether a theory lists it or not.
  public func sources() throws(ProofFailure) -> [String: String] {
    var sources: [String: String] = [:]
    for theory in try theories() {
      for name in names(in: "Proofs/\(theory)") where name.hasSuffix(".v") {
        sources["\(theory)/\(name)"] = Digest.sha256(try bytes("Proofs/\(theory)/\(name)"))
      }
    }
    return sources
  }

  private func names(in folder: String) -> [String] {
    let path = root.appending(path: folder).path
    return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}
