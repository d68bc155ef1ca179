import Foundation
import Testing

@Suite(.turns)
struct TrainTests {
  @Test func stdoutHoldsOnlyScores() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri(
      Scratch.train("run", steps: 20, "--eval-every", "5", "--events", "events.jsonl"))
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.lines.count == 4)
    #expect(run.lines.allSatisfy { $0.wholeMatch(of: /BPB=\d+\.\d{4}/) != nil }, "\(run.text)")
    #expect(run.text.hasSuffix("\n"))
    #expect(run.errors.contains("11536 parameters"))
  }

  @Test func eventsAreOneObjectALine() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri(
      Scratch.train("run", steps: 6, "--eval-every", "3", "--events", "events.jsonl"))
    let events = try scratch.text("events.jsonl").split(separator: "\n")
      .map { try JSONObject(Data($0.utf8)) }
    let kinds = try events.map { try $0("event", as: String.self) }
    #expect(
      kinds == [
        "start", "step", "step", "step", "evaluation", "step", "step", "step", "evaluation", "end",
      ])
    #expect(events.allSatisfy { $0.keys.isSuperset(of: ["event", "step", "time"]) })
    #expect(events[1].keys.isSuperset(of: ["loss_bpb", "gradient_norm"]))
    let scores = try events.filter { $0.members["event"] as? String == "evaluation" }
      .map { String(format: "BPB=%.4f", try $0("validation_bpb", as: Double.self)) }
    #expect(scores == run.lines)
    #expect(try events[9]("outcome", as: String.self) == "completed")
    #expect(try events[9]("peak_bytes", as: Int.self) > 1 << 20)
  }

  /// Evaluations say what became of the hidden spans, on stderr and in the events.
  @Test func hiddenSpansAreToldOf() async throws {
    let scratch = try Scratch()
    let flags = ["--objective", "jepa", "--jepa-warmup", "3", "--jepa-ratio", "0.5"]
    let run = try await scratch.tri(
      Scratch.train("run", steps: 6, "--eval-every", "3", "--events", "events.jsonl") + flags)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.lines.count == 2)
    let told = run.errors.matches(
      of: /hidden spans: loss \d\.\d{4}; target latents vary by \d\.\d{3} in \d+\.\d directions/)
    #expect(told.count == 1, "\(run.errors)")
    let events = try scratch.text("events.jsonl").split(separator: "\n")
      .map { try JSONObject(Data($0.utf8)) }
    let steps = try events.filter { try $0("event", as: String.self) == "step" }
    #expect(
      steps.map { $0.members["jepa_loss"] != nil } == [false, false, false, true, true, true])
    let evaluations = try events.filter { try $0("event", as: String.self) == "evaluation" }
    #expect(evaluations.map { $0.members["latent_rank"] != nil } == [false, true])
    #expect(try evaluations[1]("latent_deviation", as: Double.self) > 0)
    // The checkpoint scores as the run did, without predictor and target encoder.
    let score = try await scratch.tri("eval", "--checkpoint", "run/checkpoint.safetensors")
    #expect(score.code == 0, "\(score.errors)")
  }

  /// Steps and evaluations tell what the automaton's entropy is, and `eval` and `generate` have it.
  @Test func theAutomatonIsToldOf() async throws {
    let scratch = try Scratch()
    let flags = ["--objective", "nca", "--objective", "jepa", "--jepa-warmup", "3"]
    let run = try await scratch.tri(
      Scratch.train("run", steps: 6, "--eval-every", "3", "--events", "events.jsonl") + flags
        + ["--jepa-ratio", "0.5"])
    #expect(run.code == 0, "\(run.errors)")
    let told = run.errors.matches(
      of: /automaton: entropy \d\.\d{3} bits, \d+\.\d % of positions outside the band, penalty \d/)
    #expect(told.count == 2, "\(run.errors)")
    let events = try scratch.text("events.jsonl").split(separator: "\n")
      .map { try JSONObject(Data($0.utf8)) }
    for event in events {
      let kind = try event("event", as: String.self)
      let nca = event.members["nca"] as? [String: Any]
      #expect((nca != nil) == ["step", "evaluation"].contains(kind))
      guard let nca else { continue }
      let entropy = try #require(nca["entropy"] as? Double)
      let violations = try #require(nca["violations"] as? Double)
      #expect(entropy >= 0 && entropy <= 3.17 && violations >= 0 && violations <= 1)
      #expect(nca["loss"] as? Double != nil)
    }
    let score = try await scratch.tri(
      "eval", "--checkpoint", "run/checkpoint.safetensors", "--json")
    #expect(score.code == 0, "\(score.errors)")
    let bpb = try score.json()("bpb", as: Double.self)
    #expect(String(format: "BPB=%.4f", bpb) == run.lines.last)
    let text = try await scratch.tri(
      "generate", "--checkpoint", "run/checkpoint.safetensors", "--bytes", "40")
    #expect(text.code == 0, "\(text.errors)")
  }

  @Test func aFinishedRunPrintsItsLastScoreAgain() async throws {
    let scratch = try Scratch()
    let first = try await scratch.tri(Scratch.train("run"))
    let bytes = try scratch.read("run/checkpoint.safetensors")
    let again = try await scratch.tri(Scratch.train("run"))
    #expect(again.code == 0)
    #expect(again.lines == [first.lines.last])
    #expect(try scratch.read("run/checkpoint.safetensors") == bytes)
  }

  @Test func aReservedSeedIsCalledAReproduction() async throws {
    let scratch = try Scratch()
    let reserved = try await scratch.tri(Scratch.train("a", steps: 2, "--seed", "43"))
    #expect(reserved.code == 0)
    #expect(reserved.errors.contains("reserved for verification"))
    let ordinary = try await scratch.tri(Scratch.train("b", steps: 2, "--seed", "1043"))
    #expect(!ordinary.errors.contains("reserved"))
  }

  @Test func trainingOnValidationPrintsNoScore() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri(
      Scratch.train("run", steps: 2, "--train-on", "train+validation"))
    #expect(run.code == 0)
    #expect(run.output.isEmpty)
    let score = try await scratch.tri("eval", "--checkpoint", "run/checkpoint.safetensors")
    expectFailure(score, 65, "not unseen", "--split test")
    #expect(score.output.isEmpty)
  }

  @Test(arguments: [
    (["--bogus"], Int32(64), "bogus"),
    (["--steps"], 64, "steps"),
    (["--threads", "0"], 64, "--threads is 0"),
    (["--threads", "-1"], 64, "--threads is -1"),
    (["--eval-every", "0"], 64, "--eval-every is 0"),
    (["--save-every", "0"], 64, "--save-every is 0"),
    (["--train-on", "test"], 64, "nothing trains on test"),
    (["--corpus", "shakespear"], 64, "tiny_shakespeare"),
    (["--optimizer", "adam"], 78, "muon, adamw, sgd, lion, muon-cautious, normuon, schedule-free"),
    (["--schedule", "wsd"], 78, "linear, wsd-sqrt, cosine, constant, phi"),
    (["--ema-decay", "0.9"], 78, "average_power is 16.0 and ema_decay is 0.9"),
    (["--optimizer", "sgd", "--mup-base", "8"], 78, "mup_base is 8, but sgd's rates"),
    (["--objective", "ntp"], 78, "next-byte, jepa, nca, jepa+nca"),
    (["--objective", "nca", "--objective", "next-byte"], 78, "'nca+next-byte'"),
    (["--objective", "nca", "--nca-states", "8"], 78, "the law L-R11 fixes K = 9"),
    (["--objective", "nca", "--nca-grid", "10"], 78, "a torus of 9 × 9 cells"),
    (["--objective", "nca", "--nca-high", "3.2"], 78, "3.2 bits; choose 0 ≤ low < high ≤ 3.16"),
    (["--objective", "nca", "--nca-rule", "vote"], 78, "learned, majority"),
    (["--objective", "jepa"], 78, "jepa_warmup is 1500 in a run of 2 steps"),
    (["--objective", "jepa", "--jepa-warmup", "0", "--jepa-ratio", "1"], 78, "jepa_ratio is 1.0"),
    (["--objective", "jepa", "--jepa-warmup", "0", "--jepa-loss", "l2"], 78, "mse, smooth-l1"),
    (["--curriculum", "1 nca=1, rest next=1"], 78, "has nca, but objective is next-byte"),
    (["--curriculum", "one next=1"], 78, "'one next=1' is not a value for 'curriculum'"),
    (["--curriculum", "1 next=1, 2 next=2"], 78, "have 3 steps, the run has 2"),
    (["--corruption", "1"], 78, "corruption is 1.0"),
    (["--context-warmup", "0.5", "--context-start", "5"], 78, "are reached by doubling"),
    (["--format", "gf16"], 78, "L-R9"),
    (["--format", "gf8"], 78, "bf16, gf16"),
    (["--precision", "fp8"], 78, "float32, mixed-bf16"),
    (["--model", "iglu"], 78, "hybrid"),
    (["--steps", "-5"], 78, "steps is -5"),
    (["--steps", "many"], 78, "'many' is not a value for 'steps' (from --steps)"),
    (["--hidden", "-16"], 78, "-16"),
    (["--hidden", "0"], 78, "width"),
    (["--heads", "3"], 78, "heads is 3 at width 16"),
    (["--hidden", "7"], 78, "heads is 2 at width 7"),
    (["--context", "0"], 78, "choose 1 to 1024"),
    (["--context", "1025"], 78, "choose 1 to 1024"),
    (["--batch", "-1"], 78, "batch is -1"),
    (["--shards", "5"], 78, "shards is 5 for a batch of 4"),
    (["--ngram-rows", "63"], 78, "63"),
    (["--lr", "nan"], 78, "lr is nan"),
    (["--dropout", "1"], 78, "dropout"),
    (["--seed", "-1"], 78, "seed is -1"),
    (["--config", "absent.toml"], 66, "absent.toml"),
    (["--checkpoint-dir", "/proc/nowhere"], 73, "/proc/nowhere"),
    (["--events", "/proc/nowhere/events"], 73, "/proc/nowhere/events"),
  ])
  func aBadFlagIsRefusedBeforeTraining(flags: [String], code: Int32, text: String) async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri(Scratch.train("run", steps: 2) + flags)
    expectFailure(run, code, text)
    #expect(run.output.isEmpty)
    #expect(scratch.files(below: "run").isEmpty)
  }

  @Test func aFullDiskUnderTheEventsEndsTheRun() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri(Scratch.train("run", steps: 2, "--events", "/dev/full"))
    expectFailure(run, 73, "event log")
    #expect(scratch.files(below: "run").isEmpty)
  }

  @Test func anUnknownKernelVariantIsRefused() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri(Scratch.train("run"), environment: ["IGLA_CPU": "avx9"])
    expectFailure(run, 78, "avx9", "portable")
  }
}
