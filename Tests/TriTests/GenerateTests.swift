import Foundation
import Testing

@Suite(.turns)
struct GenerateTests {
  private func trained() async throws -> Scratch {
    let scratch = try Scratch()
    let run = try await scratch.tri(Scratch.train("run", steps: 200))
    try #require(run.code == 0, "\(run.errors)")
    return scratch
  }

  private func generate(_ scratch: Scratch, _ more: String...) async throws -> Outcome {
    try await scratch.tri(
      ["generate", "--checkpoint", "run/checkpoint.safetensors", "--bytes", "200"] + more)
  }

  @Test func theSameSeedWritesTheSameBytes() async throws {
    let scratch = try await trained()
    let first = try await generate(scratch, "--prompt", "the ", "--seed", "7", "--threads", "1")
    let again = try await generate(scratch, "--prompt", "the ", "--seed", "7", "--threads", "2")
    let other = try await generate(scratch, "--prompt", "the ", "--seed", "8")
    #expect(first.code == 0, "\(first.errors)")
    #expect(first.output == again.output)
    #expect(first.output != other.output)
    #expect(first.output.starts(with: Data("the ".utf8)))
    #expect(first.output.count == 4 + 200 + 1)
  }

  @Test func temperatureZeroNeedsNoSeed() async throws {
    let scratch = try await trained()
    let first = try await generate(scratch, "--temperature", "0", "--seed", "1")
    let again = try await generate(scratch, "--temperature", "0", "--seed", "2")
    #expect(first.code == 0)
    #expect(first.output == again.output)
  }

  @Test func nothingAndAnEmptyPromptAreFine() async throws {
    let scratch = try await trained()
    let none = try await scratch.tri(
      "generate", "--checkpoint", "run/checkpoint.safetensors", "--prompt", "", "--bytes", "0")
    #expect(none.code == 0)
    #expect(none.output == Data("\n".utf8))
  }

  @Test func badValuesAreRefused() async throws {
    let scratch = try await trained()
    for (flag, value) in [
      ("--bytes", "-1"), ("--temperature", "-0.5"), ("--temperature", "nan"),
      ("--temperature", "inf"), ("--top-p", "0"), ("--top-p", "1.1"), ("--top-p", "nan"),
      ("--seed", "-1"), ("--threads", "0"), ("--bytes", "some"),
    ] {
      let run = try await generate(scratch, flag, value)
      expectFailure(run, 64, flag)
      #expect(run.output.isEmpty, "\(flag) \(value)")
    }
    expectFailure(
      try await scratch.tri("generate", "--checkpoint", "absent"), 66, "absent")
  }

  @Test func aFullOutputIsReported() async throws {
    let scratch = try await trained()
    let run = try Run(
      ["generate", "--checkpoint", "run/checkpoint.safetensors"], in: scratch, [:],
      output: "/dev/full")
    expectFailure(try await run.finish(), 73, "stdout")
  }
}
