import Foundation
import Testing

@Suite(.turns)
struct BenchTests {
  @Test func thePeakIsPlausible() async throws {
    let run = try await Scratch().tri(["bench", "peak", "--seconds", "0.3", "--json"])
    #expect(run.code == 0, "\(run.errors)")
    let peak = try JSONObject(run.output)
    let gflops = try peak("float32_gflops", as: Double.self)
    // A slow core does one operation a nanosecond; none does a thousand.
    #expect(gflops > 1 && gflops < 1_000)
    #expect(try #require(peak.members["bandwidth"] as? [Any]).count == 4)
  }

  @Test func theEngineIsMeasuredAndItsTimeExplained() async throws {
    let run = try await Scratch().tri([
      "bench", "engine", "--config", "c", "--rounds", "2", "--seconds", "0.1", "--threads", "1",
      "--json",
    ])
    #expect(run.code == 0, "\(run.errors)")
    let output = try JSONObject(run.output)
    let engine = try #require((output.members["engine"] as? [[String: Any]])?.first)
    #expect(engine["configuration"] as? String == "C")
    #expect(try #require(engine["share_of_peak"] as? Double) > 0)
    #expect((engine["rounds"] as? [Any])?.count == 2)
    let shares = try #require(engine["kernels_by_time"] as? [[String: Any]])
    let total = shares.reduce(0.0) { $0 + ($1["share"] as? Double ?? .nan) }
    #expect(abs(total - 1) < 1e-6)
    #expect(shares.contains { $0["kernel"] as? String == "matrix product" })
  }

  @Test func productsAreMeasuredByShape() async throws {
    let words = ["bench", "products", "--config", "C", "--rows", "16", "--json"]
    let run = try await Scratch().tri(words, environment: ["IGLA_CPU": "portable"])
    #expect(run.code == 0, "\(run.errors)")
    let output = try JSONObject(run.output)
    #expect(output.members["bfloat16_products"] as? String == "emulation")
    #expect(output.members["bfloat16_peak_gflops"] == nil)
    let products = try #require(output.members["products"] as? [[String: Any]])
    #expect(products.compactMap { $0["outputs"] as? Int } == [192, 64, 256, 64, 192, 64, 256, 64])
    let precisions = products.compactMap { $0["precision"] as? String }
    #expect(
      precisions == [String](repeating: "float32", count: 4)
        + [String](repeating: "mixed-bf16", count: 4))
    for key in [
      "forward", "input_gradient", "weight_gradient", "packing_milliseconds", "packing_share",
    ] {
      #expect(products.allSatisfy { ($0[key] as? Double ?? 0) > 0 }, "\(key)")
    }
    // Weights are packed once for 512 times 16 rows.
    #expect(products.allSatisfy { ($0["packing_share"] as? Double ?? 1) < 0.5 })
  }

  @Test func bfloat16ProductsAreLeftOutByName() async throws {
    let run = try await Scratch().tri(
      ["bench", "products", "--config", "C", "--rows", "16"], environment: ["IGLA_CPU": ""])
    #expect(run.code == 0, "\(run.errors)")
    let measured = run.lines.contains { $0.hasPrefix("bf16: peak ") }
    #expect(measured != (run.lines.last?.hasPrefix("bf16: left out, no dot product") == true))
    #expect(run.lines.filter { $0.hasPrefix("inputs outputs") }.count == (measured ? 2 : 1))
  }

  @Test(arguments: [
    ["bench", "engine", "--config", "Z"], ["bench", "engine", "--rounds", "0"],
    ["bench", "engine", "--precision", "float8"],
    ["bench", "engine", "--seconds", "-1"], ["bench", "products", "--rows", "0"],
    ["bench", "peak", "--seconds", "nan"], ["profile", "--count", "0"],
  ])
  func wrongFlagsAreRefusedAtOnce(words: [String]) async throws {
    let run = try await Scratch().tri(words)
    #expect(run.code == 64)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("hint:"))
  }

  @Test func aProfileThatDoesNotFitIsRefused() async throws {
    let run = try await Scratch().tri([
      "profile", "--hidden", "2048", "--heads", "16", "--mlp", "8192", "--attn-layers", "8",
      "--batch", "65536", "--shards", "65536",
    ])
    expectFailure(run, 69, "the run needs ", "most of it gradients")
  }

  @Test func aProfileIsPrintedAndDrawn() async throws {
    let scratch = try Scratch()
    let small = [
      "--hidden", "16", "--heads", "2", "--mlp", "32", "--context", "16", "--batch", "4",
    ]
    let run = try await scratch.tri(["profile", "--count", "2", "--svg", "step.svg"] + small)
    #expect(run.code == 0, "\(run.errors)")
    for label in ["step", "forward", "backward", "Muon", "matrix product", "hash tables"] {
      #expect(run.text.contains(label), "\(label)")
    }
    let svg = try scratch.text("step.svg")
    #expect(svg.hasPrefix("<svg") && svg.contains("matrix product"))
    let refused = try await scratch.tri(
      ["profile", "--count", "1", "--svg", "no/such.svg"] + small)
    #expect(refused.code == 73)
  }
}

