import Foundation
import Testing

/// Races whose trials are enumerated, on tiny models.
@Suite(.turns)
struct PlannedRaceTests {
  /// A plan of tiny models; `sections` follow the parameters.
  private static func plan(_ sections: String) -> String {
    """
    [parameters]
    \(Scratch.tinyParameters)
    \(sections)

    """
  }

  private static func ablation(steps: Int) -> String {
    plan(
      """
      [ablation]
      steps = \(steps)
      seeds = 2
      most_seeds = 3
      [[lever]]
      name = "AdamW"
      optimizer = "adamw"
      published = "better than Muon"
      [[lever]]
      name = "wider | perceptron"
      mlp = 256
      """)
  }

  private static let start = ["race", "start", "--space", "plan.toml", "--corpus", "markov"]

  private func finished(_ plan: String, _ more: String...) async throws -> (Scratch, Outcome) {
    let scratch = try Scratch()
    try scratch.write(plan, to: "plan.toml")
    let run = try await scratch.tri(Self.start + more)
    try #require(run.code == 0, "\(run.errors)")
    return (scratch, run)
  }

  /// The scores of a line, by seed.
  private static func scores(_ line: JSONObject) throws -> [Int: Double] {
    var scores: [Int: Double] = [:]
    for score in try line.list("scores") {
      let seed: Int = try score("seed")
      scores[seed] = try score("validation_bpb")
    }
    return scores
  }

  /// The scores of each line of a race's table, by seed.
  private static func rows(_ scratch: Scratch) async throws -> [[Int: Double]] {
    let table = try await scratch.tri("race", "table", "--json").json()
    return try table.list("lines").map(scores)
  }

  @Test func anAblationEndsInATableOfThreeForms() async throws {
    let (scratch, run) = try await finished(Self.ablation(steps: 60))
    #expect(run.errors.contains("every trial of the plan is over"))
    #expect(run.errors.contains("at equal processor time: baseline steps divided by"))
    let text = try await scratch.tri("race", "table")
    #expect(text.code == 0 && text.output == run.output, "the race ends with its table")
    #expect(text.text.contains("ablation 'plan' on markov: complete"))
    #expect(text.text.contains("AdamW, claimed before: better than Muon"))
    #expect(text.text.contains("Only a lever that helps belongs in a default."))

    let json = try await scratch.tri("race", "table", "--json").json()
    #expect(try json("complete", as: Bool.self))
    #expect(try json("plan", as: String.self) == "ablation")
    let lines = try json.list("lines")
    var names: [String] = []
    for line in lines { names.append(try line("name")) }
    #expect(names == ["baseline", "AdamW", "wider | perceptron"])
    let lever = try lines[2].object("lever")
    let time = try lever.object("equal_time")
    #expect(try lever("step_time_ratio", as: Double.self) > 1, "eight times the perceptron costs")
    #expect(try time("steps", as: Int.self) < 60)
    let pairs = try time.list("pairs")
    #expect((2...3).contains(pairs.count))
    // Pair by pair, the difference is of two trials of the same seed in the record.
    let base = try Self.scores(lines[0])
    let own = try Self.scores(lines[2])
    for pair in try lever.object("equal_steps").list("pairs") {
      let seed: Int = try pair("seed")
      let difference: Double = try pair("difference")
      let expected = (own[seed] ?? .nan) - (base[seed] ?? .nan)
      // Reading JSON may cost the last bit of a number under 8.
      #expect(abs(difference - expected) < 1e-14)
    }

    let markdown = try await scratch.tri("race", "table", "--markdown").text
    #expect(markdown.contains("| lever | ΔBPB at equal steps |"))
    #expect(markdown.contains("wider \\| perceptron"), "a bar inside a cell is escaped")
    expectFailure(
      try await scratch.tri("race", "table", "--markdown", "--json"), 64, "choose one")
    let drawn = try await scratch.tri("race", "table", "--svg", "table.svg")
    #expect(drawn.output == text.output)
    let svg = try scratch.text("table.svg")
    for word in ["AdamW", "wider | perceptron", "equal processor time"] {
      #expect(svg.contains(word))
    }
    expectFailure(
      try await scratch.tri("race", "table", "--svg", "none/table.svg"), 73, "may write to")
    // What was decided is on record, with its reason.
    #expect(try await scratch.status()("plan", as: String.self) == "ablation")
  }

