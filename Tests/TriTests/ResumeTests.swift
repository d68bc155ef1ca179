import Foundation
import Testing

/// A run is the same run however many threads worked on it and however often it was interrupted.
@Suite(.turns)
struct ResumeTests {
  private let file = "checkpoint.safetensors"

  @Test func threadsDoNotChangeABit() async throws {
    let scratch = try Scratch()
    var runs: [Outcome] = []
    for (folder, threads) in [("a", "1"), ("b", "1"), ("c", "2"), ("d", "3")] {
      runs.append(
        try await scratch.tri(Scratch.train(folder, steps: 40, "--threads", threads)))
    }
    #expect(runs.allSatisfy { $0.code == 0 && $0.text == runs[0].text })
    let bytes = try scratch.read("a/\(file)")
    for folder in ["b", "c", "d"] { #expect(try scratch.read("\(folder)/\(file)") == bytes) }
  }

  @Test func anotherSeedGivesAnotherModel() async throws {
    let scratch = try Scratch()
    let first = try await scratch.tri(Scratch.train("a", "--seed", "1000"))
    let second = try await scratch.tri(Scratch.train("b", "--seed", "1001"))
    #expect(first.text != second.text)
  }

  /// Waits until the run took some steps.
  private func stepping(_ run: Run, _ scratch: Scratch, _ events: String) async throws {
    try await until("steps") {
      (try? scratch.text(events))?.contains("\"step\":20") == true || !run.process.isRunning
    }
    try #require(run.process.isRunning, "the run is too short to be interrupted: \(run.errors)")
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func aSignalSavesAndTheSameCommandGoesOnBitForBit(signal: Int32) async throws {
    let scratch = try Scratch()
    let steps = 3_000
    let whole = try await scratch.tri(Scratch.train("whole", steps: steps, "--eval-every", "1000"))
    let arguments = Scratch.train(
      "cut", steps: steps, "--eval-every", "1000", "--events", "events.jsonl")
    let run = try scratch.start(arguments)
    try await stepping(run, scratch, "events.jsonl")
    run.signal(signal)
    let cut = try await run.finish()
    #expect(cut.code == 128 + signal, "\(cut.errors)")
    #expect(cut.errors.contains("saved to cut/checkpoint.safetensors"))
    #expect(scratch.files(below: "cut") == [file], "nothing half-written")
    let rest = try await scratch.tri(arguments)
    #expect(rest.code == 0)
    #expect(rest.errors.contains("resuming at step"))
    #expect(cut.lines + rest.lines == whole.lines)
    #expect(try scratch.read("cut/\(file)") == scratch.read("whole/\(file)"))
  }

  @Test func evaluationsDoNotPutOffASave() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri(
      Scratch.train(
        "run", steps: 200, "--eval-every", "10", "--save-every", "0.001", "--events",
        "events.jsonl"))
    #expect(run.code == 0, "\(run.errors)")
    let saves = try scratch.text("events.jsonl").components(
      separatedBy: "\"event\":\"checkpoint\"")
    #expect(saves.count > 20)
  }

  @Test func aKilledRunGoesOnFromItsLastCheckpointBitForBit() async throws {
    let scratch = try Scratch()
    let steps = 3_000
    let whole = try await scratch.tri(
      Scratch.train("whole", steps: steps, "--eval-every", "3000"))
    let arguments = Scratch.train(
      "cut", steps: steps, "--eval-every", "3000", "--save-every", "0.02", "--events",
      "events.jsonl")
    for round in 1...3 {
      let run = try scratch.start(arguments)
      try await until("checkpoint \(round)") {
        (try? scratch.text("events.jsonl"))?.components(separatedBy: "\"event\":\"checkpoint\"")
          .count ?? 0 > round || !run.process.isRunning
      }
      run.signal(SIGKILL)
      #expect(try await run.finish().code == 128 + SIGKILL, "killed in mid-run")
    }
    let rest = try await scratch.tri(arguments)
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(rest.errors.contains("resuming at step"))
    #expect(rest.lines == whole.lines)
    #expect(try scratch.read("cut/\(file)") == scratch.read("whole/\(file)"))
  }

  @Test func aFreshRunIgnoresTheCheckpoint() async throws {
    let scratch = try Scratch()
    let first = try await scratch.tri(Scratch.train("run"))
    let again = try await scratch.tri(Scratch.train("run", "--fresh"))
    #expect(again.text == first.text)
    #expect(!again.errors.contains("resuming"))
  }
}
