internal import Foundation

extension Manifest {
  /// The theorems whose assumptions are recorded.
  public var theorems: [Theorem] { invariants.flatMap(\.theorems) }

  /// Returns the manifest with what the compiler found, and all that a person wrote.
  public func recording(_ result: CoqCompiler.Result) -> Manifest {
    var manifest = self
    manifest.compiler = result.compiler
    manifest.sources = result.sources
    manifest.constants = result.constants?.values ?? [:]
    manifest.answers = result.answers
    for i in manifest.invariants.indices {
      for t in manifest.invariants[i].theorems.indices {
        let theorem = manifest.invariants[i].theorems[t]
        manifest.invariants[i].theorems[t].assumptions =
          result.assumptions["\(theorem.file) \(theorem.name)"]
      }
    }
    return manifest
  }

  /// Throws where the compiler found something else than is recorded.
  public func compare(_ result: CoqCompiler.Result) throws(ProofFailure) {
    let fresh = recording(result)
    func differ(_ what: String, _ recorded: some Any, _ found: some Any) -> ProofFailure {
      .breach("\(what): recorded is \(recorded), but Coq's is \(found)")
    }
    if compiler != fresh.compiler {
      throw differ("the compiler's result", compiler, fresh.compiler)
    }
    if sources != fresh.sources { throw .breach("other files of Coq are recorded") }
    if constants != fresh.constants { throw differ("the constants", constants, fresh.constants) }
    if answers != fresh.answers { throw differ("the answers", answers, fresh.answers) }
    for (old, new) in zip(theorems, fresh.theorems) where old != new {
      throw differ(
        "the assumptions of \(old.name)", old.assumptions ?? [], new.assumptions ?? [])
    }
  }
}

extension Checkout {
  /// Writes the manifest and the file of the constants.
  ///
  /// - Returns: The paths of the files that changed.
  public func write(
    _ manifest: Manifest, _ constants: ConstantsFile?
  ) throws(ProofFailure) -> [String] {
    let text: String
    do { text = try manifest.text() } catch { throw .breach("the manifest: \(error)") }
    var files = [("Proofs/manifest.json", text)]
    if let constants { files.append((ConstantsFile.path, try constants.text())) }
    var changed: [String] = []
    for (path, text) in files {
      if exists(path) {
        let old = try self.text(path)
        if old == text { continue }
      }
      do {
        try Data(text.utf8).write(to: root.appending(path: path))
      } catch {
        throw ProofFailure(
          .cannotWrite, "cannot write \(path): \(error.localizedDescription)",
          hint: "make the folder writable")
      }
      changed.append(path)
    }
    return changed
  }
}
