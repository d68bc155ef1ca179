internal import Foundation
internal import KernelInterface
internal import Kernels
public import LanguageModel

/// A saved run: weights, optimiser state, step, and where it came from.
///
/// Random state and data cursor are functions of seed and step, so those two numbers carry them. A
/// mean of several runs' scored weights is saved without state: it can be scored, not trained.
public struct Checkpoint {
  /// What a checkpoint says about itself.
  public struct Origin: Sendable, Hashable {
    /// Name of the corpus.
    public var corpus: String
    /// SHA-256 of the whole corpus, hexadecimal.
    public var corpusHash: String
    /// Which part it trained on: `train` or `train+validation`.
    public var trainedOn: String
    /// Kernel variant that trained it; the first one if there were several.
    public var kernels: String
    /// SHA-256 of the program that began it; empty when that is not known.
    public var program: String
    /// Whether it was resumed on another variant, which ends the claim of bit-identity.
    public var mixed: Bool

    public init(
      corpus: String, corpusHash: String, trainedOn: String, kernels: String, program: String = "",
      mixed: Bool = false
    ) {
      self.corpus = corpus
      self.corpusHash = corpusHash
      self.trainedOn = trainedOn
      self.kernels = kernels
      self.program = program
      self.mixed = mixed
    }
  }

  static let formatVersion = "1"

  public let configuration: TrainingConfiguration
  /// Steps done.
  public let step: Int
  public let origin: Origin
  /// How many checkpoints this is the mean of; 1 for a run's own.
  public let meanOf: Int
  private let content: TensorFile.Content

  /// Reads a checkpoint and verifies its checksum.
  ///
  /// - Throws: ``TrainingError`` of code `missing`, `corruptCheckpoint` or `foreignCheckpoint`.
  public init(path: String) throws {
    content = try TensorFile.read(path)
    let metadata = content.metadata
    guard metadata["igla.format"] == Self.formatVersion else {
      throw TrainingError(
        .foreignCheckpoint,
        "\(path) has checkpoint format \(metadata["igla.format"] ?? "none"), expected \(Self.formatVersion)",
        hint: "use the version of Igla that wrote it")
    }
    guard let step = metadata["igla.step"].flatMap({ Int($0) }), step >= 0,
      let text = metadata["igla.configuration"],
      let corpus = metadata["igla.corpus"], let hash = metadata["igla.corpus_sha256"],
      let trainedOn = metadata["igla.trained_on"], let kernels = metadata["igla.kernels"]
    else {
      throw TrainingError(
        .corruptCheckpoint, "\(path) lacks a metadata entry", hint: "use another checkpoint")
    }
    self.step = step
    meanOf = try Self.meanOf(metadata["igla.mean_of"], path: path)
    configuration = try TrainingConfiguration(json: Data(text.utf8))
    try configuration.validate()
    origin = Origin(
      corpus: corpus, corpusHash: hash, trainedOn: trainedOn, kernels: kernels,
      program: metadata["igla.program"] ?? "", mixed: metadata["igla.mixed"] == "true")
  }

  /// How many checkpoints a file is the mean of, by its metadata entry; 1 where there is none.
  ///
  /// - Throws: ``TrainingError`` of code `corruptCheckpoint` for an entry that no mean has.
  package static func meanOf(_ entry: String?, path: String) throws -> Int {
    guard let entry else { return 1 }
    guard let count = Int(entry), count >= 2 else {
      throw TrainingError(
        .corruptCheckpoint,
        "\(path) is a mean of '\(entry)' checkpoints, which is no number of them",
        hint: "use another checkpoint")
    }
    return count
  }

  /// Reads `path`, or, when that is damaged, the content before it.
  ///
  /// - Parameters:
  ///   - path: The newest checkpoint.
  ///   - report: Told, once, why the previous one is used.
  /// - Returns: The newest intact checkpoint.
  /// - Throws: The error of `path` itself when the previous one cannot serve either.
  public static func newest(at path: String, report: (String) -> Void) throws -> Checkpoint {
    do {
      return try Checkpoint(path: path)
    } catch let error as TrainingError
      where error.code == .corruptCheckpoint || error.code == .missing
    {
      guard let previous = try? Checkpoint(path: path + ".previous") else { throw error }
      report("\(error.message); using \(path).previous at step \(previous.step)")
      return previous
    }
  }

