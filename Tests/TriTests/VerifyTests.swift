import Foundation
import Testing

@Suite(.turns)
struct VerifyTests {
  @Test func aCandidateOverTheTargetIsMeasuredAndNotPassed() async throws {
    let scratch = try await Scratch.finishedRace()
    let run = try await scratch.tri("race", "verify", "--json")
    #expect(run.code == 1, "\(run.errors)")
    let report = try run.json()
    let bySeed = try report("test_bpb_by_seed", as: [String: Double].self)
    #expect(bySeed.keys.sorted() == ["43", "44", "45"])
    let mean = try report("test_bpb", as: Double.self)
    #expect(abs(mean - bySeed.values.reduce(0, +) / 3) < 1e-9)
    #expect(try report("trained_on", as: String.self) == "train+validation")
    #expect(report.members["commit_text"] == nil || report.isNull("commit_text"))
    #expect(try report("status", as: String.self) != "winner")
    // A candidate, three openings, three scores, a verdict.
    #expect(try report("ledger_entries", as: Int.self) == 8)

    let again = try await scratch.tri("race", "verify", "--json")
    #expect(again.code == 1)
    #expect(again.text == run.text, "measured once; the figures stand")
    let best = try await scratch.tri("race", "best", "--json").json()
    #expect(try best("test_bpb", as: Double.self) == mean)
    #expect(try best("test_bpb_by_seed", as: [String: Double].self) == bySeed)
    // Each verification's checkpoint scores on test as was said, and that opening is logged too.
    let file = try report("checkpoints", as: [String: String].self)
    let score = try await scratch.tri(
      "eval", "--checkpoint", try #require(file["43"]), "--split", "test", "--json")
    #expect(try score.json()("bpb", as: Double.self) == bySeed["43"])
    #expect(try await scratch.status()("ledger_entries", as: Int.self) == 9)
  }

  @Test func aCandidateUnderTheTargetWins() async throws {
    let scratch = try await Scratch.finishedRace("--target", "7.9")
    let run = try await scratch.tri("race", "verify", "--json")
    #expect(run.code == 0, "\(run.errors)")
    let report = try run.json()
    #expect(try report("status", as: String.self) == "winner")
    #expect(
      try report("commit_text", as: String.self).wholeMatch(
        of: /IGLA FOUND: BPB=\d\.\d{4} seed=43,44,45 board=closed\/static/) != nil)
    let status = try await scratch.status()
    #expect(try status("state", as: String.self) == "won")
    #expect(try status.object("trials")("winner", as: Int.self) == 1)
    let again = try await scratch.tri("race", "start")
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.errors.contains("the race is won"))
  }

  @Test func racesOfStoresInOneFolderKeepApart() async throws {
    let scratch = try await Scratch.finishedRace()
    let first = try await scratch.tri("race", "best", "--json").json()
    let file = try first("checkpoint", as: String.self)
    let bytes = try scratch.read(file)
    let store = ["--store", "sqlite:.trinity/other.db"]
    let run = try await scratch.tri(Scratch.race(budget: "12trials", "--seed", "2") + store)
    try #require(run.code == 0, "\(run.errors)")
    for store in [[], store] {
      let verify = try await scratch.tri(["race", "verify"] + store)
      #expect(verify.code == 1, "\(verify.errors)")
    }
    #expect(try scratch.read(file) == bytes)
    // A new race in a store of the same name takes nothing over from the old one either.
    try FileManager.default.removeItem(atPath: scratch.path(".trinity/other.db"))
    let anew = try await scratch.tri(Scratch.race(budget: "12trials", "--seed", "2") + store)
    #expect(anew.code == 0, "\(anew.errors)")
    let verify = try await scratch.tri(["race", "verify"] + store)
    #expect(verify.code == 1)
    #expect(scratch.names(in: ".trinity/other-files").count == 2)
  }

  @Test func aBadRequestOpensNothing() async throws {
    let scratch = try await Scratch.finishedRace()
    for (flags, code, text) in [
      (["--seeds", "1000,1001,1002"], Int32(64), "choose configurations"),
      (["--seeds", "-1,2,3"], 64, "between 0 and 999"),
      (["--seeds", "1,2,3"], 64, "always among the seeds"),
      (["--seeds", "43,44"], 64, "three or more"),
      (["--seeds", "43,43,44"], 64, "different"),
      (["--seeds", "a,b,c"], 64, "three or more"),
      (["--trial", "99"], 66, "no trial 99"),
      (["--trial", "-1"], 66, "no trial -1"),
      (["--threads", "0"], 64, "--threads is 0"),
    ] {
      expectFailure(try await scratch.tri(["race", "verify"] + flags), code, text)
    }
    #expect(try await scratch.status()("ledger_entries", as: Int.self) == 0)
  }

  @Test func aStoppedTrialMayStillBeVerified() async throws {
    let scratch = try await Scratch.finishedRace()
    #expect(try await scratch.tri("race", "stop", "--trial", "1").code == 0)
    let run = try await scratch.tri("race", "verify", "--trial", "1", "--json")
    #expect(run.code == 1, "\(run.errors)")
    #expect(try run.json()("status", as: String.self) == "stopped")
  }

  @Test func anInterruptedVerificationGoesOnBitForBit() async throws {
    let scratch = try Scratch()
    try scratch.write(Scratch.space(unit: 2_500, rungs: 1), to: "space.toml")
    let race = try await scratch.tri(Scratch.race(budget: "4trials"))
    try #require(race.code == 0, "\(race.errors)")
    try scratch.copy(".trinity", to: "copy")
    let whole = try await scratch.tri("race", "verify", "--json", "--store", "sqlite:copy/race.db")
    #expect(whole.code == 1, "\(whole.errors)")

    for (signal, code) in [(SIGTERM, Int32(143)), (SIGINT, 130)] {
      let run = try scratch.start(["race", "verify"])
      try await run.says("candidate 1:")
      run.signal(signal)
      let cut = try await run.finish()
      #expect(cut.code == code, "\(cut.errors)")
      #expect(cut.errors.contains("saved at step"))
      #expect(cut.output.isEmpty)
    }
    let killed = try scratch.start(["race", "verify"])
    try await killed.says("candidate 1:")
    killed.signal(SIGKILL)
    #expect(try await killed.finish().code == 128 + SIGKILL)

    let rest = try await scratch.tri("race", "verify", "--json")
    #expect(rest.code == 1, "\(rest.errors)")
    #expect(
      try rest.json()("test_bpb_by_seed", as: [String: Double].self)
        == whole.json()("test_bpb_by_seed", as: [String: Double].self))
    #expect(try rest.json()("candidate", as: Int.self) == 1)
  }
}
