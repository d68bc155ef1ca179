import KernelInterface
import ArgumentParser
import Corpora
import Foundation
import LanguageModel
import Race
import Scoring
import Training

/// `tri eval`.
struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Score a checkpoint on held-out text.",
    discussion: """
      Every byte of the split is scored once, each from at most the model's context of earlier \
      bytes. The test range is sealed: scoring it is written to the store's ledger first, for \
      ever, so that everyone can see how often it was looked at.

      EXAMPLES:
        tri eval --checkpoint run/checkpoint.safetensors
        tri eval --checkpoint run/checkpoint.safetensors --audit
        tri eval --checkpoint run/checkpoint.safetensors --split test --json
      """)

  @Option(help: ArgumentHelp("Checkpoint to score.", valueName: "file"))
  var checkpoint: String

  @Option(help: "validation or test.")
  var split = "validation"

  @Flag(help: "Also check the score: coverage, denominator, causality, probabilities, entropy.")
  var audit = false

  @Option(help: ArgumentHelp("Store whose ledger records an opening of test.", valueName: "store"))
  var store: String?

  @Flag(help: "Use no network.")
  var offline = false

  @Option(parsing: .unconditional, help: "Threads. Default: all cores.")
  var threads: Int?

  @Flag(help: "Print JSON.")
  var json = false

  /// What is printed as JSON.
  struct Output: Encodable {
    let checkpoint: String
    let corpus: String
    let split: String
    let column = "static"
    let bpb: Double
    let bytes: Int
    let context: Int
    let stride: Int
    let step: Int
    let seed: Int
    let trained_on: String
    let kernels: String
    let seconds: Double
    let audit: [ScoreAudit.Finding]?
  }

  func run() throws {
    guard ["validation", "test"].contains(split) else {
      throw Failure.usage("--split is '\(split)'", hint: "use validation or test")
    }
    let threads = try TrainCommand.threads(threads)
    let kernels = try Machine.kernels()
    let saved = try Training.Checkpoint.newest(at: checkpoint) { Console.warn($0) }
    if split == "validation" && saved.origin.trainedOn != "train" {
      throw Failure(
        65, "\(checkpoint) was trained on \(saved.origin.trainedOn): validation is not unseen text",
        hint: "score it with --split test")
    }
    let corpus = try CorpusLoading.load(saved.origin.corpus, offline: offline)
    guard corpus.manifest.sha256 == saved.origin.corpusHash else {
      throw Failure(
        65, "\(checkpoint) was trained on another version of \(saved.origin.corpus)",
        hint: "train again on the corpus of this version")
    }
    let engine = try TrialRun.scoringEngine(
      saved.configuration.model, kernels: kernels, threads: threads)
    try saved.writeScoredWeights(to: engine)
    let (text, range) = try text(of: corpus)
    let start = ContinuousClock.now
    let scorer = StaticScorer(engine: engine)
    let score = scorer.score(text, range: range)
    let seconds = (ContinuousClock.now - start).seconds
    guard score.bitsPerByte.isFinite else {
      throw Failure(65, "the score is not a finite number", hint: "the run diverged; train again")
    }
    let findings =
      audit
      ? ScoreAudit(scorer: scorer, text: text, range: range).run(
        score: score, floor: Self.floor(of: corpus, text[range])) : nil
    try show(
      Output(
        checkpoint: checkpoint, corpus: corpus.manifest.name, split: split,
        bpb: score.bitsPerByte.value, bytes: score.bytes,
        context: saved.configuration.model.context,
        stride: scorer.stride, step: saved.step, seed: saved.configuration.seed,
        trained_on: saved.origin.trainedOn, kernels: kernels.name, seconds: seconds,
        audit: findings))
    if let findings, findings.contains(where: { !$0.passed }) {
      throw Failure(65, "the audit failed", hint: "do not use this score; see the failed check")
    }
  }

  /// The text up to the end of the split, and the split in it.
  private func text(of corpus: Corpus) throws -> (text: [UInt8], range: Range<Int>) {
    if split == "validation" {
      return (
        Array(corpus.bytes(of: .trainAndValidation)), corpus.range(of: .validation)
      )
    }
    var place = ""
    let test = try corpus.openTest(
      TestPermit(purpose: "tri eval --split test") { opening in
        place = try TestLedger.record(
          purpose: opening.purpose,
          detail: [
            "corpus": .string(opening.corpus), "sha256": .string(opening.sha256),
            "checkpoint": .string(checkpoint), "agent_id": .string(Machine.agent),
          ], store: store)
      })
    Console.note("this opening of test is recorded in \(place)")
    return (Array(test.before) + Array(test.bytes), test.bytes.indices)
  }

  /// The least honest score, known only where the text was generated.
  private static func floor(of corpus: Corpus, _ scored: ArraySlice<UInt8>) -> BitsPerByte? {
    guard corpus.manifest.name == CorpusCatalog.markov.name else { return nil }
    return CorpusCatalog.markovSource.credibleFloor(for: scored).map { BitsPerByte($0) }
  }

  private func show(_ output: Output) throws {
    if json {
      try Console.json(output)
      return
    }
    try Console.result(
      "\(output.split) of \(output.corpus): \(decimal(output.bpb, 4)) BPB (static, closed), "
        + "\(output.bytes) bytes, context \(output.context), step \(output.step), seed \(output.seed)"
    )
    for finding in output.audit ?? [] {
      try Console.result(
        (finding.passed ? "  ok      " : "  FAILED  ") + finding.check + ": " + finding.detail)
    }
  }
}