  /// Saves a run.
  ///
  /// - Throws: ``TrainingError`` of code `cannotWrite`; the file before is then untouched.
  public static func save(_ trainer: Trainer, origin: Origin, to path: String) throws {
    try TensorFile.write(
      tensors(of: trainer),
      metadata: try metadata(trainer.configuration, step: trainer.step, origin), to: path)
  }

  static func metadata(
    _ configuration: TrainingConfiguration, step: Int, _ origin: Origin
  ) throws -> [String: String] {
    [
      "igla.format": formatVersion, "igla.step": "\(step)",
      "igla.configuration": String(decoding: try configuration.json(), as: UTF8.self),
      "igla.corpus": origin.corpus, "igla.corpus_sha256": origin.corpusHash,
      "igla.trained_on": origin.trainedOn, "igla.kernels": origin.kernels,
      "igla.program": origin.program, "igla.mixed": origin.mixed ? "true" : "false",
    ]
  }

  /// Puts the saved state into a run of the same configuration.
  ///
  /// - Throws: ``TrainingError`` of code `foreignCheckpoint`; the run is then of no further use.
  public func restore(into trainer: Trainer) throws {
    guard meanOf == 1 else {
      throw TrainingError(
        .foreignCheckpoint,
        "the checkpoint is a mean of \(meanOf) and has no optimizer state to train on with",
        hint: "go on from one of those that it was made of")
    }
    guard trainer.configuration == configuration else {
      throw TrainingError(
        .foreignCheckpoint,
        "the checkpoint has another configuration"
          + (trainer.configuration.difference(from: configuration).map {
            ": \($0.name) is \($0.other.description) there and \($0.own.description) here"
          } ?? ""),
        hint: "resume with the checkpoint's own configuration, or start anew in another folder")
    }
    for tensor in Self.tensors(of: trainer) {
      let place = UnsafeMutableRawPointer(mutating: tensor.bytes.baseAddress.unsafelyUnwrapped)
      if tensor.type == "I32" {
        try content.copy(
          tensor.name, tensor.shape, to: place.assumingMemoryBound(to: Int32.self))
      } else {
        try content.copy(
          tensor.name, tensor.shape, to: place.assumingMemoryBound(to: Float.self))
      }
    }
    trainer.step = step
    trainer.engine.parametersChanged()
    trainer.engine.targetEncoder?.parametersChanged()
  }

  /// Copies the weights that a score is made with to `scorer`.
  ///
  /// - Throws: ``TrainingError`` of code `foreignCheckpoint` when `scorer` has another model.
  public func writeScoredWeights(to scorer: Transformer) throws {
    let trained = step > 0 && meanOf == 1
    let prefix = trained && configuration.scoresDenseAverage ? "average." : "model."
    for tensor in scorer.layout.tensors {
      try content.copy(
        prefix + tensor.name, tensor.shape, to: scorer.parameterBase + tensor.offset)
    }
    let model = configuration.model
    let (rows, W) = (model.ngramRows, model.ngramWidth)
    for (index, order) in model.ngramOrders.enumerated() {
      let table = scorer.tableBase + index * rows * W
      try content.copy("model.ngram.\(order).table", [rows, W], to: table)
      if trained && configuration.average != .none {
        let averages = UnsafeMutablePointer<Float>.allocate(capacity: rows * W)
        let steps = UnsafeMutablePointer<Int32>.allocate(capacity: rows)
        defer {
          averages.deallocate()
          steps.deallocate()
        }
        // What was averaged, for rows that no step touched since.
        if configuration.format.isOn && configuration.format.keepsMaster {
          try content.copy("master.ngram.\(order).table", [rows, W], to: table)
        }
        try content.copy("optimizer.ngram.\(order).average", [rows, W], to: averages)
        try content.copy("optimizer.ngram.\(order).last_step", [rows], to: steps)
        for row in 0..<rows {
          TableOptimizer.writeAverage(
            kernels: scorer.kernels, configuration.average, average: averages + row * W,
            last: Int(steps[row]), step: step, weights: table + row * W, W: W,
            into: table + row * W)
        }
      }
    }
    configuration.format.roundScored(scorer)
    scorer.parametersChanged()
  }