/// A store without training, by worker processes.
@Suite(.turns)
struct BenchStoreTests {
  @Test func aFileIsMeasuredAndGoesOn() async throws {
    let scratch = try Scratch()
    let words = [
      "bench", "store", "--store", "sqlite:bench.db", "--workers", "3", "--trials", "60",
      "--rungs", "3", "--cold-starts", "2", "--json",
    ]
    for sitting in 0..<2 {
      let run = try await scratch.tri(words)
      #expect(run.code == 0, "\(run.errors)")
      let report = try run.json()
      #expect(try report("trials", as: Int.self) == 60)
      #expect(try report("trials_before", as: Int.self) == 62 * sitting)
      #expect(try report("statements_per_trial", as: Double.self) > 10)
      #expect(report.members["round_trips_per_trial"] == nil, "a file has no network")
      let audit = try report.object("audit")
      #expect(try audit("trials", as: Int.self) == 62 * (sitting + 1))
      #expect(audit.members["problems"] as? [String] == [])
      let rungs = try report("rungs", as: Int.self)
      #expect(try audit("acknowledged", as: Int.self) == rungs + 2)
      #expect(try report.object("cold_start")("processes", as: Int.self) == 2)
    }
    let other = try await scratch.tri(
      "bench", "store", "--store", "sqlite:bench.db", "--trials", "5", "--rungs", "2")
    expectFailure(other, 64, "another ladder")
    // Nobody trains on it by mistake.
    let race = try await scratch.tri("race", "start", "--store", "sqlite:bench.db")
    #expect(race.code != 0 && race.errors.contains("bench-store-has-no-text"), "\(race.errors)")
  }

  @Test func aRealRaceIsLeftAlone() async throws {
    let scratch = try await Scratch.finishedRace()
    let before = try scratch.read(".trinity/race.db")
    let run = try await scratch.tri(
      "bench", "store", "--store", "sqlite:.trinity/race.db", "--trials", "5")
    expectFailure(run, 64, "not one of this benchmark", "empty store")
    #expect(try scratch.read(".trinity/race.db") == before)
    expectFailure(try await scratch.tri("bench", "store"), 64, "--store")
    for (flag, value) in [("--workers", "0"), ("--trials", "0"), ("--rungs", "21")] {
      let refused = try await scratch.tri("bench", "store", "--store", "sqlite:x.db", flag, value)
      expectFailure(refused, 64, "\(flag) is \(value)")
    }
    #expect(!scratch.exists("x.db"))
    expectFailure(
      try await scratch.tri("bench", "store", "--store", "postgres://u@h/d?igla_race=mine"), 64,
      "igla_race")
  }
}
