import Foundation
import Testing

@Suite(.turns)
struct RaceTests {
  @Test func aRaceEndsInALeaderboardAndAWholeRecord() async throws {
    let scratch = try Scratch()
    try scratch.write(Scratch.space(unit: 20, rungs: 3), to: "space.toml")
    let run = try await scratch.tri(Scratch.race(budget: "12trials"))
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.lines.first == "place  trial  rung   steps  validation BPB  status")
    #expect(run.lines.count == 11, "the first ten places")
    #expect(run.errors.contains("no trials yet, 12 trials left"))
    #expect(run.errors.contains("nothing more to do: the budget of trials is used"))
    // Each result is told once.
    let told = run.errors.split(separator: "\n").filter {
      $0.contains("trial 1: ") && $0.contains("at rung 0")
    }
    #expect(told.count == 1, "\(run.errors)")

    let status = try await scratch.status()
    #expect(
      status.keys.isSuperset(of: [
        "race", "name", "state", "corpus", "track", "board", "target_bpb", "rung_steps",
        "reported", "trials", "trials_started", "steps_used", "active_seconds", "leaderboard",
        "workers", "ledger_entries", "best",
      ]))
    #expect(status.members["broken"] == nil || status.isNull("broken"), "the chains are whole")
    #expect(try status("trials_started", as: Int.self) == 12)
    #expect(try status("rung_steps", as: [Int].self) == [20, 60, 180])
    let reported = try status("reported", as: [Int].self)
    #expect(reported[0] == 12 && reported[2] >= 1)
    #expect(try status.object("trials").members["running"] == nil)

    #expect(scratch.experience.count == reported.reduce(0, +))
    for line in scratch.experience {
      #expect(
        line.wholeMatch(
          of:
            /\[[-0-9T:]+Z\] TASK: trial \d+ rung \d \w+ by \S+ \| seed=\d{4,} \| steps=\d+ \| val_bpb=(none|\d+\.\d{4})->\d+\.\d{4} \| seconds=\d+\.\d/
        ) != nil, "\(line)")
    }
  }

  /// The first rung of each objective's trials in a race of eight of them.
  private func firstRungs(
    unit: Int, rungs: Int, _ objective: String, warmup: String
  ) async throws -> [String: Set<Int>] {
    let scratch = try Scratch()
    let more = "objective = \(objective)\njepa_warmup = \(warmup)\njepa_ratio = 0.5"
    try scratch.write(Scratch.space(unit: unit, rungs: rungs, more), to: "space.toml")
    let run = try await scratch.tri(Scratch.race(budget: "8trials"))
    #expect(run.code == 0, "\(run.errors)")
    var firsts: [String: Set<Int>] = [:]
    for trial in 1...8 {
      let shown = try await scratch.show(trial)
      let objective = try shown.object("configuration")("objective", as: String.self)
      let log = scratch.experience.filter { $0.contains("trial \(trial) rung") }
      let rungs = log.compactMap { $0.firstMatch(of: /rung (\d)/).flatMap { Int($0.output.1) } }
      firsts[objective, default: []].insert(try #require(rungs.min()))
    }
    return firsts
  }

  private static let either = #"{ choice = ["next-byte", "jepa"] }"#

  /// L-R10: the first rung beyond the longest warm-up that the space can draw, the last one too.
  @Test(arguments: [
    ("9", 0), ("10", 1), ("{ min = 1, max = 29 }", 1), ("{ choice = [3, 30] }", 2),
  ])
  func trialsWithHiddenSpansBeginBeyondTheirWarmUp(warmup: String, rung: Int) async throws {
    let firsts = try await firstRungs(unit: 10, rungs: 3, Self.either, warmup: warmup)
    #expect(firsts == ["next-byte": [0], "jepa": [rung]])
  }

  @Test func aRaceOfOneRungMayHideSpans() async throws {
    #expect(
      try await firstRungs(unit: 10, rungs: 1, Self.either, warmup: "5")
        == ["next-byte": [0], "jepa": [0]])
  }

  /// A warm-up that no trial has holds nothing up.
  @Test func withoutTheObjectiveThereIsNoRule() async throws {
    #expect(
      try await firstRungs(unit: 10, rungs: 1, "\"next-byte\"", warmup: "500")
        == ["next-byte": [0]])
  }

  @Test func keysThatCountNowhereAreNamedAtTheStart() async throws {
    let scratch = try Scratch()
    let more = "phi_tau = 0.5\nobjective = { choice = [\"next-byte\", \"nca\"] }\nnca_weight = 0.3"
    try scratch.write(Scratch.space(unit: 10, rungs: 1, more), to: "space.toml")
    let run = try await scratch.tri(Scratch.race(budget: "1trials"))
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.errors.contains("no effect in any trial: phi_tau (only where"))
    #expect(!run.errors.contains("nca_weight"), "it counts where the objective is drawn")
  }

  /// A trial put in by hand obeys L-R10 too, in a race that knows no rung for it.
  @Test func anEnqueuedTrialIsNotJudgedWithinItsWarmUp() async throws {
    let scratch = try Scratch()
    try scratch.write(
      Scratch.space(
        unit: 10, rungs: 2, "objective = \"next-byte\"\njepa_warmup = 500\njepa_ratio = 0.5"),
      to: "space.toml")
    let run = try await scratch.tri(Scratch.race(budget: "1trials"))
    #expect(run.code == 0, "\(run.errors)")
    try scratch.write(
      "lr = 0.004\ndropout = 0.1\nobjective = \"jepa\"\njepa_warmup = 10\njepa_ratio = 0.5\n",
      to: "idea.toml")
    expectFailure(try await scratch.tri("race", "enqueue", "idea.toml"), 78, "L-R10")
    try scratch.write(
      "lr = 0.004\ndropout = 0.1\nobjective = \"jepa\"\njepa_warmup = 9\njepa_ratio = 0.5\n",
      to: "idea.toml")
    #expect(try await scratch.tri("race", "enqueue", "idea.toml").code == 0)
  }

  /// Where the ladder goes so far, 3,000 steps are the least, however short the warm-up.
  @Test func inALongLadderTheyBeginAtThreeThousandSteps() async throws {
    let scratch = try Scratch()
    let more = "objective = \"jepa\"\njepa_warmup = 5\njepa_ratio = 0.5"
    try scratch.write(Scratch.space(unit: 1_000, rungs: 2, more), to: "space.toml")
    let run = try await scratch.tri(Scratch.race(budget: "1trials", "--cut-after", "1000000"))
    #expect(run.code == 0, "\(run.errors)")
    #expect(scratch.experience.count == 1)
    #expect(scratch.experience.first?.contains("trial 1 rung 1") == true)
    #expect(scratch.experience.first?.contains("steps=3000") == true)
  }

  @Test func aLadderWithinTheWarmUpIsRefused() async throws {
    let scratch = try Scratch()
    let more = "objective = \(Self.either)\njepa_warmup = { min = 10, max = 30 }\njepa_ratio = 0.5"
    try scratch.write(Scratch.space(unit: 10, rungs: 2, more), to: "space.toml")
    let run = try await scratch.tri(Scratch.race(budget: "8trials"))
    expectFailure(
      run, 78, "first step that hides spans, here up to 30 ",
      "raise --rung-unit")
    #expect(!scratch.exists(".trinity"))
  }

  /// A curriculum says where spans are hidden first; the warm-up then counts for nothing.
  @Test func aCurriculumDecidesWhereTheyBegin() async throws {
    let scratch = try Scratch()
    let more = """
      objective = "jepa"
      jepa_ratio = 0.5
      curriculum = "12 next=1, rest next=1 jepa=1"
      """
    try scratch.write(Scratch.space(unit: 10, rungs: 2, more), to: "space.toml")
    let run = try await scratch.tri(Scratch.race(budget: "1trials", "--cut-after", "1000000"))
    #expect(run.code == 0, "\(run.errors)")
    #expect(scratch.experience.first?.contains("trial 1 rung 1") == true)
  }

  @Test func bestNamesWhatTheDesignPromises() async throws {
    let scratch = try await Scratch.finishedRace()
    let best = try await scratch.tri("race", "best", "--json").json()
    #expect(
      best.keys.isSuperset(of: [
        "trial", "seed", "steps", "configuration", "validation_bpb", "test_bpb",
        "test_bpb_by_seed", "checkpoint",
      ]))
    #expect(best.isNull("test_bpb"))
    #expect(try best("seed", as: Int.self) >= 1_000)
    #expect(try best("steps", as: Int.self) == 180)
    #expect(try best.object("configuration")("hidden", as: Int.self) == 16)
    // The checkpoint is there and scores as the race says.
    let score = try await scratch.tri(
      "eval", "--checkpoint", try best("checkpoint"), "--audit", "--json")
    #expect(score.code == 0, "\(score.errors)")
    #expect(
      try score.json()("bpb", as: Double.self) == best("validation_bpb", as: Double.self))
    let text = try await scratch.tri("race", "best").text
    #expect(text.contains("test: not opened"))
  }

  @Test func aRaceWithItsBudgetUsedSaysSoAndGoesOnWithMore() async throws {
    let scratch = try await Scratch.finishedRace()
    let again = try await scratch.tri("race", "start", environment: ["IGLA_DATA_MIRROR": ""])
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.errors.contains("going on with race 1"))
    #expect(again.errors.contains("leak audit of markov"), "the corpus of the race, not another")
    #expect(again.errors.contains("the budget of trials is used"))
    #expect(scratch.names(in: "corpora") == ["markov.txt"])
    let more = try await scratch.tri("race", "start", "--budget", "14trials")
    #expect(more.code == 0, "\(more.errors)")
    #expect(try await scratch.status()("trials_started", as: Int.self) == 14)
  }

  @Test func aBudgetOfStepsIsExact() async throws {
    let scratch = try Scratch()
    try scratch.write(Scratch.space(unit: 20, rungs: 3), to: "space.toml")
    let run = try await scratch.tri(Scratch.race(budget: "500steps", "--json"))
    #expect(run.code == 0, "\(run.errors)")
    let status = try run.json()
    #expect(try status("steps_used", as: Int.self) <= 500)
    #expect(try status("steps_used", as: Int.self) > 400)
  }

  @Test(arguments: [
    (["--workers", "3"], "", Int32(64), "use 4 to 16"),
    (["--workers", "99"], "", 64, "--workers is 99"),
    ([], "99", 64, "WORKERS is 99"),
    ([], "3", 64, "WORKERS is 3"),
    ([], "abc", 64, "WORKERS is abc"),
    (["--workers", "-4"], "", 64, "--workers is -4"),
    (["--budget", "soon"], "", 64, "'soon'"),
    (["--budget", "-5m"], "", 64, "'-5m'"),
    (["--budget", "1.5trials"], "", 64, "'1.5trials'"),
    (["--threads", "0"], "", 64, "--threads is 0"),
    (["--save-every", "0"], "", 64, "--save-every is 0"),
    (["--lessons", "maybe"], "", 64, "on or off"),
    (["--board", "adaptive"], "", 64, "static"),
    (["--profile", "quick"], "", 64, "both --space and --profile"),
    (["--corpus", "nope"], "", 64, "there is no corpus 'nope'"),
    (["--store", "race.db"], "", 64, "sqlite:"),
    (["--store", "postgres://user:secret@127.0.0.1:1/db"], "", 69, "127.0.0.1:1/db"),
    (["--store", "postgres://user:secret@127.0.0.1:port/db"], "", 69, "port"),
    (["--store", "postgres://user:secret@[::1/db"], "", 64, "--store"),
    (["--store", "sqlite:/proc/no/race.db"], "", 73, "/proc/no"),
    (["--rung-unit", "0"], "", 78, "rung unit is 0"),
    (["--target", "9"], "", 78, "target"),
    (["--lease-seconds", "-1"], "", 78, "lease"),
    (["--space", "absent.toml"], "", 66, "absent.toml"),
  ])
  func aBadFlagIsRefusedAndLeavesNothing(
    flags: [String], workers: String, code: Int32, text: String
  ) async throws {
    let scratch = try Scratch()
    try scratch.write(Scratch.space(unit: 20, rungs: 3), to: "space.toml")
    let run = try await scratch.tri(
      Scratch.race(budget: "12trials") + flags,
      environment: workers.isEmpty ? [:] : ["WORKERS": workers])
    expectFailure(run, code, text)
    #expect(!run.errors.contains("secret"))
    #expect(run.output.isEmpty)
    #expect(scratch.names(in: ".trinity").isEmpty)
  }

  @Test(arguments: [
    ("batch = { min = 8, max = 4 }", "swap min and max"),
    ("table_lr = { min = 0, max = 0.1, log = true }", "logarithmic range cannot start at 0"),
    ("batch = { min = 0, max = 8, log = true }", "logarithmic range cannot start at 0"),
    ("batch = { min = 4 }", "min or max"),
    ("batch = { min = 4, max = 8, stepp = 2 }", "'stepp'"),
    ("batch = { min = 4, max = 8, choice = [4] }", "choice and a range"),
    ("batch = { choice = [] }", "at least one value"),
    ("batch = { choice = 4 }", "choice = [a, b]"),
    ("weight_decay = { min = 0.0, max = 0.1, log = \"yes\" }", "log = true"),
    ("weight_decay = { min = 0.0, max = 0.1, step = 2 }", "reals with a step"),
    ("weight_dekay = 0.1", "did you mean 'weight_decay'?"),
    ("seed = 43", "unknown parameter 'seed'"),
    ("muon_lr = \"high\"", "'high' is not a value for 'muon_lr'"),
    ("[[start]]\nheads = 3", "heads is 3 at width 16"),
    ("[[start]]\nhaeds = 2", "haeds"),
    ("[strat]\nheads = 2", "did you mean 'start'?"),
    ("clip = -1", "clip is -1"),
    ("weight_decay = { min = nan, max = 0.1 }", "finite"),
    ("objective = \"nca\"\nnca_high = 3.1", "the law L-R11 fixes"),
    (
      "objective = { choice = [\"next-byte\", \"nca\"] }\nnca_high = { min = 2.0, max = 2.8 }",
      "the law L-R11 fixes"
    ),
  ])
  func aBadSpaceIsRefusedBeforeTheFirstTrial(line: String, text: String) async throws {
    let scratch = try Scratch()
    var space = Scratch.space(unit: 20, rungs: 3, line)
    if line.hasPrefix("batch") { space = space.replacing("batch = 4\n", with: "") }
    try scratch.write(space, to: "space.toml")
    let run = try await scratch.tri(Scratch.race(budget: "12trials"))
    expectFailure(run, 78, text)
    #expect(scratch.names(in: ".trinity").isEmpty)
  }

  @Test(arguments: [
    ("heads = 2", "heads = 3", "heads is 3"), ("rungs = 3", "rungs = 0", "0 rungs"),
    ("rungs = 3", "rungs = 60", "top rung"), ("rungs = 3", "ranks = 3", "did you mean 'rungs'?"),
    ("rung_unit = 20", "rung_unit = \"x\"", "rung_unit is no integer"),
    ("rung_unit = 20", "rung_unit = -5", "rung unit is -5"),
    ("[race]", "[rase]", "did you mean 'race'?"),
    ("[parameters]", "[race.parameters]", "parameters"),
    ("hidden = 16", "hidden = 16 16", "line 5"),
  ])
  func aBadLineOfTheSpaceIsNamed(good: String, bad: String, text: String) async throws {
    let scratch = try Scratch()
    try scratch.write(
      Scratch.space(unit: 20, rungs: 3).replacing(good, with: bad), to: "space.toml")
    let run = try await scratch.tri(Scratch.race(budget: "12trials"))
    expectFailure(run, 78, text)
    #expect(scratch.names(in: ".trinity").isEmpty)
  }

  @Test func flagsThatContradictTheStoreAreRefused() async throws {
    let scratch = try await Scratch.finishedRace()
    for (flags, text) in [
      (["--target", "1.2"], "target_bpb"), (["--seed", "2"], "seed"),
      (["--corpus", "tiny_shakespeare"], "corpus"), (["--rung-unit", "30"], "ladder"),
      (["--profile", "quick"], "space"), (["--lessons", "off"], "lessons"),
      (["--name", "other"], "name"), (["--cut-after", "5"], "cut"),
    ] {
      let run = try await scratch.tri(["race", "start"] + flags)
      expectFailure(run, 78, text, "name another --store")
    }
    let same = try await scratch.tri(Scratch.race(budget: "12trials"))
    #expect(same.code == 0, "the same command goes on: \(same.errors)")
  }

  @Test func aStoreThatIsNoneIsRefused() async throws {
    let scratch = try Scratch()
    try scratch.write("certainly not a database of SQLite\n", to: "race.db")
    try scratch.write(Scratch.space(unit: 20, rungs: 3), to: "space.toml")
    for arguments in [
      ["race", "status"], ["race", "best"], ["race", "verify"],
      Scratch.race(budget: "12trials"),
    ] {
      expectFailure(
        try await scratch.tri(arguments + ["--store", "sqlite:race.db"]), 65, "race.db")
    }
    for command in ["status", "best", "lessons", "stop", "resume", "verify"] {
      expectFailure(
        try await scratch.tri("race", command, "--store", "sqlite:absent.db"), 66, "absent.db",
        "tri race start")
    }
    #expect(!scratch.exists("absent.db"))
  }

  @Test func showStopAndEnqueueWork() async throws {
    let scratch = try await Scratch.finishedRace()
    let shown = try await scratch.show(1)
    #expect(
      shown.keys.isSuperset(of: [
        "trial", "status", "origin", "seed", "configuration", "results", "events",
      ]))
    expectFailure(try await scratch.tri("race", "show", "99"), 66, "no trial 99")
    expectFailure(try await scratch.tri("race", "show", "one"), 64, "one")

    try scratch.write("lr = 0.004\ndropout = 0.1\n", to: "idea.toml")
    let added = try await scratch.tri("race", "enqueue", "idea.toml", "--json")
    #expect(try added.json()("trial", as: Int.self) == 13)
    expectFailure(try await scratch.tri("race", "enqueue", "idea.toml"), 64, "exists")
    try scratch.write("lr = 0.004\n", to: "idea.toml")
    expectFailure(try await scratch.tri("race", "enqueue", "idea.toml"), 64, "'dropout' is missing")
    try scratch.write("lr = 0.004\ndropout = 0.1\nheads = 3\n", to: "idea.toml")
    expectFailure(try await scratch.tri("race", "enqueue", "idea.toml"), 78, "heads is 3")
    try scratch.write("lr = 0.004\ndropout = 0.15\n", to: "idea.toml")
    expectFailure(
      try await scratch.tri("race", "enqueue", "idea.toml", "--seed", "43"), 64,
      "reserved for verification")

    #expect(try await scratch.tri("race", "stop", "--trial", "13").code == 0)
    expectFailure(try await scratch.tri("race", "stop", "--trial", "13"), 64, "already stopped")
    #expect(try await scratch.tri("race", "stop").code == 0)
    #expect(try await scratch.status()("state", as: String.self) == "stopped")
    #expect(try await scratch.tri("race", "resume").code == 0)
    #expect(try await scratch.status()("state", as: String.self) == "active")
  }
}