  /// Bytes that saving takes for a moment: the arrays are written from where they are, so it is the
  /// header and what its encoder makes of it, about a kilobyte an array.
  public static func writerBytes(_ configuration: TrainingConfiguration) -> Int {
    let model = configuration.model
    let own = model.tensorCount + model.ngramOrders.count
    // Weights, average and two moments; beside masters, what they are rounded to.
    let copies = configuration.format.isOn && configuration.format.keepsMaster ? 5 : 4
    let predictor = configuration.objective.hasJEPA ? ParameterLayout.Predictor.tensorCount : 0
    // The target encoder has no state.
    let target = configuration.objective.hasJEPA ? own : 0
    return (copies * (own + predictor + 2 * configuration.extraBytes) + target) * 1_024
  }

  /// Every array of a run, with the names under which they are saved.
  ///
  /// An average of a hash row is as old as the row's last step; `last_step` says how old.
  private static func tensors(of trainer: Trainer) -> [TensorFile.Tensor] {
    let (engine, optimizer) = (trainer.engine, trainer.optimizer)
    var all: [TensorFile.Tensor] = []
    for case (let prefix, let base?) in [
      ("model.", engine.parameterBase), ("master.", optimizer.weights.master?.base),
      ("average.", optimizer.average?.base),
      ("optimizer.first.", optimizer.first?.base), ("optimizer.second.", optimizer.second?.base),
    ] {
      all += dense(engine.layout, named: prefix, at: base)
    }
    let model = engine.configuration
    let (rows, W) = (model.ngramRows, model.ngramWidth)
    let tables = optimizer.tables
    for (index, order) in model.ngramOrders.enumerated() {
      let first = index * rows
      all.append(
        TensorFile.Tensor(
          "model.ngram.\(order).table", [rows, W], floats: engine.tableBase + first * W))
      if let master = optimizer.weights.tableMaster {
        all.append(
          TensorFile.Tensor(
            "master.ngram.\(order).table", [rows, W], floats: master.base + first * W))
      }
      if let average = tables.average {
        all.append(
          TensorFile.Tensor(
            "optimizer.ngram.\(order).average", [rows, W], floats: average.base + first * W))
      }
      all += [
        TensorFile.Tensor(
          "optimizer.ngram.\(order).second_moment", [rows],
          floats: tables.secondMoment.base + first),
        TensorFile.Tensor(
          "optimizer.ngram.\(order).last_step", [rows],
          integers: tables.lastStep.baseAddress.unsafelyUnwrapped + first),
      ]
    }
    if let target = engine.targetEncoder { all += weights(of: target, named: "jepa.target.") }
    return all
  }

  /// Dense tensors and hash tables of an engine.
  static func weights(of engine: Transformer, named prefix: String) -> [TensorFile.Tensor] {
    let model = engine.configuration
    let (rows, W) = (model.ngramRows, model.ngramWidth)
    return dense(engine.layout, named: prefix, at: engine.parameterBase)
      + model.ngramOrders.enumerated().map { index, order in
        TensorFile.Tensor(
          prefix + "ngram.\(order).table", [rows, W], floats: engine.tableBase + index * rows * W)
      }
  }

  private static func dense(
    _ layout: ParameterLayout, named prefix: String, at base: UnsafeMutablePointer<Float>
  ) -> [TensorFile.Tensor] {
    layout.tensors.map {
      TensorFile.Tensor(prefix + $0.name, $0.shape, floats: base + $0.offset)
    }
  }
}

extension ParameterLayout.Tensor {
  /// `(columns)` for a vector, `(rows, columns)` for a matrix.
  fileprivate var shape: [Int] { rows == 1 ? [columns] : [rows, columns] }
}
