import Foundation
import Testing

@Suite(.turns)
struct PrecisionTests {
  private let emulated = "mixed-bf16 is emulated by portable kernels, slowly"

  /// What a machine does with mixed precision when no kernel variant is named.
  private func hasDotProduct(_ scratch: Scratch) async throws -> Bool {
    let doctor = try await scratch.tri("doctor", environment: ["IGLA_CPU": ""]).text
    #expect(doctor.contains("no bf16 dot product") != doctor.contains(", bf16 dot products"))
    return doctor.contains(", bf16 dot products")
  }

  private func expectRefusal(
    _ run: Outcome, _ remedy: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectFailure(
      run, 69, "this processor has no bf16 dot product (variant ", remedy, "or set IGLA_CPU=",
      "to emulate it, slowly", sourceLocation: sourceLocation)
    #expect(run.output.isEmpty, sourceLocation: sourceLocation)
  }

  @Test func trainingWithoutADotProductNeedsTheVariantsName() async throws {
    let scratch = try Scratch()
    let hardware = try await hasDotProduct(scratch)
    let run = try await scratch.tri(
      Scratch.train("run", steps: 2, "--precision", "mixed-bf16"), environment: ["IGLA_CPU": ""])
    if hardware {
      #expect(run.code == 0, "\(run.errors)")
      #expect(!run.errors.contains("emulated"))
    } else {
      expectRefusal(run, "--precision float32")
      #expect(scratch.files(below: "run").isEmpty)
    }
    let named = try await scratch.tri(
      Scratch.train("named", steps: 2),
      environment: [
        "IGLA_CPU": "portable", "TRIOS_PRECISION": "mixed-bf16",
      ])
    #expect(named.code == 0, "\(named.errors)")
    #expect(named.errors.components(separatedBy: emulated).count == 2, "\(named.errors)")
    #expect(named.errors.contains("portable kernels, mixed-bf16, "))
    let plain = try await scratch.tri(
      Scratch.train("plain", steps: 2), environment: ["IGLA_CPU": "portable"])
    #expect(!plain.errors.contains("bf16"))
  }

  @Test func aRunOfAnotherPrecisionIsNotTakenUp() async throws {
    let scratch = try Scratch()
    let portable = ["IGLA_CPU": "portable"]
    let first = try await scratch.tri(
      Scratch.train("run", "--precision", "mixed-bf16"), environment: portable)
    #expect(first.code == 0, "\(first.errors)")
    let other = try await scratch.tri(Scratch.train("run"), environment: portable)
    expectFailure(other, 65, "precision is mixed-bf16 there and float32 here", "--fresh")
    // The score is float32's, whoever computes it.
    let score = try await scratch.tri(
      "eval", "--checkpoint", "run/checkpoint.safetensors", environment: portable)
    let printed = try #require(first.lines.last?.dropFirst("BPB=".count))
    #expect(score.text.contains(" \(printed) BPB"), "\(score.text)")
    #expect(score.errors.isEmpty)
    let float = try await scratch.tri(Scratch.train("float"), environment: portable)
    #expect(float.text != first.text)
  }

  @Test(arguments: [
    "precision = \"mixed-bf16\"",
    "precision = { choice = [\"float32\", \"mixed-bf16\"] }",
    "precision = { choice = [\"float32\"] }\n[[start]]\nprecision = \"mixed-bf16\"",
  ])
  func aRaceObeysTheSameRule(parameter: String) async throws {
    let scratch = try Scratch()
    try scratch.write(Scratch.space(unit: 5, rungs: 2, parameter), to: "space.toml")
    let run = try await scratch.tri(
      Scratch.race(budget: "4trials"), environment: ["IGLA_CPU": ""])
    if try await hasDotProduct(scratch) {
      #expect(run.code == 0, "\(run.errors)")
      return
    }
    expectRefusal(run, "precision = \"float32\" in the space")
    #expect(!scratch.exists(".trinity"), "refused before anything is written")
    let named = try await scratch.tri(
      Scratch.race(budget: "4trials"), environment: ["IGLA_CPU": "portable"])
    #expect(named.code == 0, "\(named.errors)")
    #expect(named.errors.components(separatedBy: emulated).count == 2, "\(named.errors)")
    // The wish is on record: who goes on with the race need not repeat it.
    let again = try await scratch.tri(
      Scratch.race(budget: "5trials"), environment: ["IGLA_CPU": ""])
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.errors.contains(emulated))
  }

  @Test func aQueuedConfigurationObeysItToo() async throws {
    let scratch = try Scratch()
    try scratch.write(
      Scratch.space(unit: 5, rungs: 2, "precision = \"float32\""), to: "space.toml")
    let race = try await scratch.tri(
      Scratch.race(budget: "4trials"), environment: ["IGLA_CPU": ""])
    #expect(race.code == 0, "\(race.errors)")
    try scratch.write("precision = \"mixed-bf16\"\nlr = 0.004\ndropout = 0.1\n", to: "idea.toml")
    let idea = try await scratch.tri(
      "race", "enqueue", "idea.toml", environment: ["IGLA_CPU": ""])
    if try await hasDotProduct(scratch) {
      #expect(idea.code == 0, "\(idea.errors)")
    } else {
      expectRefusal(idea, "precision = \"float32\" in idea.toml")
    }
  }
}