  @Test func theSpecificationsRowsMayNameReservedSeedsAndChooseNothing() async throws {
    let row = """
      [[row]]
      name = "published"
      steps = 40
      seeds = [42, 43, 44]
      published = 2.18
      reason = "scored on training text"
      [[row]]
      name = "control"
      optimizer = "adamw"
      steps = 20
      seeds = [43]
      """
    let (scratch, run) = try await finished(Self.plan(row))
    #expect(run.lines.contains { $0.contains("3 of 3     2.1800") && $0.contains(" ± ") })
    let json = try await scratch.tri("race", "table", "--json").json()
    let first = try json.list("lines")[0]
    let mean = try first("mean_bpb", as: Double.self)
    #expect(abs(try first("difference", as: Double.self) - (mean - 2.18)) < 1e-12)
    #expect(try Self.scores(first).keys.sorted() == [42, 43, 44])
    #expect(try json.list("lines")[1].isNull("standard_deviation"), "one seed has no spread")
    expectFailure(try await scratch.tri("race", "best"), 66, "chooses nothing")
    expectFailure(try await scratch.tri("race", "verify"), 66, "chooses nothing")
    expectFailure(try await scratch.tri("race", "verify", "--trial", "1"), 64, "is no candidate")
    try scratch.write("lr = 0.004\n", to: "idea.toml")
    expectFailure(try await scratch.tri("race", "enqueue", "idea.toml"), 64, "has a plan")
  }

  @Test func aGridIsRankedAndItsScaleIsRecorded() async throws {
    let grid = """
      lr = { choice = [0.002, 0.004] }
      dropout = { choice = [0.0, 0.1] }
      [grid]
      steps = 1000
      seeds = [1000, 1007]
      [[label]]
      name = "A"
      lr = 0.004
      dropout = 0.0
      """
    let (scratch, run) = try await finished(Self.plan(grid), "--scale", "0.02")
    #expect(run.text.contains("A SCALED RUN: all planned steps times 0.02."))
    #expect(run.text.contains("A: dropout 0, lr 0.004"))
    #expect(run.lines.filter { $0.contains("20 (of 1000)") }.count == 4)
    let json = try await scratch.tri("race", "table", "--json").json()
    #expect(try json("scale", as: Double.self) == 0.02)
    let best = try await scratch.tri("race", "best", "--json").json()
    #expect(try best("steps", as: Int.self) == 20)
    // The same plan at another scale is another race.
    expectFailure(try await scratch.tri(Self.start), 78, "experiment", "another --store")
    expectFailure(
      try await scratch.tri("race", "start", "--scale", "0.02"), 64, "--space or --profile")
    let same = try await scratch.tri(Self.start + ["--scale", "0.02"])
    #expect(same.code == 0 && same.errors.contains("every trial of the plan is over"))
  }

  @Test func theSeedExplorerSaysWhetherItIsStable() async throws {
    let (scratch, _) = try await finished(Self.plan("[grid]\nsteps = 30\nseeds = 3"))
    let text = try await scratch.tri("race", "table").text
    #expect(text.contains("variance over 3 seeds: "))
    #expect(text.contains(", stable (the limit is 0.02)"))
    let line = try await scratch.tri("race", "table", "--json").json().list("lines")[0]
    #expect(line.isNull("lever"), "null is what is missing")
    let status = try await scratch.tri("race", "status").text
    #expect(status.contains("a plan (grid): 3 trials over"))
    #expect(!status.contains("rung 0"), "a plan has no rungs")
  }

  @Test func aCombinationThatDivergesHasNoPlace() async throws {
    let grid = """
      optimizer = "sgd"
      clip = 0.0
      weight_decay = 1.0
      lr = { choice = [0.003, 10.0] }
      [grid]
      steps = 30
      seeds = 2
      """
    let (scratch, _) = try await finished(Self.plan(grid))
    let text = try await scratch.tri("race", "table").text
    let diverged = try #require(text.split(separator: "\n").first { $0.contains("lr 10  ") })
    #expect(diverged.drop { $0 == " " }.first == "-", "\(diverged)")
    #expect(text.contains("has no place"))
  }

