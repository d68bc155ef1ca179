internal import Foundation
internal import Determinism

/// What is proved, what of the program rests on it, and what the compiler said: `Proofs/manifest.json`.
///
/// A person writes ``invariants``, but for the assumptions of their theorems; all else is written by
/// `tri proofs check --compile --record`.
public struct Manifest: Hashable, Sendable, Codable {
  /// Of the format of the file.
  public static let currentVersion = 1

  public var version: Int
  public var compiler: CompilerRecord
  /// SHA-256 of each file of Coq, by its path below `Proofs`.
  public var sources: [String: String]
  /// The constants as Coq prints them, by name: `1000` or `7/2`.
  public var constants: [String: String]
  /// What Coq's definitions answered where the program's twins are asked the same.
  public var answers: [AnswerRecord]
  public var invariants: [Invariant]

  /// What the compiler found.
  public struct CompilerRecord: Hashable, Sendable, Codable {
    /// Such as `8.16.1`.
    public var coq: String
    /// SHA-256 of the sources that it compiled: of the lines `path hash`, sorted.
    public var sourcesSHA256: String
    /// Statements and definitions whose assumptions were asked for.
    public var statements: Int
    /// All axioms behind any of them, sorted.
    public var axioms: [String]

    public init(coq: String, sourcesSHA256: String, statements: Int, axioms: [String]) {
      self.coq = coq
      self.sourcesSHA256 = sourcesSHA256
      self.statements = statements
      self.axioms = axioms
    }

    private enum CodingKeys: String, CodingKey {
      case coq, statements, axioms
      case sourcesSHA256 = "sources_sha256"
    }
  }

  /// What Coq's definition of a twin answered to the twin's fixed requests.
  public struct AnswerRecord: Hashable, Sendable, Codable {
    public var twin: String
    public var count: Int
    /// Of the answers, a line each.
    public var sha256: String

    public init(twin: String, count: Int, sha256: String) {
      self.twin = twin
      self.count = count
      self.sha256 = sha256
    }
  }

  public struct Invariant: Hashable, Sendable, Codable {
    /// Such as `INV-2`.
    public var id: String
    public var name: String
    public var claim: String
    public var theorems: [Theorem]
    /// Hypotheses by name that no lemma discharges.
    public var hypotheses: [String]
    public var checks: [Tie]
    public var doesNotSay: String

    private enum CodingKeys: String, CodingKey {
      case id, name, claim, theorems, hypotheses, checks
      case doesNotSay = "does_not_say"
    }
  }

  public struct Theorem: Hashable, Sendable, Codable {
    /// Below `Proofs`.
    public var file: String
    public var name: String
    /// Classes of axioms that it rests on, empty for none; missing until they are recorded.
    public var assumptions: [AxiomClass]?

    public init(file: String, name: String, assumptions: [AxiomClass]? = nil) {
      self.file = file
      self.name = name
      self.assumptions = assumptions
    }
  }

  /// A function of the program that does what a theorem is about, and the test of that.
  public struct Tie: Hashable, Sendable, Codable {
    public var file: String
    /// The declaration as it stands in the file, such as `static func judge(`.
    public var declaration: String
    public var testFile: String
    /// The name of the test function.
    public var test: String

    private enum CodingKeys: String, CodingKey {
      case file, declaration, test
      case testFile = "test_file"
    }
  }

  public static func parse(_ bytes: some Collection<UInt8>) throws(ProofFailure) -> Manifest {
    let manifest: Manifest
    do {
      manifest = try JSONDecoder().decode(Manifest.self, from: Data(bytes))
    } catch {
      throw .breach("the manifest of the proofs cannot be read: \(error)")
    }
    guard manifest.version == currentVersion else {
      throw .breach(
        "the manifest of the proofs has version \(manifest.version), not \(currentVersion)",
        hint: "use the program of that version")
    }
    return manifest
  }

  /// The text of the file: sorted keys, so that differences are those of the content.
  public func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// The hash of all sources together.
  public static func digest(of sources: [String: String]) -> String {
    Digest.sha256(sources.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined())
  }
}
