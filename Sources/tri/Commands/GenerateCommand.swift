import KernelInterface
import ArgumentParser
import Foundation
import LanguageModel
import Training

/// `tri generate`.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Write text with a trained model.",
    discussion: """
      The text, prompt included, goes to stdout as it is drawn. The same checkpoint, prompt, \
      settings and seed give the same text, for any number of threads.

      Each byte is predicted from the latest bytes: from all of them at first, and once the text \
      is longer than the model's context, from between half a context and a whole one, in \
      windows like those with which tri eval scores a text. A window grows to the whole context; \
      then its latter half begins the next.

      EXAMPLES:
        tri generate --checkpoint run/checkpoint.safetensors --prompt 'ROMEO:' --bytes 500
        tri generate --checkpoint run/checkpoint.safetensors --temperature 0   the likeliest bytes
      """)

  @Option(help: ArgumentHelp("Checkpoint to write with.", valueName: "file"))
  var checkpoint: String

  @Option(help: "What the text begins with.")
  var prompt = "\n"

  @Option(parsing: .unconditional, help: "Bytes to write after the prompt.")
  var bytes = 500

  @Option(
    parsing: .unconditional,
    help: "0 for the likeliest byte, 1 for the model's own odds; above 1 is wilder.")
  var temperature = 0.8

  @Option(
    parsing: .unconditional,
    help: "Draw among the likeliest bytes that together have this probability, (0, 1].")
  var topP = 1.0

  @Option(parsing: .unconditional, help: "Seed of the draws.")
  var seed = 1

  @Option(parsing: .unconditional, help: "Threads. Default: all cores.")
  var threads: Int?

  func run() throws {
    guard bytes >= 0 else { throw Failure.usage("--bytes is \(bytes)", hint: "use 0 or more") }
    guard temperature >= 0, temperature.isFinite else {
      throw Failure.usage("--temperature is \(temperature)", hint: "use 0 or more")
    }
    guard topP > 0, topP <= 1 else {
      throw Failure.usage("--top-p is \(topP)", hint: "use a number above 0, at most 1")
    }
    guard seed >= 0 else { throw Failure.usage("--seed is \(seed)", hint: "use 0 or more") }
    let threads = try TrainCommand.threads(threads)
    let kernels = try Machine.kernels()
    let saved = try Training.Checkpoint.newest(at: checkpoint) { Console.warn($0) }
    let engine = try TrialRun.scoringEngine(
      saved.configuration.model, kernels: kernels, threads: threads)
    try saved.writeScoredWeights(to: engine)
    Interruption.listen()
    var sampler = try sampler(engine)
    try Console.raw(Data(prompt.utf8))
    let start = ContinuousClock.now
    for _ in 0..<bytes {
      try Console.raw(Data([sampler.next()]))
      if Interruption.received != nil { throw ExitCode(Interruption.exitCode) }
    }
    try Console.raw(Data([0x0A]))
    let seconds = (ContinuousClock.now - start).seconds
    Console.note("\(bytes) bytes, \(Int(Double(bytes) / max(seconds, 1e-9))) bytes/s")
  }

  private func sampler(_ engine: Transformer) throws -> TextSampler {
    var sampler = try TextSampler(
      engine: engine, prompt: Array(prompt.utf8), seed: UInt64(seed))
    sampler.temperature = temperature
    sampler.topP = topP
    return sampler
  }
}
