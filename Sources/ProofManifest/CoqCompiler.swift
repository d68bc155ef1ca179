internal import Determinism
internal import Foundation

/// Compiles the proofs of a checkout from scratch, in a folder of its own, and judges the result.
public struct CoqCompiler {
  /// What Debian calls what is needed.
  public static let packages =
    "coq libcoq-flocq libcoq-coquelicot ocaml-nox ocaml-findlib libzarith-ocaml-dev"

  /// What came of it.
  public struct Result: Hashable, Sendable {
    public var compiler: Manifest.CompilerRecord
    /// Files that were compiled; the sources are those, what extracts them, and their lists.
    public var files: Int
    public var sources: [String: String]
    /// Classes of the axioms behind each theorem that was asked for, by `file name`.
    public var assumptions: [String: [AxiomClass]]
    /// `nil` for a folder without an oracle.
    public var constants: ConstantsFile?
    public var answers: [Manifest.AnswerRecord]
  }

  private let checkout: Checkout
  private let theories: [String]
  private let report: (String) -> Void

  /// Looks for the tools; `report` is told of each stage.
  ///
  /// Throws `unavailable` where Coq or a library of it is missing.
  public init(
    _ checkout: Checkout, report: @escaping (String) -> Void
  ) throws(ProofFailure) {
    self.checkout = checkout
    self.report = report
    theories = try checkout.theories()
    for tool in ["coqc", "coqtop", "coqchk"] where Tool.path(of: tool) == nil {
      throw Self.missing("there is no \(tool)")
    }
    let library = try Tool.run("coqc", ["-where"]).output.trimmingCharacters(in: .newlines)
    for name in ["Flocq", "Coquelicot"]
    where !FileManager.default.fileExists(atPath: "\(library)/user-contrib/\(name)") {
      throw Self.missing("Coq lacks the library \(name)")
    }
  }

  private static func missing(_ what: String) -> ProofFailure {
    ProofFailure(.unavailable, what, hint: "apt-get install \(packages)")
  }

  /// Compiles, checks and asks.
  ///
  /// - Parameter theorems: Those whose assumptions are asked for one by one.
  /// - Throws: The first breach.
  /// - Returns: What was found, to be recorded or compared.
  public func run(theorems: [Manifest.Theorem]) throws(ProofFailure) -> Result {
    let sources = try checkout.sources()
    var files: [String] = []
    for theory in theories { files += try checkout.order(of: theory) }
    // The files that only extract are read by `make oracle`, and state nothing.
    let listed = Set(files)
    for file in sources.keys.sorted() where file.hasSuffix(".v") {
      try CoqSource.audit(try checkout.text("Proofs/\(file)"), file: "Proofs/\(file)")
      if !listed.contains(file), !file.hasSuffix("/Extract.v") {
        throw .breach(
          "Proofs/\(file) is in no _CoqProject", hint: "list it there, or take it away")
      }
    }
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "igla-proofs-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try copy(to: folder)
    let place = Place(folder: folder, theories: theories)
    for (index, file) in files.enumerated() {
      report("compiling \(file), \(index + 1) of \(files.count)")
      try place.coqc(file)
    }
    report("checking \(files.count) compiled files")
    try place.coqchk(files)
    report("asking what the statements rest on")
    let asked = try place.assumptions(checkout, files, theorems)
    let version = try Tool.run("coqc", ["-print-version"]).output.split(separator: " ").first
    var constants: ConstantsFile?
    var answers: [Manifest.AnswerRecord] = []
    if checkout.exists("Proofs/Oracle") {
      report("extracting the definitions, and asking them")
      let oracle = try place.oracle()
      constants = try ConstantsFile(oracle: try oracle.answers("constants\n"))
      for twin in Twin.all { answers.append(try oracle.record(twin)) }
    }
    return Result(
      compiler: Manifest.CompilerRecord(
        coq: version.map(String.init) ?? "", sourcesSHA256: Manifest.digest(of: sources),
        statements: asked.statements, axioms: asked.axioms.sorted()),
      files: files.count, sources: sources, assumptions: asked.classes, constants: constants,
      answers: answers)
  }

  /// Copies what git has of the proofs: no compiled file is taken over.
  private func copy(to folder: URL) throws(ProofFailure) {
    do {
      let manager = FileManager.default
      let proofs = checkout.root.appending(path: "Proofs")
      var paths = ["Makefile"]
      for part in theories + ["Oracle"] {
        let names =
          (try? manager.contentsOfDirectory(atPath: proofs.appending(path: part).path)) ?? []
        paths += names.filter { $0.hasSuffix(".v") || $0.hasSuffix(".ml") || $0 == "_CoqProject" }
          .map { "\(part)/\($0)" }
      }
      for path in paths where checkout.exists("Proofs/\(path)") {
        let target = folder.appending(path: path)
        try manager.createDirectory(
          at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try manager.copyItem(at: proofs.appending(path: path), to: target)
      }
    } catch {
      throw ProofFailure(
        .cannotWrite, "cannot copy the proofs to \(folder.path): \(error.localizedDescription)",
        hint: "make room there, or name another place in TMPDIR")
    }
  }
}

extension CoqCompiler {
  /// The folder in which the proofs are compiled.
  struct Place {
    let folder: URL
    let theories: [String]

