import Corpora
import Foundation
import KernelInterface
import LanguageModel
import Scoring
import Training

/// The memory that a trial takes, and whether the machine has it.
struct TrialPlan {
  let memory: MemoryPlan
  let limit: (bytes: Int, source: String)

  /// What the program itself has in memory beyond what it has when it plans: more of its code and
  /// of Foundation's, and the stacks and heaps of its threads.
  private static let programGrowth = 8 << 20
  private static let threadGrowth = 64 << 10

  /// Plans a trial; the program as it is now is measured, so plan before anything is loaded.
  ///
  /// Of what exceeds the limit by its weights and their gradients alone, no more is listed.
  /// - Precondition: The configuration is valid, for this corpus too.
  init(
    _ configuration: TrainingConfiguration, manifest: CorpusManifest, split: Corpora.Split,
    kernels: KernelSet, threads: Int
  ) throws {
    limit = Machine.memoryLimit()
    var least = MemoryPlan()
    least.addLeast(configuration)
    guard least.total <= limit.bytes else {
      memory = least
      return
    }
    let ranges = manifest.ranges
    var plan = MemoryPlan()
    try plan.addTrainer(
      configuration,
      textBytes: (split == .train ? ranges.train : ranges.trainAndValidation).count,
      kernels: kernels, threads: threads)
    plan.add("corpus", bytes: manifest.byteCount)
    if split == .train {
      try plan.addScorer(configuration.model, kernels: kernels, threads: threads)
      plan.add(
        "evaluation",
        bytes: ranges.trainAndValidation.count
          + StaticScorer.bytes(scored: ranges.validation.count, configuration.model))
    }
    plan.add("checkpoint_writer", bytes: Training.Checkpoint.writerBytes(configuration.model))
    plan.add(
      "program",
      bytes: Machine.residentBytes + Self.programGrowth + 2 * threads * Self.threadGrowth)
    memory = plan
  }

  /// Refuses a trainer that the machine cannot hold, where nothing is scored or saved.
  ///
  /// - Throws: `TrainingError` of code `unavailable`, or what an invalid configuration throws.
  static func checkTrainer(
    _ configuration: TrainingConfiguration, textBytes: Int, kernels: KernelSet, threads: Int
  ) throws {
    try configuration.validate()
    try configuration.validate(trainBytes: textBytes, heldOutBytes: .max)
    let limit = Machine.memoryLimit()
    var plan = MemoryPlan()
    plan.addLeast(configuration)
    if plan.total <= limit.bytes {
      plan = MemoryPlan()
      try plan.addTrainer(configuration, textBytes: textBytes, kernels: kernels, threads: threads)
      plan.add("program", bytes: Machine.residentBytes)
    }
    try plan.check(limit: limit.bytes, of: limit.source)
  }

  /// Refuses what the machine cannot hold.
  ///
  /// - Throws: `TrainingError` of code `unavailable`.
  func check() throws { try memory.check(limit: limit.bytes, of: limit.source) }

  /// A line an item: name, MiB, bytes, and how many equal copies.
  var table: String {
    let rows =
      memory.items.map { item in
        (
          item.name, item.bytes,
          item.copies > 1 ? "  \(item.copies) of \(item.bytes / item.copies)" : ""
        )
      } + [
        ("predicted peak", memory.total, "  the sum"), ("limit", limit.bytes, "  \(limit.source)"),
      ]
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { name, bytes, note in
      name.padding(toLength: width, withPad: " ", startingAt: 0)
        + (bytes == .max
          ? "            more than 8 EiB"
          : String(format: "%12.2f MiB %16ld bytes", Double(bytes) / 1_048_576, bytes) + note)
    }.joined(separator: "\n")
  }

  /// The same for machines.
  var output: Output {
    Output(
      items: memory.items.map { .init(name: $0.name, bytes: $0.bytes, copies: $0.copies) },
      predicted_peak_bytes: memory.total, limit_bytes: limit.bytes, limit_source: limit.source,
      fits: memory.total <= limit.bytes)
  }

  struct Output: Encodable {
    struct Item: Encodable {
      let name: String
      let bytes: Int
      let copies: Int
    }
    let items: [Item]
    let predicted_peak_bytes: Int
    let limit_bytes: Int
    let limit_source: String
    let fits: Bool
  }
}
