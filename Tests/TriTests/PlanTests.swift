import Foundation
import Testing

@Suite(.turns)
struct PlanTests {
  private static let middle = [
    "train", "--corpus", "markov", "--hidden", "64", "--mlp", "256", "--context", "64",
    "--ngram-rows", "8192", "--steps", "4", "--eval-every", "4", "--checkpoint-dir", "run",
  ]

  /// The same with hidden spans, whose part of the memory is then about a half.
  private static let jepa =
    middle + [
      "--objective", "jepa", "--jepa-warmup", "1", "--jepa-variance", "0.1", "--jepa-ratio", "0.9",
      "--jepa-spans", "8",
    ]

  /// Runs that train, evaluate and save: one almost all program, two of some 60 and 90 MiB of arenas.
  @Test(arguments: [Scratch.train("run", steps: 4), middle, jepa], [1, 2])
  func thePredictedPeakIsTheMeasuredOne(arguments: [String], threads: Int) async throws {
    let scratch = try Scratch()
    // Making the corpus takes memory of its own, and only once.
    #expect(try await scratch.tri("data", "fetch", "markov").code == 0)
    let arguments = arguments + ["--threads", "\(threads)"]
    let planned = try await scratch.tri(arguments + ["--print-plan", "--json"])
    #expect(planned.code == 0, "\(planned.errors)")
    let predicted = try planned.json()("predicted_peak_bytes", as: Int.self)
    let run = try await scratch.tri(arguments + ["--events", "events.jsonl"])
    #expect(run.code == 0, "\(run.errors)")
    let end = try JSONObject(
      Data(try #require(scratch.text("events.jsonl").split(separator: "\n").last).utf8))
    #expect(try end("event", as: String.self) == "end")
    let measured = try end("peak_bytes", as: Int.self)
    let error = Double(predicted - measured) / Double(measured)
    #expect(abs(error) < 0.05, "predicted \(predicted), measured \(measured)")
  }

  /// The engine that scores is a good half of this run, and there long before the first score: what
  /// has begun does not fail for memory at its end.
  @Test func allMemoryIsTakenBeforeTheFirstStep() async throws {
    let scratch = try Scratch()
    let arguments =
      Scratch.train("run", steps: 1_000_000) + [
        "--ngram-rows", "131072", "--ngram-width", "32", "--eval-every", "1000000",
      ]
    let plan = try await scratch.tri(arguments + ["--print-plan", "--json"]).json()
    let scorer = try #require(
      plan.list("items").first { try $0("name", as: String.self) == "scoring_engine" })
    let least =
      try plan("predicted_peak_bytes", as: Int.self) - scorer("bytes", as: Int.self) / 2
    let run = try scratch.start(arguments + ["--events", "events.jsonl"])
    try await until("the first step") {
      (try? scratch.text("events.jsonl").contains("\"event\":\"step\"")) ?? false
    }
    let status = try String(contentsOfFile: "/proc/\(run.pid)/status", encoding: .utf8)
    let resident = try #require(status.firstMatch(of: /VmRSS:\s+(\d+) kB/))
    #expect(try #require(Int(resident.1)) << 10 > least, "of \(plan)")
    run.signal(SIGTERM)
    #expect(try await run.finish().code == 143)
  }

  @Test func aPlanIsPrintedAndNothingElseHappens() async throws {
    let scratch = try Scratch()
    let json = try await scratch.tri(Scratch.train("run") + ["--print-plan", "--json"])
    #expect(json.code == 0)
    let plan = try json.json()
    #expect(
      plan.keys == ["items", "predicted_peak_bytes", "limit_bytes", "limit_source", "fits"])
    #expect(try plan("fits", as: Bool.self))
    let items = try plan.list("items").map {
      (
        try $0("name", as: String.self), try $0("bytes", as: Int.self),
        try $0("copies", as: Int.self)
      )
    }
    #expect(
      items.map(\.0) == [
        "parameters", "hash_tables", "packed_weights", "rotary_table", "activations", "gradients",
        "hash_table_gradients", "optimizer_state", "hash_table_state", "optimizer_scratch",
        "batches", "batch_order", "training_text", "corpus", "scoring_engine", "evaluation",
        "checkpoint_writer",
        "program",
      ])
    #expect(items.reduce(0) { $0 + $1.1 } == (try plan("predicted_peak_bytes", as: Int.self)))
    let jepa = try await scratch.tri(
      Scratch.train("run") + [
        "--objective", "jepa", "--jepa-warmup", "1", "--print-plan", "--json",
      ]
    ).json()
    let names = try jepa.list("items").map { try $0("name", as: String.self) }
    #expect(
      Set(names).subtracting(items.map(\.0)) == [
        "jepa_target", "jepa_predictor", "jepa_spans", "latent_statistics",
      ])
    let text = try await scratch.tri(Scratch.train("run") + ["--print-plan"])
    #expect(text.code == 0 && text.errors.isEmpty)
    for (name, _, _) in items { #expect(text.lines.contains { $0.hasPrefix(name + " ") }) }
    #expect(text.lines.count == items.count + 2)
    #expect(scratch.files(below: ".").isEmpty, "neither corpus nor run")
  }

  @Test func trainingOnValidationPlansNoScoring() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri(
      Scratch.train("run") + ["--print-plan", "--train-on", "train+validation"])
    #expect(run.code == 0)
    #expect(!run.text.contains("scoring_engine"))
  }

  @Test(arguments: [
    // 65,536 gradients of 1.5 GiB: no machine holds them.
    (
      ["--hidden", "2048", "--heads", "16", "--mlp", "8192", "--attn-layers", "8"]
        + ["--batch", "65536", "--shards", "65536"],
      "most of it gradients", "gradients "
    ),
    // More floats than there are numbers.
    (
      ["--hidden", "2", "--heads", "1", "--mlp", "67108864", "--attn-layers", "1"]
        + ["--threads", "1024", "--shards", "1", "--batch", "1"],
      "more than 8 EiB", "optimizer_scratch "
    ),
    // So many layers that their names alone do not fit.
    (
      ["--hidden", "2", "--heads", "1", "--mlp", "1", "--attn-layers", "16000000"],
      "but the", "checkpoint_writer "
    ),
  ])
  func aRunThatCannotFitIsRefused(flags: [String], message: String, part: String) async throws {
    let scratch = try Scratch()
    let arguments = ["train", "--corpus", "markov", "--checkpoint-dir", "run"] + flags
    let run = try await scratch.tri(arguments)
    expectFailure(run, 69, "the run needs ", message, "but the", "use a smaller model", part)
    #expect(run.output.isEmpty)
    #expect(scratch.files(below: ".").isEmpty)
    let plan = try await scratch.tri(arguments + ["--print-plan", "--json"])
    #expect(plan.code == 69)
    #expect(try !plan.json()("fits", as: Bool.self))
  }

  @Test func jsonIsForPlansOnly() async throws {
    let run = try await Scratch().tri(Scratch.train("run") + ["--json"])
    expectFailure(run, 64, "--json goes with --print-plan", "--events")
  }
}
