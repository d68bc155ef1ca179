import Foundation
import Testing

/// Races and trials that the machine's memory cannot hold; none of it is reserved.
@Suite(.turns)
struct RaceMemoryTests {
  /// Flags of a model whose gradient takes 4 MiB a shard, and little else.
  private static func large(shards: Int) -> [(String, Int)] {
    [
      ("hidden", 256), ("heads", 2), ("attn_layers", 1), ("mlp", 1_024), ("context", 16),
      ("batch", shards), ("shards", shards), ("ngram_rows", 64), ("ngram_width", 4),
    ]
  }

  /// Shards whose gradients take that part of the memory that there is.
  private static func shards(_ part: Double, _ scratch: Scratch) async throws -> Int {
    let plan = try await scratch.tri(Scratch.train("run") + ["--print-plan", "--json"]).json()
    return Int(part * Double(try plan("limit_bytes", as: Int.self))) >> 22
  }

  private static func predicted(_ scratch: Scratch, shards: Int) async throws -> Int {
    let flags = large(shards: shards).flatMap { name, value in
      ["--" + name.replacing("_", with: "-"), "\(value)"]
    }
    let run = try await scratch.tri(
      ["train", "--corpus", "markov", "--threads", "1", "--print-plan", "--json"] + flags)
    return try run.json()("predicted_peak_bytes", as: Int.self)
  }

  /// The bytes of a line of the plan on stderr.
  private static func bytes(_ name: String, _ run: Outcome) throws -> Int {
    let line = try #require(run.errors.split(separator: "\n").first { $0.hasPrefix(name + " ") })
    let match = try #require(line.firstMatch(of: /(\d+) bytes/))
    return try #require(Int(match.1))
  }

  private static func start(_ scratch: Scratch, shards: Int, workers: Int) async throws -> Outcome {
    // What is drawn is mostly small; its largest is what counts.
    let lines = large(shards: shards).map { name, value in
      switch name {
      case "shards": "shards = { min = 1, max = \(value) }"
      case "mlp": "mlp = { choice = [32, \(value), 64] }"
      default: "\(name) = \(value)"
      }
    }
    try scratch.write(
      "[parameters]\n" + lines.joined(separator: "\n") + "\nlr = { min = 0.001, max = 0.01 }\n",
      to: "space.toml")
    return try await scratch.tri(
      Scratch.race(budget: "4trials", "--workers", "\(workers)"),
      environment: ["IGLA_DATA_MIRROR": ""])
  }

  @Test(arguments: [(0.125, 16), (0.3, 4), (2, 4)])
  func aRaceThatMayOutgrowTheMemoryIsRefused(part: Double, workers: Int) async throws {
    let scratch = try Scratch()
    let shards = try await Self.shards(part, scratch)
    let run = try await Self.start(scratch, shards: shards, workers: workers)
    let peak = try Self.bytes("predicted peak", run)
    // Parts whose least exceeds all that there is are not planned further.
    if part < 1 {
      let alone = try await Self.predicted(scratch, shards: shards)
      // The program is measured anew in each; and a single shard, which the space allows as well,
      // takes more windows through the layers at once.
      #expect(peak > alone - 4 << 20 && peak < alone + 16 << 20, "\(peak) and \(alone)")
    }
    #expect(try Self.bytes("all workers", run) == workers * peak)
    let most =
      (try Self.bytes("limit", run) - Self.bytes("supervisor", run)) / peak
    #expect(most < workers)
    expectFailure(
      run, 69, "\(workers) workers may need ", "most of it gradients", "but the ",
      most == 0 ? "not even one worker fits" : "at most \(most) fit",
      most >= 4 ? "use --workers \(most)" : "at least 4 workers (L-R2)", "fewer --threads")
    #expect(run.output.isEmpty)
    #expect(scratch.files(below: ".") == ["space.toml"], "neither corpus nor store")
  }

  @Test func aStartingPointCountsAsWell() async throws {
    let scratch = try Scratch()
    let shards = try await Self.shards(0.3, scratch)
    try scratch.write(
      Scratch.space(unit: 20, rungs: 3)
        + "[[start]]\n"
        + Self.large(shards: shards).map { "\($0.0) = \($0.1)\n" }.joined(), to: "space.toml")
    let run = try await scratch.tri(Scratch.race(budget: "12trials"))
    expectFailure(run, 69, "4 workers may need ", "most of it gradients")
    #expect(scratch.names(in: ".trinity").isEmpty)
  }

  @Test func aModelLargerThanAnyIsNamed() async throws {
    let scratch = try Scratch()
    try scratch.write(
      Scratch.space(unit: 20, rungs: 3).replacing(
        "hidden = 16", with: "hidden = { choice = [16, 16777216] }"), to: "space.toml")
    let run = try await scratch.tri(Scratch.race(budget: "12trials"))
    expectFailure(run, 78, "width 16777216", "exceed", "use fewer layers")
    #expect(scratch.names(in: ".trinity").isEmpty)
  }

  @Test func anEnqueuedTrialIsHeldToTheMachineAndToAWorkersShare() async throws {
    let scratch = try await Scratch.finishedRace()
    func idea(_ part: Double) async throws {
      let shards = try await Self.shards(part, scratch)
      try scratch.write(
        "lr = 0.004\ndropout = 0.1\n"
          + Self.large(shards: shards).map { "\($0.0) = \($0.1)\n" }.joined(), to: "idea.toml")
    }
    try await idea(1.5)
    let refused = try await scratch.tri("race", "enqueue", "idea.toml")
    expectFailure(refused, 69, "the run needs ", "most of it gradients", "gradients ")
    #expect(try await scratch.status()("trials_started", as: Int.self) == 12)
    try await idea(0.4)
    let taken = try await scratch.tri("race", "enqueue", "idea.toml", "--json")
    #expect(try taken.json()("trial", as: Int.self) == 13)
    let race = try await scratch.tri("race", "start", "--budget", "13trials")
    #expect(race.code == 0, "\(race.errors)")
    let trial = try await scratch.show(13)
    #expect(try trial("status", as: String.self) == "failed")
    let text = try await scratch.tri("race", "show", "13").text
    #expect(text.contains("but a worker's share of the "), "\(text)")
  }
}