  /// A line break in a name or a reason stays inside its cell.
  @Test func aLineBreakDoesNotTearTheTable() async throws {
    let row = "[[row]]\nname = \"two\\nlines\"\nsteps = 9\nseeds = [7]\nreason = \"a\\nb\""
    let (scratch, run) = try await finished(Self.plan(row))
    #expect(run.lines.contains { $0.contains("two lines") && $0.contains("a b") })
    #expect(!run.text.contains("published figures"), "there are none")
    let markdown = try await scratch.tri("race", "table", "--markdown").text
    #expect(markdown.contains("| two lines | 9 |"))
  }

  /// Killed in the middle of its trials, a plan goes on and gives the rows of an undisturbed one.
  @Test func aKilledPlanGoesOnAndGivesTheSameRows() async throws {
    let grid = Self.plan("lr = { choice = [0.002, 0.004] }\n[grid]\nsteps = 4000\nseeds = 5")
    let scratch = try Scratch()
    try scratch.write(grid, to: "plan.toml")
    let run = try scratch.start(Self.start + ["--save-every", "0.2"])
    try await until("a first result") {
      scratch.experience.count >= 1 || !run.process.isRunning
    }
    try #require(run.process.isRunning, "\(run.errors)")
    // While it runs, its table says what is missing.
    let early = try await scratch.tri("race", "table")
    #expect(early.text.contains("of 10 trials done so far"), "\(early.text)")
    for worker in run.children { kill(worker, SIGKILL) }
    run.signal(SIGKILL)
    _ = try await run.finish()
    // A worker that never saw the file goes on: the plan is in the store.
    try scratch.write("", to: "plan.toml")
    let rest = try await scratch.tri("race", "start")
    #expect(rest.code == 0, "\(rest.errors)")
    let (calm, _) = try await finished(grid)
    let rows = try await Self.rows(scratch)
    let calmRows = try await Self.rows(calm)
    #expect(rows == calmRows)
    #expect(rows.map(\.count) == [5, 5])
  }

  @Test(
    arguments: [
      ("[ablation]\nsteps = 9\n[[lever]]\nname = \"a\"\nmlp = 32", 78, "'a' changes nothing"),
      (
        "[ablation]\nsteps = 9\n[[lever]]\nname = \"a\"\noptimizer = \"muon\"", 78,
        "changes nothing"
      ),
      ("[ablation]\nsteps = 9\n[[lever]]\nname = \"a\"\nmpl = 64", 78, "did you mean 'mlp'?"),
      ("[ablation]\nsteps = 9\n[[lever]]\nmlp = 64", 78, "has no name"),
      ("[ablation]\nsteps = 9", 78, "no lever"),
      ("[ablation]\nsteps = 9\nsteeds = 3\n[[lever]]\nname = \"a\"\nmlp = 64", 78, "'steeds'"),
      (
        "[ablation]\nsteps = 9\nseeds = 1\n[[lever]]\nname = \"a\"\nmlp = 64", 78, "2 seeds or more"
      ),
      (
        "[ablation]\nsteps = 9\nmost_seeds = 2\n[[lever]]\nname = \"a\"\nmlp = 64", 78, "most_seeds"
      ),
      ("[ablation]\nsteps = 9\n[[lever]]\nname = \"a\"\nheads = 3", 78, "heads is 3"),
      (
        "[ablation]\nsteps = 9\n[[lever]]\nname = \"a\"\nmlp = 64\n[[lever]]\nname = \"a\"\nmlp = 16",
        78, "two levers are named 'a'"
      ),
      ("[ablation]\nsteps = 9\n[[lever]]\nname = \"a\"\nphi_tau = 0.5", 78, "'a' has no effect"),
      (
        "[ablation]\nsteps = 9\n[[lever]]\nname = \"a\"\nobjective = \"nca\"\n"
          + "curriculum = \"5 nca=1, rest next=1\"", 78, "curriculum of 'a' counts steps"
      ),
      (
        "[ablation]\nsteps = 9\nmost_seeds = 2000\n[[lever]]\nname = \"a\"\nmlp = 64", 78,
        "from 3 to 1000"
      ),
      (
        "[ablation]\nsteps = 9\nseeds = [1000, 9223372036854775807]\n[[lever]]\nname = \"a\"\n"
          + "mlp = 64", 78, "a seed of [ablation] is above"
      ),
      ("[grid]\nsteps = 2000000000\nseeds = 2", 78, "from 1 to 1,000,000,000"),
      ("[[lever]]\nname = \"a\"\nmlp = 64", 78, "without [ablation]"),
      ("[grid]\nsteps = 9\nseeds = 2\n[ablation]\nsteps = 9", 78, "both [grid] and [ablation]"),
      ("[grid]\nsteps = 9\nseeds = [1000]", 78, "2 seeds or more"),
      ("[grid]\nsteps = 9\nseeds = 0", 78, "0 seeds"),
      ("[grid]\nsteps = 9\nseeds = [42, 1000]", 78, "seed 42"),
      ("[grid]\nsteps = 9", 78, "no seeds"), ("[grid]\nseeds = 2", 78, "no whole number of steps"),
      ("lr = { min = 0.1, max = 0.2 }\n[grid]\nsteps = 9\nseeds = 2", 78, "'lr' has a range"),
      ("[grid]\nsteps = 9\nseeds = 2\n[race]\nrungs = 2", 78, "a plan has no rungs"),
      ("[grid]\nsteps = 9\nseeds = 2\n[[label]]\nname = \"A\"\nlr = 1.0", 78, "no combination"),
      ("[[row]]\nname = \"a\"\nsteps = 9\nseeds = [1, 1]", 78, "a seed twice"),
      ("[[row]]\nname = \"a\"\nsteps = 9\nseeds = 2\npublished = [1]", 78, "published"),
      ("[[row]]\nname = \"a\"\nsteps = 9\nseeds = 2\npublished = nan", 78, "finite figure"),
      ("[[row]]\nname = \"a\"\nsteps = 9\nseeds = 2\nlr = inf", 78, "no usable value for 'lr'"),
      ("lr = nan\n[grid]\nsteps = 9\nseeds = 2", 78, "'lr' has no usable value"),
    ] as [(String, Int32, String)])
  func aWrongPlanIsRefusedBeforeTheFirstTrial(
    sections: String, code: Int32, text: String
  ) async throws {
    let scratch = try Scratch()
    try scratch.write(Self.plan(sections), to: "plan.toml")
    expectFailure(try await scratch.tri(Self.start), code, text)
    #expect(scratch.names(in: ".trinity").isEmpty)
  }

