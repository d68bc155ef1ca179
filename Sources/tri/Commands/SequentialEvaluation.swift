import Corpora
import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Scoring
import Training

/// The evaluation that goes a byte at a time: predict, code, learn.
struct SequentialEvaluation {
  /// What came of it.
  struct Result {
    let code: SequentialCode
    let certificate: Certificate
    /// The static score of all windows at once.
    let batched: BitsPerByte?
    let seconds: Double
    let steps: Int?
    let decoded: Bool

    /// nil where no certificate was asked for.
    func report(file: String?) -> CertificateReport? {
      guard let file else { return nil }
      return CertificateReport(
        file: file, certified_bpb: certificate.bitsPerByte, evaluated_bpb: code.evaluated,
        batched_bpb: batched?.value, payload_bytes: certificate.payload.count,
        header_bytes: certificate.overhead, split_bytes: code.bytes,
        track: certificate.header.track, kernels: certificate.header.kernels,
        model_sha256: certificate.header.modelSHA256, seconds: seconds,
        bytes_per_second: Double(code.bytes) / max(seconds, 1e-9), decoded: decoded)
    }

    /// Why the code's length is not that of the evaluated score; nil when it is.
    var disagreement: Failure? {
      let slack = SequentialCode.tolerance(bytes: code.bytes) / Double(code.bytes)
      let figures = [
        ("the sum of -log2 p", code.evaluated),
        ("the score of all windows at once", batched?.value),
      ]
      for case (let name, let figure?) in figures where !(abs(figure - code.certified) <= slack) {
        return Failure(
          65,
          "the code says \(code.certified) BPB, but \(name) \(figure): more than a coder loses",
          hint: "use neither score; please report this with the checkpoint")
      }
      return nil
    }
  }

  private let engine: Transformer?
  private let header: Certificate.Header
  private let claim: Certificate?
  private let training: ArraySlice<UInt8>

  /// The kernel variant that predicts.
  var kernels: String { header.kernels }

  /// Makes the engine, unless nothing goes a byte at a time, and compares it with the certificate.
  ///
  /// - Throws: `CertificateError` for one of another model, corpus or split.
  init(
    _ saved: Training.Checkpoint, corpus: Corpus, split: String, adaptation: DynamicEvaluation?,
    certifies: Bool, claim: Certificate?, threads: Int
  ) throws {
    let kernels =
      claim == nil && !certifies
      ? try Machine.kernels()
      : try Self.portableKernels(claim)
    let model = saved.configuration.model
    training = corpus.bytes(of: .train)
    self.claim = claim
    var digest = ""
    if claim == nil && !certifies && adaptation == nil {
      engine = nil
    } else {
      if adaptation != nil {
        guard training.count > model.context else {
          throw Failure(
            65, "the training text is shorter than a window of \(model.context) bytes",
            hint: "score it without --adaptive")
        }
        engine = try Self.learningEngine(model, kernels: kernels, threads: threads)
      } else {
        engine = try TrialRun.scoringEngine(model, kernels: kernels, threads: threads)
      }
      if let engine {
        try saved.writeScoredWeights(to: engine)
        digest = ModelDigest.sha256(of: engine)
      }
    }
    header = Certificate.Header(
      corpus: corpus.manifest.name, corpusSHA256: corpus.manifest.sha256, split: split,
      splitBytes: split == "test"
        ? corpus.manifest.ranges.test.count : corpus.range(of: .validation).count,
      track: "closed", modelSHA256: digest, kernels: kernels.name, adaptation: adaptation)
    if let claim { try Self.compare(claim.header, with: header) }
  }

  /// The variant that a certificate names; without one, what IGLA_CPU does, or that of every machine.
  private static func portableKernels(_ claim: Certificate?) throws -> KernelSet {
    guard let name = claim?.header.kernels else {
      return try KernelSet.select(Machine.wantedKernels ?? "portable")
    }
    do {
      return try KernelSet.select(name)
    } catch .unsupported {
      throw Failure(
        69,
        "the certificate was made with the kernel variant '\(name)', which this processor lacks",
        hint: "check it on a machine that has it: 'tri doctor' says")
    } catch .unknown {
      throw CertificateError(
        .foreign, "the certificate was made with a kernel variant '\(name)' that there is not",
        hint: "check it with the program that made it")
    }
  }

