import ArgumentParser
import Foundation
import ProofManifest

/// The group `tri proofs`.
struct ProofsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proofs",
    abstract: "Check the proofs on record, and print what they say of models.",
    subcommands: [
      ProofsCheckCommand.self, ProofsGF16Command.self, ProofsAttentionCommand.self,
    ])
}

/// `tri proofs check`.
struct ProofsCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Compare the program and its proofs with the record, or compile them all.",
    discussion: """
      Without flags, in milliseconds: the program's constants and fixed answers of its rules are \
      those that Coq printed, the recorded result of the compiler is of the recorded files and \
      rests on allowed axioms, and, in a checkout, each file of Coq has its recorded hash and each \
      function and test that Proofs/manifest.json names is there. tri race start does the same \
      first, and refuses to start on a breach (L-R14).

      With --compile, in a minute or two: compiles every file from scratch in a temporary folder, \
      has Coq's independent checker look at the result, asks what each theorem rests on, extracts \
      the definitions and compares all of it with the record.

      Exit codes: 0 it holds, 65 it does not, 66 --compile outside of a checkout, 69 Coq is not \
      installed, 73 the record cannot be written.

      EXAMPLES:
        tri proofs check
        tri proofs check --compile
        tri proofs check --compile --record    after an edit: write the record anew, then build
      """)

  @Flag(help: "Compile the proofs of this checkout with Coq.")
  var compile = false

  @Flag(help: "Write Proofs/manifest.json and the file of the constants. With --compile.")
  var record = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    if record && !compile {
      throw Failure.usage(
        "--record is given without --compile", hint: "what is recorded is what Coq finds")
    }
    let folder = FileManager.default.currentDirectoryPath
    guard compile else {
      let check = try ManifestCheck.run(in: folder)
      return json ? try Console.json(check) : try Console.result(check.description)
    }
    guard let checkout = Checkout.above(folder) else {
      throw Failure(
        66, "there are no proofs here to compile",
        hint: "run this in a clone of the project, where Proofs/manifest.json is")
    }
    let began = ContinuousClock.now
    let manifest = try checkout.manifest()
    let compiler = try CoqCompiler(checkout) { stage in
      Console.isTerminal ? Console.progress(stage) : Console.note(stage)
    }
    let result = try compiler.run(theorems: manifest.theorems)
    Console.endProgress()
    if record {
      let changed = try checkout.write(manifest.recording(result), result.constants)
      Console.note(
        changed.isEmpty
          ? "the record was up to date"
          : "recorded: \(changed.joined(separator: ", ")); now build the program anew")
    } else {
      try manifest.compare(result)
    }
    let outcome = Compiled(result, seconds: (ContinuousClock.now - began).seconds)
    json ? try Console.json(outcome) : try Console.result(outcome.text)
  }

  /// What a compilation found.
  private struct Compiled: Encodable {
    var coq: String
    var files: Int
    var statements: Int
    var axioms: [String]
    var sources_sha256: String
    var seconds: Double

    init(_ result: CoqCompiler.Result, seconds: Double) {
      coq = result.compiler.coq
      files = result.files
      statements = result.compiler.statements
      axioms = result.compiler.axioms
      sources_sha256 = result.compiler.sourcesSHA256
      self.seconds = seconds
    }

    var text: String {
      "Coq \(coq) compiled and checked \(files) files in \(spoken(seconds: seconds)): "
        + "\(statements) statements and definitions rest on no more than "
        + axioms.joined(separator: ", ")
    }
  }
}
