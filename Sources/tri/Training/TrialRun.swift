import Corpora
import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Scoring
import Training

/// One training run with its files: resumes from its checkpoint, trains, saves, scores.
///
/// `tri train`, the race's workers and `tri race verify` all run trials through this.
final class TrialRun {
  /// Why ``advance(to:)`` came back.
  enum Outcome: Equatable {
    case reached
    /// The caller's hook asked for a stop; the state is saved.
    case stopped
    /// The loss is not a finite number any more.
    case diverged
  }

  let trainer: Trainer
  let corpus: Corpus
  /// Part of the corpus that it trains on.
  let split: Corpora.Split
  private(set) var origin: Training.Checkpoint.Origin
  /// Scores; nil where nothing is to be scored.
  private let scorer: Transformer?

  /// When the state was last saved, or the run began.
  private var lastSave = ContinuousClock.now
  /// Processor time of this process, of all its threads, in the steps so far.
  private(set) var trainingProcessorSeconds = 0.0
  /// Step of the newest saved state; nil before the first.
  private(set) var savedStep: Int?

  /// Makes a run at its first step, and reserves the memory of both engines, which train and score.
  ///
  /// - Parameters:
  ///   - plan: What was found to fit.
  ///   - corpus: The one that it was made for.
  /// - Throws: `TrainingError` when memory is refused all the same.
  init(_ plan: TrialPlan, corpus: Corpus) throws {
    let setting = plan.setting
    precondition(
      corpus.manifest == setting.manifest,
      "[TrialRun] planned on \(setting.manifest.name), got \(corpus.manifest.name)")
    self.corpus = corpus
    split = setting.split
    trainer = try Trainer(
      configuration: plan.configuration, text: Array(corpus.bytes(of: split)),
      kernels: setting.kernels, threads: setting.threads, cores: setting.cores)
    Self.warnOfRefusedThreads(trainer.engine)
    // Now rather than at the first score, hours later.
    scorer =
      setting.scored == .nothing
      ? nil
      : try Self.scoringEngine(
        plan.configuration.model, kernels: setting.kernels, threads: setting.threads,
        cores: setting.cores)
    origin = Training.Checkpoint.Origin(
      corpus: corpus.manifest.name, corpusHash: corpus.manifest.sha256,
      trainedOn: split.label, kernels: setting.kernels.name,
      program: try Machine.executableHash())
  }

  /// Goes on from the newest intact checkpoint at `path`, if there is one.
  ///
  /// - Returns: Whether there was one.
  @discardableResult
  func resumeIfSaved(at path: String) throws -> Bool {
    let exists = [path, path + ".previous"].contains {
      FileManager.default.fileExists(atPath: $0)
    }
    if exists { try resume(from: path) }
    return exists
  }

  /// Whether there is a checkpoint at `path` that this very program began; another one's is
  /// passed over with a warning.
  func isSaved(at path: String, byThisProgram: Bool) throws -> Bool {
    guard FileManager.default.fileExists(atPath: path) else { return false }
    let found = try Training.Checkpoint.newest(at: path) { Console.warn($0) }
    if found.origin.program == origin.program { return true }
    Console.warn("\(path) was begun by another build of tri; this one trains anew")
    return false
  }

  /// Goes on from the newest intact checkpoint at `path`.
  ///
  /// - Throws: `TrainingError`, among others when it belongs to another run.
  func resume(from path: String) throws {
    var isDamaged = false
    let checkpoint = try Training.Checkpoint.newest(at: path) {
      Console.warn($0)
      isDamaged = true
    }
    guard checkpoint.origin.corpusHash == origin.corpusHash,
      checkpoint.origin.trainedOn == origin.trainedOn
    else {
      throw TrainingError(
        .foreignCheckpoint,
        "\(path) was trained on \(checkpoint.origin.trainedOn) of \(checkpoint.origin.corpus)",
        hint: "choose another folder, or the same corpus")
    }
    try checkpoint.restore(into: trainer)
    // Out of the way, lest the next save makes it the previous content in place of the intact one.
    if isDamaged { rename(path, path + ".damaged") }
    origin = checkpoint.origin
    let kernels = trainer.engine.kernels.name
    if origin.kernels != kernels && !origin.mixed {
      Console.warn(
        "resumed with \(kernels) kernels what \(origin.kernels) ones began; marked as mixed")
      origin.mixed = true
    }
    // A damaged file is to be replaced, even if nothing is left to train.
    savedStep = isDamaged ? nil : checkpoint.step
  }