  private static func learningEngine(
    _ model: ModelConfiguration, kernels: KernelSet, threads: Int
  ) throws -> Transformer {
    do {
      return try Transformer(
        configuration: model, kernels: kernels, threads: threads, batch: 1, shards: 1)
    } catch {
      throw TrainingError(error)
    }
  }

  private static func compare(
    _ claimed: Certificate.Header, with own: Certificate.Header
  ) throws {
    func foreign(_ what: String, _ theirs: String, _ ours: String, hint: String) -> CertificateError
    {
      CertificateError(
        .foreign, "the certificate is of \(what) \(theirs), not of \(ours)", hint: hint)
    }
    if claimed.corpus != own.corpus || claimed.corpusSHA256 != own.corpusSHA256 {
      throw foreign(
        "the corpus", "\(claimed.corpus) \(claimed.corpusSHA256.prefix(16))",
        "\(own.corpus) \(own.corpusSHA256.prefix(16))", hint: "name the checkpoint that it is of")
    }
    if claimed.predictor != own.predictor {
      throw foreign(
        "the predictor", "'\(claimed.predictor)'", "'\(own.predictor)'",
        hint: "check it with the program that made it")
    }
    if claimed.modelSHA256 != own.modelSHA256 {
      throw foreign(
        "the model", "\(claimed.modelSHA256.prefix(16))", "\(own.modelSHA256.prefix(16))",
        hint: "name the checkpoint that it is of")
    }
    if claimed != own {
      throw foreign(
        "a split of", "\(claimed.splitBytes) bytes on the track \(claimed.track)",
        "\(own.splitBytes) bytes on the track \(own.track)",
        hint: "check it with the program that made it")
    }
  }

  /// Scores, certifies or checks the split; nil where nothing goes a byte at a time.
  func evaluate(
    _ text: [UInt8], range: Range<Int>, batched: BitsPerByte?
  ) throws -> Result? {
    guard let engine else { return nil }
    let start = ContinuousClock.now
    let (bits, steps) = try predictor(engine, before: text[..<range.lowerBound])
    let progress = { (done: Int) in
      let seconds = max((ContinuousClock.now - start).seconds, 1e-9)
      Console.progress("\(done) of \(range.count) bytes, \(Int(Double(done) / seconds)) bytes/s")
    }
    defer { Console.endProgress() }
    let code =
      if let claim {
        try SequentialCode.decode(claim.payload, to: text[range], with: bits, progress: progress)
      } else {
        SequentialCode.encode(text[range], with: bits, progress: progress)
      }
    return Result(
      code: code, certificate: try claim ?? Certificate(header: header, payload: code.payload),
      batched: batched, seconds: (ContinuousClock.now - start).seconds, steps: steps(),
      decoded: claim != nil)
  }

  private func predictor(
    _ engine: Transformer, before context: ArraySlice<UInt8>
  ) throws -> (bits: BitsOfBytes, steps: () -> Int?) {
    do {
      guard let adaptation = header.adaptation else {
        return (BitsOfBytes(try NetworkPredictor(engine: engine, context: context)), { nil })
      }
      let learner = try AdaptivePredictor(
        engine: engine, settings: adaptation, training: training, context: context)
      return (BitsOfBytes(learner), { learner.steps })
    } catch {
      throw TrainingError(error)
    }
  }

  /// What was learnt with; nil in the static column.
  func report(steps: Int?) -> AdaptationReport? {
    guard let settings = header.adaptation, let engine else { return nil }
    return AdaptationReport(
      rate: settings.rate, bytes_per_step: settings.bytesPerStep, momentum: settings.momentum,
      decay: settings.decay, layer_share: settings.layerShare, last_layers: settings.lastLayers,
      steps: steps,
      memory_bytes: AdaptivePredictor.bytes(settings, parameters: engine.layout.modelCount))
  }
}
