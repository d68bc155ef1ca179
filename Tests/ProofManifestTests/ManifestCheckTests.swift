import Foundation
import Invariants
import ProofManifest
import Testing

@Suite struct ManifestCheckTests {
  @Test func theCheckoutHoldsWhatIsRecorded() throws {
    let check = try ManifestCheck.run(in: Repository.checkout.root.path)
    #expect(check.invariants == 13 && check.theorems > 90 && check.sources > 30)
    #expect(check.constants == ProvenConstants.all.count && check.answers == 400 * Twin.all.count)
    #expect(check.ties >= 15 && check.checkout != nil)
    #expect(check.description.contains("all as recorded"))
  }

  @Test func withoutACheckoutTheProgramItselfIsChecked() throws {
    let check = try ManifestCheck.run(in: try Folder().url.path)
    #expect(check.checkout == nil && check.sources == 0 && check.answers > 0)
    #expect(check.description.contains("no checkout here"))
  }

  @Test func theProgramIsBuiltFromTheManifestOfItsCheckout() throws {
    #expect(try ManifestCheck.embedded() == Repository.checkout.manifest())
    let folder = try Folder.copyOfTheCheckout()
    _ = try ManifestCheck.run(in: folder.url.appending(path: "Proofs").path)
    try folder.write(
      try folder.checkout.text("Proofs/manifest.json") + "\n", to: "Proofs/manifest.json")
    expect("another manifest") { _ = try ManifestCheck.run(in: folder.url.path) }
    // Without its manifest a checkout is still one.
    try FileManager.default.removeItem(at: folder.url.appending(path: "Proofs/manifest.json"))
    expect("has no Proofs/manifest.json") { _ = try ManifestCheck.run(in: folder.url.path) }
  }

  /// What each edit of a checkout is answered with.
  @Test(arguments: [
    ("Proofs/Igla/Scheduler.v", "rank <=? reported", "rank <=? 1 + reported", "not the file"),
    ("Proofs/Igla/Scheduler.v", "(** * INV-2", "(** * INV-22", "not the file"),
    ("Proofs/GoldenFloat/Round.v", "Qed.", "Admitted.", "not the file"),
    ("Proofs/Igla/Lease.v", "Open Scope Z_scope.", "Axiom f : False.", "not the file"),
    ("Proofs/Igla/_CoqProject", "Lease.v\n", "", "not the file"),
    ("Proofs/Oracle/igla_oracle.ml", "\n", "\n\n", "not the file"),
    ("Sources/Race/VictoryGate.swift", "static func judge(", "static func judged(", "INV-7"),
    ("Sources/Race/VictoryGate.swift", "static func judge(", "/* static func judge(*/(", "INV-7"),
    ("Sources/Race/RaceMachine+Check.swift", "func checkPromotion(", "func check2(", "INV-2"),
    (
      "Tests/InvariantsTests/DecisionCheckTests.swift", "func aLeaseBeyondTheBudgetIsRefused(",
      "func aLease(", "INV-11"
    ),
    (
      "Tests/InvariantsTests/DecisionCheckTests.swift",
      "  @Test func aLeaseBeyondTheBudgetIsRefused(",
      "  // @Test func aLeaseBeyondTheBudgetIsRefused(", "INV-11"
    ),
  ]) func anEditIsCaught(path: String, from: String, to: String, message: String) throws {
    let folder = try Folder.copyOfTheCheckout()
    let manifest = try folder.checkout.manifest()
    var check = ManifestCheck()
    try check.files(of: folder.checkout, manifest)
    let text = try folder.checkout.text(path)
    try #require(text.contains(from))
    try folder.write(text.replacing(from, with: to), to: path)
    expect(message) {
      var check = ManifestCheck()
      try check.files(of: folder.checkout, manifest)
    }
  }

  @Test func aFileMoreOrLessIsCaught() throws {
    let folder = try Folder.copyOfTheCheckout()
    let manifest = try folder.checkout.manifest()
    for more in ["Igla/More.v", "Igla/Below/More.v", "New/More.v"] {
      try folder.write("Axiom anything : False.\n", to: "Proofs/\(more)")
      expect(more) {
        var check = ManifestCheck()
        try check.files(of: folder.checkout, manifest)
      }
      try FileManager.default.removeItem(at: folder.url.appending(path: "Proofs/\(more)"))
    }
    try FileManager.default.removeItem(at: folder.url.appending(path: "Proofs/Igla/Coder.v"))
    expect("Coder.v is gone") {
      var check = ManifestCheck()
      try check.files(of: folder.checkout, manifest)
    }
  }

  /// Records that contradict themselves.
  @Test func aForgedRecordIsCaught() throws {
    let manifest = try Repository.checkout.manifest()
    let forgeries: [(String, (inout Manifest) -> Void)] = [
      ("other sources", { $0.sources["Igla/Phi.v"] = "00" }),
      ("other sources", { $0.compiler.sourcesSHA256 = "00" }),
      ("axiom Igla.cheat", { $0.compiler.axioms.append("Igla.cheat") }),
      ("lists", { $0.invariants.removeLast() }),
      ("not compiled", { $0.invariants[1].theorems[0].file = "Igla/None.v" }),
      ("not recorded", { $0.invariants[1].theorems[0].assumptions = nil }),
      ("safetyCut", { $0.constants["safetyCut"] = "5/2" }),
      ("'promotion'", { $0.answers[2].sha256 = "00" }),
      ("answers for", { $0.answers.removeFirst() }),
    ]
    for (message, forge) in forgeries {
      var forged = manifest
      forge(&forged)
      expect(message) {
        var check = ManifestCheck()
        try check.program(forged)
      }
    }
    expect("cannot be read") { _ = try Manifest.parse([UInt8]("{}".utf8)) }
  }

  @Test func itTakesMilliseconds() throws {
    let clock = ContinuousClock()
    let fastest = try (0..<5).map { _ in
      try clock.measure { _ = try ManifestCheck.run(in: Repository.checkout.root.path) }
    }.min()
    // A bound that a machine busy with other tests keeps, and that compiling anything would not.
    #expect(try #require(fastest) < .milliseconds(500))
  }

  private func expect(
    _ part: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    let failure = #expect(
      throws: ProofFailure.self, sourceLocation: sourceLocation, performing: body)
    #expect(
      failure?.message.contains(part) == true && failure?.code == .breach,
      "'\(part)' in: \(failure?.message ?? "no failure")", sourceLocation: sourceLocation)
    #expect(failure?.hint.isEmpty == false)
  }
}