  @Test(arguments: [
    (["--scale", "0"], "--scale is 0"), (["--rung-unit", "5"], "--rung-unit means nothing"),
    (["--lessons", "on"], "--lessons on"), (["--cut-after", "5"], "--cut-after"),
  ])
  func aFlagThatMeansNothingToAPlanIsRefused(flags: [String], text: String) async throws {
    let scratch = try Scratch()
    try scratch.write(Self.plan("[grid]\nsteps = 9\nseeds = 2"), to: "plan.toml")
    expectFailure(try await scratch.tri(Self.start + flags), 64, text)
  }

  @Test func aRaceWithoutAPlanHasNoTable() async throws {
    let scratch = try await Scratch.finishedRace()
    expectFailure(try await scratch.tri("race", "table"), 64, "has no plan")
    expectFailure(
      try await scratch.tri("race", "start", "--profile", "quick", "--scale", "0.1"), 64,
      "no plan whose steps")
  }

  /// The built-in plans begin, at a scale at which a trial is a matter of seconds.
  ///
  /// One of scale-up is not: of it, the next test sees the checks before the first trial.
  @Test(arguments: [
    "roadmap", "ablation", "gf16-384", "formats", "champion", "seeds", "learning-rate", "sweep36",
    "specification",
  ])
  func theBuiltInPlansBegin(profile: String) async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri(
      "race", "start", "--profile", profile, "--scale", "0.001", "--budget", "1trials", "--corpus",
      "markov")
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.text.contains("A SCALED RUN"))
    #expect(run.text.contains("1 of "))
  }

  @Test func scaleUpPassesItsChecks() async throws {
    let scratch = try Scratch()
    try scratch.write("", to: "taken")
    let run = try await scratch.tri(
      "race", "start", "--profile", "scale-up", "--scale", "0.001", "--corpus", "markov", "--store",
      "sqlite:taken/race.db")
    expectFailure(run, 73, "taken")
    #expect(run.errors.contains("leak audit of markov: passed"), "the last check before the store")
  }
}