  /// Trains until `step` steps are done, with a checkpoint every so many seconds.
  ///
  /// `path` names the file of a checkpoint at a step. `onStep` sees each step and answers whether
  /// to go on; `onSave` is called after each checkpoint on the way, not after that of a stop.
  /// - Throws: `TrainingError` when a checkpoint cannot be written; what the closures throw.
  /// - Returns: Why it came back.
  func advance(
    to step: Int, savingTo path: (_ step: Int) -> String, every seconds: Double,
    onStep: (Trainer.StepReport) throws -> Bool,
    onSave: () throws -> Void = {}
  ) throws -> Outcome {
    while trainer.step < step {
      let before = ProcessorClock.seconds
      let report = trainer.takeStep()
      trainingProcessorSeconds += ProcessorClock.seconds - before
      guard report.loss.value.isFinite else { return .diverged }
      if try !onStep(report) {
        try save(to: path(trainer.step))
        return .stopped
      }
      if trainer.step < step && (ContinuousClock.now - lastSave).seconds >= seconds {
        try save(to: path(trainer.step))
        try onSave()
      }
    }
    return .reached
  }

  /// Saves the state, unless it is saved already.
  func save(to path: String) throws {
    if savedStep == trainer.step && FileManager.default.fileExists(atPath: path) { return }
    try Training.Checkpoint.save(trainer, origin: origin, to: path)
    savedStep = trainer.step
    lastSave = .now
  }

  /// The static score of the validation range with the weights as they are.
  ///
  /// - Precondition: The run does not train on validation.
  func validationScore() -> StaticScore {
    precondition(split == .train, "[validationScore] the run trains on validation")
    let range = corpus.range(of: .validation)
    let text = Array(corpus.bytes(of: .trainAndValidation))
    return score(text, range: range)
  }

  /// The static score of the opened test range with the weights as they are.
  func testScore(_ test: OpenedTest) -> StaticScore {
    score(Array(test.before) + Array(test.bytes), range: test.bytes.indices)
  }

  private func score(_ text: [UInt8], range: Range<Int>) -> StaticScore {
    guard let scorer else {
      preconditionFailure("[score] the run was planned without an engine that scores")
    }
    trainer.writeScoredWeights(to: scorer)
    return StaticScorer(engine: scorer).score(text, range: range)
  }

  /// INV-3's certificate of the weights that are scored; nil where one is not a finite number, or the
  /// run was planned without an engine that scores.
  func gf16Certificate() -> GF16Certificate? {
    guard let scorer else { return nil }
    trainer.writeScoredWeights(to: scorer)
    return scorer.gf16Certificate
  }

  /// An engine that only scores.
  ///
  /// - Throws: `TrainingError` when memory is refused.
  static func scoringEngine(
    _ model: ModelConfiguration, kernels: KernelSet, threads: Int, cores: Int? = nil
  ) throws -> Transformer {
    do {
      let engine = try Transformer(
        configuration: model, kernels: kernels, threads: threads, cores: cores, batch: 0)
      warnOfRefusedThreads(engine)
      return engine
    } catch {
      throw TrainingError(error)
    }
  }

  /// Says so when the system gave fewer threads than were asked for; the others do their work.
  private static func warnOfRefusedThreads(_ engine: Transformer) {
    let missing = engine.crew.missing
    if missing > 0 {
      Console.warn(
        "the system refused \(missing) of \(engine.crew.threads) threads: the work is slower")
    }
  }
}

extension Corpora.Split {
  /// As checkpoints and flags spell it.
  var label: String {
    switch self {
    case .train: "train"
    case .validation: "validation"
    case .trainAndValidation: "train+validation"
    }
  }
}
