import Foundation
import Testing

@Suite(.turns)
struct EvalTests {
  private static let file = "run/checkpoint.safetensors"
  private static let store = ["--store", "sqlite:ledger/race.db"]

  private func trained(steps: Int = 20) async throws -> (Scratch, Outcome) {
    let scratch = try Scratch()
    let run = try await scratch.tri(Scratch.train("run", steps: steps))
    try #require(run.code == 0, "\(run.errors)")
    return (scratch, run)
  }

  @Test func theAuditPassesAndTheScoreIsThatOfTheTraining() async throws {
    let (scratch, run) = try await trained(steps: 300)
    let score = try await scratch.tri("eval", "--checkpoint", Self.file, "--audit", "--json")
    #expect(score.code == 0, "\(score.errors)")
    let report = try score.json()
    #expect(
      report.keys.isSuperset(of: [
        "bpb", "bytes", "split", "column", "context", "stride", "step", "seed", "trained_on",
        "corpus", "checkpoint", "kernels", "seconds", "audit",
      ]))
    #expect(String(format: "BPB=%.4f", try report("bpb", as: Double.self)) == run.lines.last)
    let findings = try report.list("audit")
    #expect(
      try Set(findings.map { try $0("check", as: String.self) }).isSuperset(of: [
        "each_byte_once", "byte_denominator", "probabilities_sum_to_one",
      ]))
    #expect(try findings.allSatisfy { try $0("passed", as: Bool.self) })
    #expect(
      try findings.contains { try $0("check", as: String.self).contains("entropy") },
      "a score below the source's entropy is looked for: \(score.text)")
  }

  @Test func noModelBeatsTheEntropyOfItsSource() async throws {
    let (scratch, _) = try await trained(steps: 3_000)
    let corpora = try await scratch.tri("data", "list", "--json").json().list("corpora")
    let markov = try #require(corpora.last)
    let rate = try markov("entropy_rate", as: Double.self)
    let bpb = try await scratch.tri("eval", "--checkpoint", Self.file, "--json").json()(
      "bpb", as: Double.self)
    #expect(bpb > rate)
    #expect(bpb < 3, "it learnt something")
  }

  @Test func anOpeningOfTestIsChainedBeforeTheScore() async throws {
    let (scratch, _) = try await trained()
    for _ in 1...2 {
      let score = try await scratch.tri(
        ["eval", "--checkpoint", Self.file, "--split", "test", "--json"] + Self.store)
      #expect(score.code == 0, "\(score.errors)")
      #expect(try score.json()("split", as: String.self) == "test")
      #expect(score.errors.contains("ledger/ledger.jsonl"))
    }
    let entries = try scratch.text("ledger/ledger.jsonl").split(separator: "\n")
      .map { try JSONObject(Data($0.utf8)) }
    #expect(try entries.map { try $0("ordinal", as: Int.self) } == [1, 2])
    #expect(try entries[1]("previous", as: String.self) == entries[0]("hash", as: String.self))
    let detail = try entries[0].object("detail")
    #expect(
      detail.keys.isSuperset(of: ["agent_id", "checkpoint", "corpus", "purpose", "sha256"]))
  }

  enum Tampering: CaseIterable {
    case alteredDetail, alteredTime, removedFirst, swapped, cutLine, foreignLine

    func apply(_ lines: [String]) -> [String] {
      switch self {
      case .alteredDetail: [lines[0].replacing("markov", with: "marlov"), lines[1]]
      case .alteredTime:
        [lines[0], lines[1].replacing(/"time":\d/) { _ in "\"time\":9" }]
      case .removedFirst: [lines[1]]
      case .swapped: [lines[1], lines[0]]
      case .cutLine: [lines[0], String(lines[1].dropLast(9))]
      case .foreignLine: lines + ["hello"]
      }
    }
  }

  @Test(arguments: Tampering.allCases)
  func testIsNotScoredOnATamperedLedger(tampering: Tampering) async throws {
    let (scratch, _) = try await trained()
    let command = ["eval", "--checkpoint", Self.file, "--split", "test"] + Self.store
    for _ in 1...2 { _ = try await scratch.tri(command) }
    let lines = try scratch.text("ledger/ledger.jsonl").split(separator: "\n").map(String.init)
    let altered = tampering.apply(lines).joined(separator: "\n") + "\n"
    try #require(altered != lines.joined(separator: "\n") + "\n")
    try scratch.write(altered, to: "ledger/ledger.jsonl")
    let score = try await scratch.tri(command)
    expectFailure(score, 65, "ledger/ledger.jsonl")
    #expect(score.output.isEmpty, "test stays sealed")
    #expect(try scratch.text("ledger/ledger.jsonl") == altered)
  }

  @Test func testIsNotScoredWhereItCannotBeRecorded() async throws {
    let (scratch, _) = try await trained()
    let score = try await scratch.tri(
      "eval", "--checkpoint", Self.file, "--split", "test", "--store", "sqlite:/proc/no/race.db")
    expectFailure(score, 73, "cannot record the opening of test")
    #expect(score.output.isEmpty)
  }

  @Test func aBadRequestIsRefused() async throws {
    let (scratch, _) = try await trained()
    expectFailure(try await scratch.tri("eval", "--checkpoint", "absent"), 66, "absent")
    expectFailure(try await scratch.tri("eval"), 64, "--checkpoint")
    expectFailure(
      try await scratch.tri("eval", "--checkpoint", Self.file, "--split", "train"), 64,
      "--split is 'train'", "validation or test")
    expectFailure(try await scratch.tri("eval", "--checkpoint", "run"), 66, "run")
  }
}
