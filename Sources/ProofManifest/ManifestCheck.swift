internal import Foundation
public import Invariants

/// What L-R14 asks for before a race: that the proofs on record are those of this program.
///
/// Takes milliseconds: it compares hashes and asks the program's own rules, and compiles nothing.
public struct ManifestCheck: Hashable, Sendable, Encodable {
  public var invariants = 0
  public var theorems = 0
  public var constants = 0
  /// Fixed requests that the program's rules answered as Coq's definitions do.
  public var answers = 0
  /// Files of Coq that have the recorded hash; 0 outside a checkout.
  public var sources = 0
  /// Functions of the program, and tests of them, found where the manifest says.
  public var ties = 0
  public var coq = ""
  public var checkout: String?

  /// The invariants that a manifest has.
  public static let expected = ["PHI"] + (1...12).map { "INV-\($0)" }

  /// The manifest that was built into this program.
  public static func embedded() throws(ProofFailure) -> Manifest {
    try Manifest.parse(PackageResources.manifest_json)
  }

  /// Checks this program, and the checkout around the folder if there is one.
  ///
  /// - Throws: The first breach.
  public static func run(in folder: String) throws(ProofFailure) -> ManifestCheck {
    let manifest = try embedded()
    var check = ManifestCheck()
    try check.program(manifest)
    if let checkout = Checkout.above(folder) {
      guard checkout.exists("Proofs/manifest.json") else {
        throw .breach(
          "the checkout \(checkout.root.path) has no Proofs/manifest.json",
          hint: "restore it: git checkout -- Proofs/manifest.json")
      }
      guard try [UInt8](checkout.bytes("Proofs/manifest.json")) == PackageResources.manifest_json
      else {
        throw .breach(
          "this program was built with another manifest than \(checkout.root.path) has",
          hint: "build it anew: make build")
      }
      try check.files(of: checkout, manifest)
    }
    return check
  }

  public init() {}

  /// Checks what needs no file: the record, the constants, the rules.
  public mutating func program(
    _ manifest: Manifest, twins: [Twin] = Twin.all,
    constants built: [(name: String, value: Double)] = ProvenConstants.all
  ) throws(ProofFailure) {
    try record(manifest)
    for (name, value) in built {
      guard let recorded = manifest.constants[name], ConstantsFile.number(recorded) == value else {
        throw .breach(
          "the constant \(name) is \(value), but Coq printed "
            + (manifest.constants[name] ?? "none of that name"))
      }
    }
    guard built.count == manifest.constants.count else {
      throw .breach("Coq printed \(manifest.constants.count) constants, not \(built.count)")
    }
    constants = built.count
    guard manifest.answers.map(\.twin) == twins.map(\.name) else {
      throw .breach("the manifest has answers for \(manifest.answers.map(\.twin))")
    }
    for (twin, recorded) in zip(twins, manifest.answers) {
      guard twin.fixedAnswers() == recorded.sha256 else {
        throw .breach(
          "the rule '\(twin.name)' of this program answers otherwise than \(twin.definition), "
            + "which is proved",
          hint: "mend the rule; 'swift test --filter TwinTests' shows where they differ")
      }
      answers += recorded.count
    }
  }

  /// Whether the record of the compiler speaks of the recorded sources, and of nothing forbidden.
  private mutating func record(_ manifest: Manifest) throws(ProofFailure) {
    guard manifest.compiler.sourcesSHA256 == Manifest.digest(of: manifest.sources) else {
      throw .breach("the compiler's recorded result is of other sources than those recorded")
    }
    if let alien = manifest.compiler.axioms.first(where: { !AxiomClass.allowed.contains($0) }) {
      throw .breach(
        "the proofs rest on the axiom \(alien)",
        hint: "prove it; allowed are \(AxiomClass.allowed.sorted().joined(separator: ", "))")
    }
    guard manifest.invariants.map(\.id) == Self.expected else {
      throw .breach("the manifest lists \(manifest.invariants.map(\.id).joined(separator: ", "))")
    }
    for theorem in manifest.invariants.flatMap(\.theorems) {
      guard manifest.sources[theorem.file] != nil else {
        throw .breach("\(theorem.name) is said to be in \(theorem.file), which was not compiled")
      }
      guard theorem.assumptions != nil else {
        throw .breach("what \(theorem.name) rests on is not recorded")
      }
      theorems += 1
    }
    invariants = manifest.invariants.count
    coq = manifest.compiler.coq
  }

  /// Checks the files of a checkout against a manifest.
  public mutating func files(
    of checkout: Checkout, _ manifest: Manifest
  ) throws(ProofFailure) {
    let found = try checkout.sources()
    for path in Set(found.keys).union(manifest.sources.keys).sorted() {
      guard let hash = found[path] else {
        throw .breach(
          "Proofs/\(path) is gone", hint: "restore it: git checkout -- Proofs/\(path)")
      }
      guard manifest.sources[path] == hash else {
        throw .breach("Proofs/\(path) is not the file that Coq compiled")
      }
    }
    sources = found.count
    var texts: [String: String] = [:]
    func text(_ path: String) throws(ProofFailure) -> String {
      if let known = texts[path] { return known }
      let text = SwiftSource.code(try checkout.text(path))
      texts[path] = text
      return text
    }
    var statements: [String: Set<String>] = [:]
    for file in Set(manifest.theorems.map(\.file)) {
      statements[file] = Set(CoqSource.statements(of: try checkout.text("Proofs/\(file)")))
    }
    for invariant in manifest.invariants {
      for theorem in invariant.theorems {
        guard statements[theorem.file]?.contains(theorem.name) == true else {
          throw .breach("\(invariant.id): Proofs/\(theorem.file) has no theorem \(theorem.name)")
        }
      }
      for tie in invariant.checks {
        guard try text(tie.file).contains(tie.declaration) else {
          throw .breach("\(invariant.id): \(tie.file) has no '\(tie.declaration)'")
        }
        guard try text(tie.testFile).contains("func \(tie.test)(") else {
          throw .breach("\(invariant.id): \(tie.testFile) has no test '\(tie.test)'")
        }
        ties += 1
      }
    }
    self.checkout = checkout.root.path
  }
}

extension ManifestCheck: CustomStringConvertible {
  /// One line.
  public var description: String {
    let files =
      checkout.map { "\(sources) files and \(ties) checks of \($0)" }
      ?? "no checkout here, so no files"
    return "proofs: \(theorems) theorems for \(invariants) invariants, by Coq \(coq); "
      + "\(constants) constants, \(answers) answers of the rules, \(files): all as recorded"
  }
}
