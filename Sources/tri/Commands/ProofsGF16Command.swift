import ArgumentParser
import Corpora
import Foundation
import Invariants
import LanguageModel
import Scoring
import Training

/// `tri proofs gf16`.
struct ProofsGF16Command: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gf16",
    abstract: "Print what rounding to GF16 can do to a model: the certificate of INV-3.",
    discussion: """
      For each matrix product of the model, computed from its weights alone and so for every text: \
      the largest weight and input, whether anything can overflow, and how far off a result can be \
      whose operands were both rounded to GF16. The last product's error is that of the logits; a \
      score moves by at most 2/ln 2 times as much. The bounds are proved in Proofs/Igla/SafeDomain.v; \
      errors of one product are not carried on to the next, so that only --measure speaks of the \
      whole model.

      The bounds hold for every width. That GF16 trains from width 256 on (law L-R9) is a rule of \
      the configuration; no theorem supports it.

      Exit codes: 0 nothing overflows, 65 something can, or a weight is not a number.

      EXAMPLES:
        tri proofs gf16 --checkpoint run/checkpoint.safetensors
        tri proofs gf16 --checkpoint run/checkpoint.safetensors --measure
      """)

  @Option(help: ArgumentHelp("Checkpoint of the model.", valueName: "file"))
  var checkpoint: String

  @Flag(help: "Also score validation with all weights rounded, and without.")
  var measure = false

  @Flag(help: "Use no network.")
  var offline = false

  @Option(parsing: .unconditional, help: "Threads. Default: all cores.")
  var threads: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let threads = try TrainCommand.threads(threads)
    let saved = try Training.Checkpoint.newest(at: checkpoint) { Console.warn($0) }
    let engine = try TrialRun.scoringEngine(
      saved.configuration.model, kernels: try Machine.kernels(), threads: threads)
    try saved.writeScoredWeights(to: engine)
    guard let certificate = engine.gf16Certificate else {
      throw Failure(
        65, "\(checkpoint) has weights that are no finite numbers",
        hint: "the run diverged; train again")
    }
    let measured = try measure ? measured(engine, saved) : nil
    let report = Report(certificate, measured)
    try json ? Console.json(report) : Console.result(report.text)
    if !certificate.fits {
      throw Failure(
        65, "in GF16 this model can overflow",
        hint: "the products marked 'overflows' say where; keep it in float32 or bf16")
    }
  }

  /// The scores on validation before and after the weights are rounded.
  private func measured(
    _ engine: Transformer, _ saved: Training.Checkpoint
  ) throws -> Measured {
    if saved.origin.trainedOn != "train" {
      throw Failure(
        65, "\(checkpoint) was trained on \(saved.origin.trainedOn): validation is not unseen text",
        hint: "leave --measure away")
    }
    let corpus = try CorpusLoading.load(saved.origin.corpus, offline: offline)
    let text = Array(corpus.bytes(of: .trainAndValidation))
    let scorer = StaticScorer(engine: engine)
    func score() -> Double {
      scorer.score(text, range: corpus.range(of: .validation)).bitsPerByte.value
    }
    let before = score()
    engine.roundWeights(to: .gf16)
    return Measured(validation_bpb: before, validation_bpb_gf16: score())
  }

  struct Measured: Encodable {
    var validation_bpb: Double
    var validation_bpb_gf16: Double
  }

  /// What is printed.
  struct Report: Encodable {
    struct Row: Encodable {
      var product: String
      var terms: Int
      var outputs: Int
      var largest_weight: Double
      var largest_input: Double
      var error: Double
      var fits: Bool
    }

    var products: [Row]
    var fits: Bool
    var logit_error: Double
    var bpb_bound: Double
    var measured: Measured?

    init(_ certificate: GF16Certificate, _ measured: Measured?) {
      products = certificate.products.map {
        Row(
          product: $0.name, terms: $0.bound.terms, outputs: $0.outputs,
          largest_weight: $0.bound.largestWeight, largest_input: $0.bound.largestInput,
          error: $0.bound.error, fits: $0.bound.fits)
      }
      fits = certificate.fits
      logit_error = certificate.logitError
      bpb_bound = certificate.scoreError
      self.measured = measured
    }

    var text: String {
      let table = TextTable(
        header: ["product", "terms", "largest weight", "largest input", "error at most", ""],
        right: [1, 2, 3, 4],
        rows: products.map {
          [
            $0.product, "\($0.terms)", figure($0.largest_weight), figure($0.largest_input),
            figure($0.error), $0.fits ? "" : "overflows",
          ]
        })
      var lines = [table.text, summary]
      if let measured {
        lines.append(
          "measured on validation, all weights rounded: \(decimal(measured.validation_bpb, 4)) -> "
            + "\(decimal(measured.validation_bpb_gf16, 4)) BPB")
      }
      return lines.joined(separator: "\n")
    }

    /// The certificate in a line.
    var summary: String {
      "GF16 certificate, for every text: "
        + (fits ? "nothing overflows" : "SOMETHING CAN OVERFLOW")
        + "; logits off by at most \(figure(logit_error)) by their own product, "
        + "the score by \(figure(bpb_bound)) BPB"
    }

    /// Four significant digits.
    private func figure(_ value: Double) -> String { String(format: "%.4g", value) }
  }
}
