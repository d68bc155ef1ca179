import ArgumentParser
import Corpora
import Foundation
import KernelInterface
import LanguageModel
import Race
import Scoring
import Training

/// `tri eval`.
struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Score a checkpoint on held-out text, and certify or check a score.",
    discussion: """
      Every byte of the split is scored once, each from at most the model's context of earlier \
      bytes. The test range is sealed: scoring it is written to the store's ledger first, for \
      ever, so that everyone can see how often it was looked at.

      With --adaptive the weights learn from the bytes already scored (dynamic evaluation): after \
      each --adaptive-bytes bytes they take a step against the gradient of the last window, divided by \
      its usual size on training text. The checkpoint stays as it is. Static and adaptive scores are \
      two columns and are never compared as one.

      --certify codes the whole split with the model's predictions, a byte at a time, into a file; \
      --check decodes such a file with the same checkpoint, compares it with the corpus, and prints \
      8 · code bytes / split bytes. Both use the kernel variant 'portable', which computes the same on \
      every processor, unless IGLA_CPU names another when certifying; that one is then needed to check.

      Exit codes: 65 a certificate that is damaged, of another model, text or split, or that does not \
      decode; a certified score that is not the evaluated one. 69 a certificate of a kernel variant \
      that this processor lacks.

      EXAMPLES:
        tri eval --checkpoint run/checkpoint.safetensors
        tri eval --checkpoint run/checkpoint.safetensors --audit
        tri eval --checkpoint run/checkpoint.safetensors --adaptive
        tri eval --checkpoint run/checkpoint.safetensors --certify score.certificate
        tri eval --checkpoint run/checkpoint.safetensors --check score.certificate
        tri eval --checkpoint run/checkpoint.safetensors --split test --json
      """)

  @Option(help: ArgumentHelp("Checkpoint to score.", valueName: "file"))
  var checkpoint: String

  @Option(help: "validation or test. Default: validation, or that of the certificate to check.")
  var split: String?

  @Flag(help: "Also check the score: coverage, denominator, causality, probabilities, entropy.")
  var audit = false

  @OptionGroup var adaptation: AdaptationOptions

  @Option(
    help: ArgumentHelp("Write the split, coded with the model, to a file.", valueName: "file"))
  var certify: String?

  @Option(
    help: ArgumentHelp("Decode a certificate and compare it with the corpus.", valueName: "file"))
  var check: String?

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
    let column: String
    let bpb: Double
    let bytes: Int
    let context: Int
    let stride: Int
    let step: Int
    let seed: Int
    let trained_on: String
    let kernels: String
    let seconds: Double
    let adaptation: AdaptationReport?
    let certificate: CertificateReport?
    let audit: [ScoreAudit.Finding]?
  }

  func run() throws {
    try refuseContradictions()
    let threads = try TrainCommand.threads(threads)
    let kernels = try Machine.kernels()
    let claim = try check.map { try CertificateFile.read($0) }
    let split = try chosenSplit(claim)
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
    let settings = try claim.map(\.header.adaptation) ?? adaptation.settings()
    // Whatever goes a byte at a time; made, and found to be the certificate's, before test is opened.
    let run = try SequentialEvaluation(
      saved, corpus: corpus, split: split, adaptation: settings, certifies: certify != nil,
      claim: claim, threads: threads)
    let engine =
      settings == nil
      ? try TrialRun.scoringEngine(saved.configuration.model, kernels: kernels, threads: threads)
      : nil
    if let engine { try saved.writeScoredWeights(to: engine) }
    let (text, range) = try text(of: corpus, split)
    let start = ContinuousClock.now
    let scorer = engine.map { StaticScorer(engine: $0) }
    let score = scorer?.score(text, range: range)
    let staticSeconds = (ContinuousClock.now - start).seconds
    try refuseDivergence(score?.bitsPerByte.value)
    let found = try run.evaluate(text, range: range, batched: score?.bitsPerByte)
    try refuseDivergence(found?.code.evaluated)
    if let certify, let found, found.disagreement == nil {
      try CertificateFile.write(found.certificate, to: certify)
    }
    let findings = audit ? self.audit(scorer, score, corpus, text, range) : nil
    let model = saved.configuration.model
    try show(
      Output(
        checkpoint: checkpoint, corpus: corpus.manifest.name, split: split,
        column: settings == nil ? "static" : "adaptive",
        bpb: score?.bitsPerByte.value ?? found?.code.evaluated ?? .nan, bytes: range.count,
        context: model.context, stride: StaticScorer.defaultStride(context: model.context),
        step: saved.step, seed: saved.configuration.seed, trained_on: saved.origin.trainedOn,
        kernels: settings == nil ? kernels.name : run.kernels,
        seconds: settings == nil ? staticSeconds : found?.seconds ?? 0,
        adaptation: run.report(steps: found?.steps),
        certificate: found.flatMap { $0.report(file: certify ?? check) }, audit: findings))
    if let findings, findings.contains(where: { !$0.passed }) {
      throw Failure(65, "the audit failed", hint: "do not use this score; see the failed check")
    }
    if let disagreement = found?.disagreement { throw disagreement }
  }

  private func refuseContradictions() throws {
    if certify != nil && check != nil {
      throw Failure.usage(
        "--certify and --check are both given", hint: "make the certificate first, then check it")
    }
    if audit && (adaptation.adaptive || check != nil) {
      throw Failure.usage(
        "--audit looks at the static score alone", hint: "leave --adaptive and --check out")
    }
    if check != nil && adaptation.isGiven {
      throw Failure.usage(
        "the certificate says itself how the weights learn",
        hint: "leave --adaptive and its settings out with --check")
    }
  }

  /// The split that is asked for.
  private func chosenSplit(_ claim: Certificate?) throws -> String {
    let split = split ?? claim?.header.split ?? "validation"
    guard ["validation", "test"].contains(split) else {
      throw self.split == nil
        ? CertificateError(
          .damaged, "the certificate is of a split '\(split)'", hint: "fetch or make it again")
        : Failure.usage("--split is '\(split)'", hint: "use validation or test")
    }
    if let claim, claim.header.split != split {
      throw CertificateError(
        .foreign, "the certificate is of \(claim.header.split), not of \(split)",
        hint: "leave --split out")
    }
    return split
  }

  private func refuseDivergence(_ bpb: Double?) throws {
    guard let bpb, !bpb.isFinite else { return }
    throw Failure(
      65, "the score is not a finite number",
      hint: adaptation.adaptive
        ? "lower --adaptive-rate, or train again if the static score is none either"
        : "the run diverged; train again")
  }

  private func audit(
    _ scorer: StaticScorer?, _ score: StaticScore?, _ corpus: Corpus, _ text: [UInt8],
    _ range: Range<Int>
  ) -> [ScoreAudit.Finding]? {
    guard let scorer, let score else { return nil }
    return ScoreAudit(scorer: scorer, text: text, range: range).run(
      score: score, floor: Self.floor(of: corpus, text[range]))
  }

  /// The text up to the end of the split, and the split in it.
  private func text(
    of corpus: Corpus, _ split: String
  ) throws -> (text: [UInt8], range: Range<Int>) {
    if split == "validation" {
      return (
        Array(corpus.bytes(of: .trainAndValidation)), corpus.range(of: .validation)
      )
    }
    var place = ""
    let test = try corpus.openTest(
      TestPermit(purpose: purpose) { opening in
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

  /// What the ledger says test was opened for.
  private var purpose: String {
    check != nil
      ? "tri eval --check of test"
      : "tri eval --split test" + (adaptation.adaptive ? " --adaptive" : "")
        + (certify == nil ? "" : " --certify")
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
      "\(output.split) of \(output.corpus): \(decimal(output.bpb, 4)) BPB (\(output.column), closed), "
        + "\(output.bytes) bytes, context \(output.context), step \(output.step), seed \(output.seed)"
    )
    if let adaptation = output.adaptation { try Console.result(adaptation.text) }
    if let certificate = output.certificate { try Console.result(certificate.text) }
    for finding in output.audit ?? [] {
      try Console.result(
        (finding.passed ? "  ok      " : "  FAILED  ") + finding.check + ": " + finding.detail)
    }
  }
}
