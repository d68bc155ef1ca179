import Foundation
import Testing

@Suite(.turns)
struct LawsTests {
  /// The checkout of these tests.
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private struct Finding: Decodable {
    struct Evidence: Decodable {
      let place: String
      let verdict: String
      let text: String
    }
    let law: String
    let verdict: String
    let evidence: [Evidence]
  }

  private static func findings(_ outcome: Outcome) throws -> [String: Finding] {
    let list = try JSONDecoder().decode([Finding].self, from: Data(outcome.text.utf8))
    #expect(list.map(\.law) == (1...14).map { "L-R\($0)" })
    #expect(list.allSatisfy { !$0.evidence.isEmpty })
    return Dictionary(uniqueKeysWithValues: list.map { ($0.law, $0) })
  }

  @Test func thisCheckoutKeepsTheLaws() async throws {
    let scratch = try Scratch()
    let run = try await Run(
      ["laws", "check", "--json"], in: scratch, [:],
      under: ["/usr/bin/env", "--chdir=" + Self.root.path]
    ).finish()
    let findings = try Self.findings(run)
    // The tests' own record, the toolchain and the branch depend on where these tests run.
    for law in [1, 2, 6, 7, 8, 9, 10, 11, 13, 14] {
      let finding = try #require(findings["L-R\(law)"])
      #expect(finding.verdict == "holds", "\(finding)")
    }
    #expect(findings["L-R5"]?.verdict != "breach", "\(findings)")
  }

  @Test func eachBreachOfACheckoutIsFound() async throws {
    let scratch = try Scratch()
    for folder in ["Proofs", ".build"] {
      try FileManager.default.createDirectory(
        atPath: scratch.path(folder), withIntermediateDirectories: true)
    }
    try scratch.copy(Self.root.path + "/Proofs/manifest.json", to: "Proofs/manifest.json")
    try scratch.write("import PackageDescription", to: "Package.swift")
    try scratch.write("print(1)", to: "Proofs/helper.py")
    try scratch.write("FROM debian\nRUN curl -o x http://x", to: "Dockerfile")
    try scratch.write("abc 10 passed, 1 failed, 0 skipped", to: ".build/test-record.txt")
    let run = try await scratch.tri(
      "laws", "check", "--json", environment: ["WORKERS": "17"])
    expectFailure(run, 65, "L-R1, L-R2, L-R4, L-R5, L-R6, L-R14 are broken")
    let findings = try Self.findings(run)
    let swift = try #require(findings["L-R1"]?.evidence)
    #expect(swift.map(\.verdict) == ["breach", "breach"])
    #expect(swift[0].text.contains("Proofs/helper.py") && swift[1].text.contains("curl"))
    #expect(findings["L-R4"]?.evidence[0].text.contains("1 failed") == true)
    #expect(findings["L-R5"]?.evidence[0].text.contains("warnings") == true)
    #expect(findings["L-R14"]?.evidence[0].text.contains("is gone") == true)
  }

  /// A record of another commit, or of changed files, proves nothing of these.
  @Test func theTestsRecordCountsForItsCommitAlone() async throws {
    let scratch = try Scratch()
    for folder in ["Proofs", ".build"] {
      try FileManager.default.createDirectory(
        atPath: scratch.path(folder), withIntermediateDirectories: true)
    }
    try scratch.copy(Self.root.path + "/Proofs/manifest.json", to: "Proofs/manifest.json")
    try scratch.write(".treatAllWarnings(as: .error)", to: "Package.swift")
    try scratch.write(".build", to: ".gitignore")
    func git(_ arguments: String...) throws -> String {
      let process = Process()
      let pipe = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/git")
      process.arguments =
        ["-C", scratch.folder, "-c", "user.name=t", "-c", "user.email=t@t"] + arguments
      process.standardOutput = pipe
      try process.run()
      let data = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: data, as: UTF8.self).filter { !$0.isNewline }
    }
    _ = try git("init", "-q", "-b", "other")
    _ = try git("add", "-A")
    _ = try git("commit", "-q", "-m", "all")
    let commit = try git("describe", "--always", "--dirty", "--abbrev=12")
    func tests(_ record: String) async throws -> String? {
      try scratch.write(record, to: ".build/test-record.txt")
      let run = try await scratch.tri("laws", "check", "--json")
      let findings = try Self.findings(run)
      #expect(findings["L-R12"]?.verdict == "breach", "the branch is not main")
      return findings["L-R4"]?.verdict
    }
    #expect(try await tests("\(commit) 9 passed, 0 failed, 0 skipped") == "holds")
    #expect(try await tests("\(commit) 9 passed, 0 failed, 1 skipped") == "breach")
    #expect(try await tests("0123456789ab 9 passed, 0 failed, 0 skipped") == "unknown")
    #expect(try await tests("nonsense") == "unknown")
    try scratch.write(".treatAllWarnings(as: .error) ", to: "Package.swift")
    #expect(try await tests("\(commit) 9 passed, 0 failed, 0 skipped") == "unknown")
  }

  @Test func eachBreachOfAStoreIsFound() async throws {
    let scratch = try Scratch()
    try scratch.write(Scratch.space(unit: 20, rungs: 1), to: "space.toml")
    let race = Scratch.race(budget: "2trials")
    let run = try await scratch.tri(race, environment: ["IGLA_BRANCH": "main"])
    try #require(run.code == 0, "\(run.errors)")
    let whole = try await scratch.tri("laws", "check", "--json")
    #expect(whole.code == 0, "\(whole.errors)")
    let findings = try Self.findings(whole)
    for law in [3, 6, 9, 10, 11, 12, 13] {
      let finding = try #require(findings["L-R\(law)"])
      #expect(finding.verdict == "holds" && finding.evidence.contains { $0.place == "store" })
    }
    #expect(findings["L-R3"]?.evidence[0].text.hasPrefix("2 results") == true)

    try FileManager.default.removeItem(atPath: scratch.path(".trinity/experience"))
    expectFailure(try await scratch.tri("laws", "check"), 65, "L-R3 is broken")
    let more = try await scratch.tri(
      Scratch.race(budget: "3trials"), environment: ["IGLA_BRANCH": "feature"])
    try #require(more.code == 0, "\(more.errors)")
    expectFailure(try await scratch.tri("laws", "check"), 65, "L-R3, L-R12 are broken")
  }

  @Test func aStoreThatIsNotThereIsNamed() async throws {
    let scratch = try Scratch()
    expectFailure(
      try await scratch.tri("laws", "check", "--store", "sqlite:none.db"), 66, "none.db")
    let run = try await scratch.tri("laws", "check")
    #expect(run.code == 0 && run.text.contains("name one with --store"), "\(run.errors)")
  }
}
