import Foundation
import Testing

@Suite(.turns)
struct HelpTests {
  static let commands = [
    "", "data", "data list", "data fetch", "data audit", "train", "eval", "average", "generate",
    "race", "race start", "race status", "race best", "race table", "race simulate", "race show",
    "race lessons", "race enqueue", "race stop", "race resume", "race verify", "bench",
    "bench peak", "bench products", "bench engine", "bench gf16", "bench gf16 speed",
    "bench gf16 exhaustive", "bench gf16 quantisation", "bench gf16 vectors", "bench mnist",
    "bench store", "profile", "proofs", "proofs check", "proofs gf16", "proofs attention", "laws",
    "laws check",
    "doctor", "race metrics",
  ]

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Snapshots")

  /// `RECORD_SNAPSHOTS=1` writes the files anew, and fails so that nobody forgets it there.
  @Test(arguments: commands)
  func helpIsAsRecorded(command: String) async throws {
    let scratch = try Scratch()
    let words = command.split(separator: " ").map(String.init)
    let run = try await scratch.tri(words + ["--help"])
    #expect(run.code == 0)
    #expect(run.errors.isEmpty)
    let name = (["tri"] + words).joined(separator: "-")
    let file = Self.folder.appendingPathComponent("\(name).txt")
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" {
      try run.output.write(to: file)
      Issue.record("recorded \(file.lastPathComponent); look at it and run again without")
    }
    let recorded = try String(contentsOf: file, encoding: .utf8)
    #expect(run.text == recorded, "RECORD_SNAPSHOTS=1 records the new text")
  }

  /// The names and abstracts under SUBCOMMANDS.
  private func subcommands(_ words: [String]) async throws -> [String: String] {
    let help = try await Scratch().tri(words + ["--help"]).text
    guard let start = help.range(of: "SUBCOMMANDS:\n") else { return [:] }
    let rows = help[start.upperBound...].components(separatedBy: "\n\n")[0]
    return Dictionary(
      uniqueKeysWithValues: rows.components(separatedBy: "\n").compactMap { row in
        guard let match = row.wholeMatch(of: /\s\s(\w+) +(.+)/) else { return nil }
        return (String(match.1), String(match.2))
      })
  }

  @Test func everyCommandIsDocumented() async throws {
    let groups = [[], ["bench"], ["bench", "gf16"], ["data"], ["laws"], ["proofs"], ["race"]]
    var found: Set<String> = [""]
    for group in groups {
      for (name, abstract) in try await subcommands(group) {
        #expect(!abstract.isEmpty)
        found.insert((group + [name]).joined(separator: " "))
      }
    }
    #expect(found == Set(Self.commands))
  }

  @Test func versionAndNothingAtAllAreFine() async throws {
    let scratch = try Scratch()
    let version = try await scratch.tri("--version")
    #expect(version.code == 0)
    #expect(version.text.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    #expect(try await scratch.tri().code == 0)
    expectFailure(try await scratch.tri("rase"), 64, "rase", "see 'tri --help'")
    expectFailure(try await scratch.tri("race", "begin"), 64, "begin")
  }
}

@Suite(.turns)
struct DoctorTests {
  @Test func aMachineThatCanRaceIsWell() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri("doctor", "--json")
    #expect(run.code == 0, "\(run.errors)")
    let checks = try run.json().list("checks")
    #expect(
      try checks.map { try $0("name", as: String.self) } == [
        "processor", "cores", "memory", "huge pages", "disk", "tiny_shakespeare", "kjv", "race",
      ])
    for check in checks {
      let state = try check("state", as: String.self)
      #expect(["ok", "note"].contains(state))
      #expect(try !check("detail", as: String.self).isEmpty)
      #expect(state == "ok" || check.members["remedy"] is String)
    }
  }

  @Test func aMissingPartIsNamedWithItsRemedy() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri("doctor", environment: ["IGLA_CPU": "avx9"])
    #expect(run.code == 69)
    #expect(run.text.contains("missing processor"))
    #expect(run.text.contains("mend: use one of"))
    try scratch.write("not a database, whatever its name says", to: "race.db")
    let broken = try await scratch.tri("doctor", "--store", "sqlite:race.db")
    #expect(broken.code == 69, "\(broken.text)")
    #expect(broken.text.contains("missing race"))
  }
}
