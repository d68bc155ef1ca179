import Corpora
import Foundation
import KernelInterface
import LanguageModel
import Scoring
import Training

/// A trial with the memory that it takes, settled before anything is loaded.
struct TrialPlan {
  private(set) var configuration: TrainingConfiguration
  let setting: TrialSetting
  let memory: MemoryPlan

  /// Plans a trial.
  ///
  /// Of what exceeds the limit by its weights and their gradients alone, no more is listed.
  /// - Precondition: The configuration is valid.
  /// - Throws: `TrainingError` when its windows do not fit into the texts of the corpus.
  init(_ configuration: TrainingConfiguration, _ setting: TrialSetting) throws {
    let ranges = setting.manifest.ranges
    try configuration.validate(
      trainBytes: setting.textBytes, heldOutBytes: min(ranges.validation.count, ranges.test.count))
    self.configuration = configuration
    self.setting = setting
    var least = MemoryPlan()
    least.addLeast(configuration)
    guard least.total <= setting.limit.bytes else {
      memory = least
      return
    }
    let (model, kernels, threads) = (configuration.model, setting.kernels, setting.threads)
    var plan = MemoryPlan()
    try plan.addTrainer(
      configuration, textBytes: setting.textBytes, kernels: kernels, threads: threads)
    plan.add("corpus", bytes: setting.manifest.byteCount)
    switch setting.scored {
    case .nothing: break
    case .validation:
      try plan.addScorer(model, kernels: kernels, threads: threads)
      plan.add(
        "evaluation",
        bytes: ranges.trainAndValidation.count
          + StaticScorer.bytes(scored: ranges.validation.count, model))
    case .test:
      try plan.addScorer(model, kernels: kernels, threads: threads)
      // The text before it is copied on its own first.
      plan.add(
        "evaluation",
        bytes: ranges.trainAndValidation.count + setting.manifest.byteCount
          + StaticScorer.bytes(scored: ranges.test.count, model))
    }
    plan.add("checkpoint_writer", bytes: Training.Checkpoint.writerBytes(configuration))
    plan.add("program", bytes: setting.programBytes)
    memory = plan
  }

  /// The plan of the same trial with another seed, on which memory does not depend.
  func with(seed: Int) -> TrialPlan {
    var plan = self
    plan.configuration.seed = seed
    return plan
  }

  private var limit: (bytes: Int, source: String) { setting.limit }

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

  /// The same, with the plan on stderr where it is refused.
  func checkOrShow() throws {
    do {
      try check()
    } catch {
      Console.note(table)
      throw error
    }
  }

  /// A line an item: name, MiB, bytes, and how many equal copies.
  var table: String {
    memory.table([("limit", limit.bytes, limit.source)])
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
