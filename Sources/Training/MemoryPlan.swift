public import KernelInterface
internal import Kernels
public import LanguageModel

/// What a run takes from the machine's memory, computed before any of it is reserved.
///
/// Arenas are counted by the code that reserves them; see `ArenaTally`.
public struct MemoryPlan: Sendable, Hashable {
  /// One purpose.
  public struct Item: Sendable, Hashable {
    public let name: String
    /// All copies together; `Int.max` when the sum is larger.
    public let bytes: Int
    /// How many equal ones there are, one a thread or a shard; 1 where nothing is repeated.
    public let copies: Int
  }

  public private(set) var items: [Item] = []

  public init() {}

  /// Adds an item; one of no bytes is left out.
  public mutating func add(_ name: String, bytes: Int, copies: Int = 1) {
    if bytes > 0 { items.append(Item(name: name, bytes: bytes, copies: copies)) }
  }

  /// Makes each item at least as large as that of the same name in `other`.
  public mutating func raise(to other: MemoryPlan) {
    for item in other.items {
      if let index = items.firstIndex(where: { $0.name == item.name }) {
        if items[index].bytes < item.bytes { items[index] = item }
      } else {
        items.append(item)
      }
    }
  }

  /// The sum, which is the predicted peak of resident memory; `Int.max` when it is larger.
  public var total: Int {
    items.reduce(0) {
      let (sum, overflows) = $0.addingReportingOverflow($1.bytes)
      return overflows ? .max : sum
    }
  }

  /// Adds what a ``Trainer`` reserves, its text included.
  ///
  /// - Precondition: The configuration is valid.
  public mutating func addTrainer(
    _ configuration: TrainingConfiguration, textBytes: Int, kernels: KernelSet, threads: Int
  ) throws {
    let parts = try ArenaTally.counting {
      let engine = try Trainer.engine(configuration, kernels: kernels, threads: threads)
      _ = try Optimizer(configuration, engine: engine)
      _ = try LatentSample(configuration)
    }
    let copies = [
      "activations": threads, "jepa_predictor": threads, "optimizer_scratch": threads,
      "gradients": configuration.shards,
    ]
    for part in parts {
      add(part.name, bytes: part.bytes, copies: copies[part.name] ?? 1)
    }
    add("batches", bytes: 2 * configuration.batch * configuration.model.context)
    add("batch_order", bytes: Batches.orderBytes(configuration, textBytes: textBytes))
    add("training_text", bytes: textBytes)
  }

  /// Adds what a run takes at the very least: what follows from a few products.
  ///
  /// A model of so many layers that even listing its tensors would not fit is refused by this.
  /// - Precondition: The configuration is valid.
  public mutating func addLeast(_ configuration: TrainingConfiguration) {
    let parameters =
      (configuration.model.denseElements ?? ModelConfiguration.maximumElements)
      * MemoryLayout<Float>.stride
    add("parameters", bytes: parameters)
    add("gradients", bytes: configuration.shards * parameters, copies: configuration.shards)
    add("optimizer_state", bytes: configuration.state.count * parameters)
    add("checkpoint_writer", bytes: Checkpoint.writerBytes(configuration))
  }

  /// Adds what an engine that only scores reserves.
  public mutating func addScorer(
    _ model: ModelConfiguration, kernels: KernelSet, threads: Int
  ) throws {
    let parts = try ArenaTally.counting {
      _ = try Transformer(configuration: model, kernels: kernels, threads: threads, batch: 0)
    }
    var scorer = MemoryPlan()
    for part in parts { scorer.add(part.name, bytes: part.bytes) }
    add("scoring_engine", bytes: scorer.total)
  }

  /// Adds what the mean of checkpoints takes, besides their files, whose pages the system may take back.
  ///
  /// - Precondition: The configuration is valid.
  public mutating func addMean(_ configuration: TrainingConfiguration, kernels: KernelSet) throws {
    let model = configuration.model
    try addScorer(model, kernels: kernels, threads: 1)
    let layout = ParameterLayout(model)
    add("sums", bytes: (layout.count + layout.tableCount) * MemoryLayout<Double>.stride)
    if configuration.average != .none && !model.ngramOrders.isEmpty {
      // One table's at a time, and a number a row.
      add(
        "table_average",
        bytes: model.ngramRows * (model.ngramWidth + 1) * MemoryLayout<Float>.stride)
    }
    add("checkpoint_writer", bytes: Checkpoint.writerBytes(configuration))
  }

  /// What helps where a run's plan is refused.
  public static let remedy =
    "use a smaller model, n-gram table, batch or fewer shards or threads; --print-plan shows the parts"

  /// Refuses a plan that the machine cannot hold.
  ///
  /// - Parameters:
  ///   - limit: Bytes that this process may have.
  ///   - source: Who sets the limit, for the message.
  ///   - what: Whose plan it is, for the message.
  ///   - hint: What helps.
  /// - Throws: ``TrainingError`` of code `unavailable`.
  public func check(
    limit: Int, of source: String, for what: String = "the run", hint: String = Self.remedy
  ) throws {
    if total <= limit { return }
    let largest = items.max { $0.bytes < $1.bytes }.map { ", most of it \($0.name)" } ?? ""
    throw TrainingError(
      .unavailable,
      "\(what) needs \(Self.mebibytes(total))\(largest), but \(source) has "
        + "\(Self.mebibytes(limit))",
      hint: hint)
  }

  /// `1234 MiB`, rounded up; what is beyond counting says so.
  public static func mebibytes(_ bytes: Int) -> String {
    if bytes == .max { return "more than 8 EiB" }
    return "\((bytes >> 20) + (bytes.isMultiple(of: 1 << 20) ? 0 : 1)) MiB"
  }
}