    private var flags: [String] {
      ["-q", "-w", "-ambiguous-paths"] + theories.flatMap { ["-R", $0, $0] }
    }

    private static func module(_ file: String) -> String {
      String(file.dropLast(2)).replacing("/", with: ".")
    }

    func coqc(_ file: String) throws(ProofFailure) {
      let run = try Tool.run("coqc", flags + [file], in: folder)
      guard run.status == 0 else {
        throw .breach("Coq refuses Proofs/\(file): \(run.summary)", hint: "mend the proof")
      }
    }

    /// Has Coq's independent checker read the compiled files.
    ///
    /// Its summary has to say that they assume nothing themselves; the libraries are taken as they are.
    func coqchk(_ files: [String]) throws(ProofFailure) {
      let run = try Tool.run(
        "coqchk",
        ["-silent", "-o"] + theories.flatMap { ["-R", $0, $0] }
          + files.flatMap { ["-norec", Self.module($0)] }, in: folder)
      guard run.status == 0 else {
        throw .breach("Coq's checker refuses the proofs: \(run.summary)", hint: "mend the proof")
      }
      // It writes the summary to stderr.
      try CheckerSummary(run.output + "\n" + run.errors).audit(theories: theories)
    }

    struct Assumptions {
      var statements = 0
      var axioms: Set<String> = []
      var classes: [String: [AxiomClass]] = [:]
    }

    /// Asks for the axioms behind everything together, and behind each theorem.
    func assumptions(
      _ checkout: Checkout, _ files: [String], _ theorems: [Manifest.Theorem]
    ) throws(ProofFailure) -> Assumptions {
      var found = Assumptions()
      var question = "Set Printing Width 100000.\n"
      var everything = "Definition everything :=\n"
      for file in files {
        question += "Require \(Self.module(file)).\n"
        for name in CoqSource.statements(of: try checkout.text("Proofs/\(file)")) {
          everything += "let _ := @\(Self.module(file)).\(name) in\n"
          found.statements += 1
        }
      }
      question += everything + "tt.\nPrint Assumptions everything.\n"
      for theorem in theorems {
        question += "Print Assumptions \(Self.module(theorem.file)).\(theorem.name).\n"
      }
      do {
        try question.write(
          to: folder.appending(path: "question.v"), atomically: false, encoding: .utf8)
      } catch {
        throw ProofFailure(
          .cannotWrite, "cannot write to \(folder.path)", hint: "make room there")
      }
      let run = try Tool.run("coqtop", flags + ["-batch", "-l", "question.v"], in: folder)
      guard run.status == 0 else {
        throw .breach("Coq does not know what was asked for: \(run.summary)")
      }
      let answers = Self.parse(run.output)
      guard answers.count == theorems.count + 1 else {
        throw .breach("\(answers.count) answers to \(theorems.count + 1) questions")
      }
      found.axioms = answers[0]
      if let alien = answers.reduce(Set(), { $0.union($1) }).subtracting(AxiomClass.allowed).min() {
        throw .breach(
          "the proofs rest on the axiom \(alien)",
          hint: "prove it; allowed are \(AxiomClass.allowed.sorted().joined(separator: ", "))")
      }
      for (theorem, axioms) in zip(theorems, answers.dropFirst()) {
        found.classes["\(theorem.file) \(theorem.name)"] = AxiomClass.classes(of: axioms)
      }
      return found
    }

    /// The names that begin a line after each `Axioms:`; none after `Closed under …`.
    static func parse(_ output: String) -> [Set<String>] {
      var answers: [Set<String>] = []
      for line in output.split(separator: "\n") {
        if line.hasPrefix("Closed under") || line.hasPrefix("Axioms:") {
          answers.append([])
        } else if !answers.isEmpty, let first = line.first, first.isLetter || first == "_" {
          let name = line.split { $0 == " " || $0 == ":" }.first.map(String.init) ?? ""
          answers[answers.count - 1].insert(name)
        }
      }
      return answers
    }

    func oracle() throws(ProofFailure) -> IglaOracle {
      guard Tool.path(of: "ocamlfind") != nil else { throw CoqCompiler.missing("no ocamlfind") }
      let run = try Tool.run("make", ["--no-print-directory", "oracle"], in: folder)
      guard run.status == 0 else {
        throw .breach(
          "the definitions cannot be extracted: \(run.summary)", hint: "see make oracle")
      }
      return IglaOracle(path: folder.appending(path: "build/igla-oracle").path)
    }
  }
}
