import ArgumentParser
import Foundation
import KernelInterface
import LanguageModel
import Training

/// `tri average`.
struct AverageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "average",
    abstract: "Average the weights of several checkpoints.",
    discussion: """
      Writes a checkpoint whose weights are the mean of those that the given checkpoints are scored \
      with, for tri eval and tri generate. It has no optimizer state: tri train refuses it. The \
      checkpoints must be of one configuration and one text, such as copies of a run's checkpoint \
      at several steps. What the machine's memory cannot hold is refused with exit code 69 before any \
      of it is reserved.

      EXAMPLES:
        tri average --checkpoint a.safetensors --checkpoint b.safetensors --out mean.safetensors
        tri eval --checkpoint mean.safetensors
      """)

  @Option(help: ArgumentHelp("Checkpoint to average; give two or more.", valueName: "file"))
  var checkpoint: [String] = []

  @Option(help: ArgumentHelp("File to write.", valueName: "file"))
  var out: String

  func run() throws {
    guard checkpoint.count >= 2 else {
      throw Failure.usage(
        "a mean of \(checkpoint.count) checkpoint\(checkpoint.count == 1 ? "" : "s")",
        hint: "give --checkpoint twice or more")
    }
    let kernels = try Machine.kernels()
    let saved = try checkpoint.map { try Training.Checkpoint(path: $0) }
    try Self.checkMemory(saved[0].configuration, kernels)
    let engine = try TrialRun.scoringEngine(
      saved[0].configuration.model, kernels: kernels, threads: 1)
    try Training.Checkpoint.saveMean(of: saved, using: engine, to: out)
    let steps = saved.map { "\($0.step)" }.joined(separator: ", ")
    try Console.result("\(out): the mean of \(saved.count) checkpoints, of steps \(steps)")
  }

  /// Refuses a mean that the machine cannot hold; the plan is then on stderr.
  ///
  /// - Throws: `TrainingError` of code `unavailable`.
  private static func checkMemory(
    _ configuration: TrainingConfiguration, _ kernels: KernelSet
  ) throws {
    let limit = Machine.memoryLimit()
    var plan = MemoryPlan()
    try plan.addMean(configuration, kernels: kernels)
    plan.add("program", bytes: Machine.residentBytes)
    do {
      try plan.check(
        limit: limit.bytes, of: limit.source, for: "the mean",
        hint: "average on a machine with more memory, or checkpoints of a smaller model")
    } catch {
      Console.note(plan.table([("limit", limit.bytes, limit.source)]))
      throw error
    }
  }
}
