internal import Determinism
public import Foundation

/// The folder of the project: its `Package.swift` says so, or stands beside proofs.
public struct Checkout: Hashable, Sendable {
  public let root: URL

  public init(root: URL) { self.root = root }

  /// Returns the one that holds a folder, if any does.
  public static func above(_ folder: String) -> Checkout? {
    var place = URL(fileURLWithPath: folder).standardizedFileURL
    while true {
      let checkout = Checkout(root: place)
      if checkout.isProject { return checkout }
      let parent = place.deletingLastPathComponent()
      if parent.path == place.path { return nil }
      place = parent
    }
  }

  /// Also where the manifest is gone, which is a breach and no other project.
  private var isProject: Bool {
    guard let package = try? text("Package.swift") else { return false }
    return package.contains("name: \"Igla\"") || exists("Proofs/manifest.json")
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

  /// SHA-256 of each file below `Proofs` that a proof or an oracle is made of, wherever it lies and
  /// whether a theory lists it or not: Coq, lists of theories, OCaml.
  public func sources() throws(ProofFailure) -> [String: String] {
    var sources: [String: String] = [:]
    for path in files(below: "Proofs")
    where path.hasSuffix(".v") || path.hasSuffix(".ml") || path.hasSuffix("/_CoqProject") {
      sources[path] = Digest.sha256(try bytes("Proofs/\(path)"))
    }
    return sources
  }

  /// The files below a folder, relative to it, without what is built there.
  private func files(below folder: String) -> [String] {
    names(in: folder).filter { $0 != "build" && !$0.hasPrefix(".") }.flatMap { name in
      let inside = files(below: "\(folder)/\(name)")
      return inside.isEmpty ? [name] : inside.map { "\(name)/\($0)" }
    }
  }

  private func names(in folder: String) -> [String] {
    let path = root.appending(path: folder).path
    return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}
