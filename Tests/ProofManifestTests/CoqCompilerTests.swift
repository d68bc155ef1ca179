import ProofManifest
import Testing

/// The compiler's judge on a theory of one file, which takes seconds.
///
/// `make test` installs Coq.
@Suite struct CoqCompilerTests {
  private static let sound = """
    (** A comment may say Axiom, (* and nest Admitted. *) "and quote". *)
    From Coq Require Import Classical.
    Section Inside.
    Variable n : nat.
    Lemma same : n = n. Proof. reflexivity. Qed.
    End Inside.
    Theorem either (P : Prop) : P \\/ ~ P.
    Proof. apply classic. Qed.

    """

  private static let theorems = ["same", "either"].map {
    Manifest.Theorem(file: "Tiny/Tiny.v", name: $0, assumptions: nil)
  }

  private func compile(_ text: String) throws -> CoqCompiler.Result {
    let folder = try Folder()
    try folder.write("-R . Tiny\nTiny.v\n", to: "Proofs/Tiny/_CoqProject")
    try folder.write(text, to: "Proofs/Tiny/Tiny.v")
    return try CoqCompiler(folder.checkout) { _ in }.run(theorems: Self.theorems)
  }

  @Test func aSoundTheoryPasses() throws {
    let result = try compile(Self.sound)
    #expect(result.compiler.statements == 2)
    #expect(result.compiler.axioms == ["Classical_Prop.classic"])
    #expect(
      result.assumptions == ["Tiny/Tiny.v same": [], "Tiny/Tiny.v either": [.classicalLogic]])
  }

  @Test(arguments: [
    ("Axiom cheat : False.", "'Axiom'"),
    ("Parameter cheat : False.", "'Parameter'"),
    ("Variable cheat : False.", "stands in no section"),
    ("Lemma cheat : False. Proof. Admitted.", "'Admitted'"),
    ("Lemma cheat : False. Proof. admit. Qed.", "'admit'"),
    ("Unset Guard Checking.", "switches a check off"),
    (
      "Class C := { cheat : False }.\\nDeclare Instance bad : C.\\nRemark no : False. Proof. exact cheat. Qed.",
      "declares without a proof"
    ),
    ("Program Definition cheat : False := _.\\nAdmit Obligations.", "leaves something unproved"),
    // Three that no word gives away: Coq itself is asked.
    ("Lemma cheat : 0 = 1. Proof. reflexivity. Qed.", "Coq refuses"),
    (
      "From Coq Require Import ProofIrrelevance.\\n  #[local] Remark cheat (P : Prop) (a b : P) : a = b.\\n"
        + "  Proof. apply proof_irrelevance. Qed.", "rest on the axiom"
    ),
    (
      "From Coq Require Import ProofIrrelevance.\\nLemma cheat (P : Prop) (a b : P) : a = b.\\nProof. "
        + "apply proof_irrelevance. Qed.", "rest on the axiom"
    ),
    (
      "From Coq Require Import ClassicalEpsilon.\\nDefinition cheat := @epsilon.",
      "rest on the axiom"
    ),
  ]) func whatIsNotProvedIsRefused(line: String, message: String) throws {
    let failure = #expect(throws: ProofFailure.self) {
      try compile(Self.sound + line.replacing("\\n", with: "\n") + "\n")
    }
    #expect(
      failure?.code == .breach && failure?.message.contains(message) == true,
      "\(String(describing: failure))")
  }

  @Test func theCheckersSummaryIsRead() throws {
    func summary(_ axiom: String, _ unsafe: String = "<none>") -> CheckerSummary {
      CheckerSummary(
        """

        CONTEXT SUMMARY
        ===============

        * Theory: Set is predicative
          
        * Axioms:
            Coq.Logic.Classical_Prop.classic
            \(axiom)
          
        * Constants/Inductives relying on type-in-type: \(unsafe)

        """)
    }
    try summary("Coq.Reals.Rdefinitions.R").audit(theories: ["Tiny"])
    for bad in [
      summary("Tiny.Tiny.bad"), summary("Coq.R", "\n    Tiny.Tiny.loop"), CheckerSummary("done\n"),
    ] {
      #expect(throws: ProofFailure.self) { try bad.audit(theories: ["Other", "Tiny"]) }
    }
    #expect(summary("Coq.R").sections["Axioms"]?.count == 2)
  }

  @Test func whatTheCompilerFindsIsComparedWithTheRecord() throws {
    let result = try compile(Self.sound)
    var manifest = try Repository.checkout.manifest()
    manifest.invariants = [manifest.invariants[0]]
    manifest.invariants[0].theorems = Self.theorems
    let recorded = manifest.recording(result)
    try recorded.compare(result)
    #expect(recorded.theorems.map(\.assumptions) == [[], [.classicalLogic]])
    let forgeries: [(inout Manifest) -> Void] = [
      { $0.compiler.axioms = [] }, { $0.compiler.coq = "8.0" }, { $0.constants["x"] = "1" },
      { $0.invariants[0].theorems[1].assumptions = [] }, { $0.sources["Tiny/Tiny.v"] = "00" },
    ]
    for forge in forgeries {
      var forged = recorded
      forge(&forged)
      #expect(throws: ProofFailure.self) { try forged.compare(result) }
    }
  }
}
