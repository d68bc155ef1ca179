import Foundation
import Testing

@Suite(.turns)
struct ProofsTests {
  /// The checkout of these tests; `make test` fails here after an edit that was not recorded.
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test func theProofsOfThisCheckoutAreOnRecord() async throws {
    let scratch = try Scratch()
    let run = try await Run(
      ["proofs", "check", "--json"], in: scratch, [:],
      under: ["/usr/bin/env", "--chdir=" + Self.root.path]
    ).finish()
    #expect(run.code == 0, "\(run.errors)")
    let report = try run.json()
    #expect(try report("invariants", as: Int.self) == 13)
    #expect(try report("sources", as: Int.self) > 30)
    #expect(try report("checkout", as: String.self) == Self.root.path)
  }

  @Test func outsideOfACheckoutTheProgramIsChecked() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri("proofs", "check")
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.text.contains("no checkout here") && run.lines.count == 1)
    expectFailure(try await scratch.tri("proofs", "check", "--compile"), 66, "no proofs here")
    expectFailure(try await scratch.tri("proofs", "check", "--record"), 64, "--compile")
  }

  @Test func withoutCoqTheMessageNamesThePackages() async throws {
    let scratch = try Scratch()
    try scratch.write("", to: "Package.swift")
    try FileManager.default.createDirectory(
      atPath: scratch.path("Proofs"), withIntermediateDirectories: true)
    try scratch.copy(Self.root.path + "/Proofs/manifest.json", to: "Proofs/manifest.json")
    let run = try await scratch.tri(
      "proofs", "check", "--compile", environment: ["PATH": scratch.folder])
    expectFailure(run, 69, "there is no coqc", "apt-get install coq libcoq-flocq")
  }

  /// L-R14, and that no store is begun.
  @Test func aRaceDoesNotStartOnProofsThatWereEdited() async throws {
    let scratch = try Scratch()
    try scratch.write(Scratch.space(unit: 20, rungs: 3), to: "space.toml")
    try scratch.write("", to: "Package.swift")
    try FileManager.default.createDirectory(
      atPath: scratch.path("Proofs"), withIntermediateDirectories: true)
    try scratch.copy(Self.root.path + "/Proofs/manifest.json", to: "Proofs/manifest.json")
    let gone = try await scratch.tri(Scratch.race(budget: "1trials"))
    expectFailure(gone, 65, "Proofs/GoldenFloat/Accumulator.v is gone")
    try scratch.write(try scratch.text("Proofs/manifest.json") + " ", to: "Proofs/manifest.json")
    let other = try await scratch.tri(Scratch.race(budget: "1trials"))
    expectFailure(other, 65, "another manifest", "make build")
    #expect(!scratch.exists(".trinity/race.db"))
  }

  @Test func aRaceSaysWhatWasChecked() async throws {
    let scratch = try Scratch()
    try scratch.write(Scratch.space(unit: 20, rungs: 1), to: "space.toml")
    let run = try await scratch.tri(Scratch.race(budget: "1trials"))
    #expect(run.code == 0, "\(run.errors)")
    let lines = run.errors.split(separator: "\n").filter { $0.hasPrefix("proofs: ") }
    #expect(lines.count == 1 && lines[0].contains("all as recorded"))
  }
}
