import Determinism
import Kernels
import KernelInterface
import Scoring
import ArgumentParser
import Corpora
import Foundation
import LanguageModel
import Training

/// `tri train`.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train one model and print its validation score.",
    discussion: """
      stdout holds only lines BPB=X.XXXX, one an evaluation: bits per byte over the whole \
      validation range, with the averaged weights. The run saves itself every minute and at \
      Ctrl-C; the same command goes on where it stopped, bit for bit. Given again after its end, \
      it prints the last score once more.

      A value comes from its flag, else its TRIOS_ variable, else the file, else the default; \
      --print-config shows each with its source. What is set and has no effect beside the other values, \
      such as phi_tau without the phi schedule, is named in a warning.

      Before anything is reserved, the memory of the run is planned to within a few percent of its \
      peak. A run that this machine or its control group cannot hold is refused with exit code 69, \
      and the plan shows which part to make smaller.

      EXAMPLES:
        tri train --steps 300                          a minute on two cores
        tri train --config best.toml --seed 7          a configuration from a file
        tri train --steps 300 --threads 1 2>/dev/null  only the scores
        tri train --hidden 512 --print-plan            would it fit?
      """)

  @OptionGroup(title: "Configuration") var options: ConfigurationOptions

  @Option(help: "Corpus to train on; see tri data list.")
  var corpus = "tiny_shakespeare"

  @Flag(help: "Use no network; the corpus must be in the cache or the mirror.")
  var offline = false

  @Option(
    help: ArgumentHelp(
      "What to train on: train, or train+validation for a final run (then no BPB is printed: "
        + "validation is no longer unseen)."))
  var trainOn = "train"

  @Option(
    parsing: .unconditional,
    help: "Threads; they change the speed, not a bit of the result. Default: all cores.")
  var threads: Int?

  @Option(
    parsing: .unconditional, help: "Evaluate every so many steps. Default: a tenth of the run.")
  var evalEvery: Int?

  @Option(
    help: ArgumentHelp(
      "Folder of the checkpoint. Default: .trinity/train/ and a name made of configuration and seed.",
      valueName: "folder"))
  var checkpointDir: String?

  @Option(parsing: .unconditional, help: "Seconds between checkpoints.")
  var saveEvery = 60.0

  @Flag(help: "Start anew even if the folder has a checkpoint.")
  var fresh = false

  @Option(help: ArgumentHelp("Append structured events, a JSON object a line.", valueName: "file"))
  var events: String?

  @Flag(help: "Print the resolved configuration with the source of each value, and exit.")
  var printConfig = false

  @Flag(
    help: ArgumentHelp(
      "Print the memory that the run would take, part by part, with the predicted peak and what this "
        + "machine has, and exit without training. Weights cost one part, their gradients one a shard "
        + "(--shards), the optimizer and the average one to three, packed_weights two; activations "
        + "grow with context, hidden and attn-layers and come once a thread; hash tables count rows "
        + "times width times orders. The jepa objective adds jepa_target, an engine that scores with "
        + "weights and tables of its own; jepa_predictor, once a thread; jepa_spans; and "
        + "latent_statistics, for the figures of an evaluation. "
        + "A new run is planned; one that resumes also maps its checkpoint for a moment."))
  var printPlan = false

  @Flag(help: "With --print-plan: print JSON.")
  var json = false

  func run() throws {
    let resolved = try options.resolve()
    let configuration = resolved.configuration
    resolved.warnOfIneffectiveKeys()
    if printConfig {
      try Console.result(resolved.table)
      return
    }
    if json && !printPlan {
      throw Failure.usage(
        "--json goes with --print-plan", hint: "for a run use --events FILE: a JSON object a line")
    }
    let threads = try Self.threads(threads)
    let split = try Self.split(trainOn)
    let evalEvery = try positive(evalEvery, "--eval-every") ?? max(1, configuration.steps / 10)
    guard saveEvery > 0, saveEvery.isFinite else {
      throw Failure.usage("--save-every is \(saveEvery)", hint: "use a number above 0")
    }
    let kernels = try Machine.kernels()
    try PrecisionRule.check(
      configuration.precision, kernels: kernels, remedy: "--precision float32")
    guard let plan = try plan(configuration, split: split, kernels: kernels, threads: threads)
    else { return }
    let corpus = try CorpusLoading.load(self.corpus, offline: offline)
    if (43...45).contains(configuration.seed) {
      Console.note(
        "seed \(configuration.seed) is reserved for verification: this run counts as a reproduction"
      )
    }
    if configuration.format.format == .gf16,
      configuration.model.width < FormatConfiguration.leastGF16Width
    {
      Console.note("gf16 below L-R9's width: \(FormatConfiguration.narrowGF16Record)")
    }
    let folder = try checkpointDir ?? Self.defaultFolder(configuration, corpus, split)
    let log = try EventLog(path: events)
    Interruption.listen()
    let run = try TrialRun(plan, corpus: corpus)
    let path = folder + "/checkpoint.safetensors"
    try Self.makeFolder(folder)
    if !fresh { try resume(run, path) }
    try train(run, evalEvery: evalEvery, path: path, log: log, threads: threads)
  }

  /// Plans the run and its memory.
  ///
  /// - Throws: `TrainingError` when the machine has less; the plan is then on stderr.
  /// - Returns: nil when the plan was to be printed, and nothing more to be done.
  private func plan(
    _ configuration: TrainingConfiguration, split: Corpora.Split, kernels: KernelSet, threads: Int
  ) throws -> TrialPlan? {
    let setting = TrialSetting(
      try CorpusCatalog.manifest(named: corpus), split: split,
      scored: split == .train ? .validation : .nothing, kernels: kernels, threads: threads)
    let plan = try TrialPlan(configuration, setting)
    guard printPlan else {
      try plan.checkOrShow()
      return plan
    }
    if json { try Console.json(plan.output) } else { try Console.result(plan.table) }
    try plan.check()
    return nil
  }

  private func train(
    _ run: TrialRun, evalEvery: Int, path: String, log: EventLog, threads: Int
  ) throws {
    let configuration = run.trainer.configuration
    let layout = run.trainer.engine.layout
    Console.note(
      "training \(layout.count + layout.tableCount) parameters (\(layout.tableCount) in hash tables) "
        + "for \(configuration.steps) steps of \(run.trainer.bytesPerStep) bytes, "
        + "\(run.origin.kernels) kernels, "
        + (configuration.precision == .float32 ? "" : "\(configuration.precision.rawValue), ")
        + "\(threads) thread\(threads == 1 ? "" : "s")")
    if run.trainer.step > 0 { Console.note("resuming at step \(run.trainer.step)") }
    let clock = ContinuousClock()
    let start = clock.now
    let firstStep = run.trainer.step
    try log.write(TrainEvent(event: .start, step: firstStep))
    var meter = ProgressMeter(start: clock.now, firstStep: firstStep)
    while run.trainer.step < configuration.steps {
      let next = min(configuration.steps, (run.trainer.step / evalEvery + 1) * evalEvery)
      let outcome = try run.advance(to: next, savingTo: { _ in path }, every: saveEvery) { report in
        meter.show(report, of: configuration.steps, bytesPerStep: run.trainer.bytesPerStep)
        try log.write(
          TrainEvent(
            event: .step, step: report.step, loss_bpb: BitsPerByte(report.loss).value,
            gradient_norm: report.gradientNorm.isFinite ? report.gradientNorm : nil,
            jepa_loss: report.jepaLoss.flatMap { $0.isFinite ? $0 : nil },
            nca: report.nca.flatMap { $0.loss.isFinite ? $0 : nil }))
        return Interruption.received == nil
      } onSave: {
        try log.write(
          TrainEvent(event: .checkpoint, step: run.trainer.step, checkpoint: path))
      }
      switch outcome {
      case .stopped:
        try log.write(
          TrainEvent(event: .checkpoint, step: run.trainer.step, checkpoint: path))
        try log.write(
          TrainEvent(
            event: .end, step: run.trainer.step, outcome: "interrupted",
            peak_bytes: Machine.peakResidentBytes))
        Console.note(
          "interrupted at step \(run.trainer.step); saved to \(path). "
            + "The same command goes on from there")
        throw ExitCode(Interruption.exitCode)
      case .diverged:
        throw try diverged(run, log: log)
      case .reached:
        try evaluate(run, meter: &meter, log: log)
      }
    }
    if firstStep == configuration.steps { try evaluate(run, meter: &meter, log: log) }
    try run.save(to: path)
    Console.endProgress()
    let seconds = (clock.now - start).seconds
    try log.write(
      TrainEvent(
        event: .end, step: run.trainer.step, outcome: "completed", seconds: seconds,
        peak_bytes: Machine.peakResidentBytes))
    Console.note(
      "\(run.trainer.step - firstStep) steps in \(spoken(seconds: seconds)); "
        + "checkpoint: \(path)")
    // What is proved beside the rule of L-R9, which is not.
    if configuration.format.format == .gf16, let certificate = run.gf16Certificate() {
      Console.note(ProofsGF16Command.Report(certificate, nil).summary)
    }
  }

  private func evaluate(_ run: TrialRun, meter: inout ProgressMeter, log: EventLog) throws {
    let bpb = run.split == .train ? run.validationScore().bitsPerByte.value : nil
    Console.endProgress()
    if let bpb, !bpb.isFinite { throw try diverged(run, log: log) }
    let latents = run.trainer.latentStatistics
    let automata = meter.automata
    meter.summarise(step: run.trainer.step, validation: bpb, latents: latents)
    try log.write(
      TrainEvent(
        event: .evaluation, step: run.trainer.step, nca: automata, validation_bpb: bpb,
        latent_deviation: latents?.deviation, latent_rank: latents?.rank))
    if let bpb, let line = ScoreLine(bpb) { try Console.result(line.text) }
  }

  /// The failure of a run whose numbers are none any more.
  private func diverged(_ run: TrialRun, log: EventLog) throws -> Failure {
    try log.write(
      TrainEvent(
        event: .end, step: run.trainer.step, outcome: "diverged",
        peak_bytes: Machine.peakResidentBytes))
    return Failure(
      65, "the loss is not a finite number any more at step \(run.trainer.step)",
      hint: "use a lower lr or muon_lr")
  }

  /// A folder that takes no file is found out before the training, not after.
  private static func makeFolder(_ folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        73, "cannot make the folder \(folder)", hint: "choose a --checkpoint-dir that is writable")
    }
    guard access(folder, W_OK) == 0 else {
      throw Failure(
        73, "cannot write to the folder \(folder)",
        hint: "choose a --checkpoint-dir that is writable")
    }
  }

  private func resume(_ run: TrialRun, _ path: String) throws {
    do {
      try run.resumeIfSaved(at: path)
    } catch let error as TrainingError where error.code != .cannotWrite {
      throw TrainingError(
        error.code, error.message,
        hint: "start anew with --fresh, or choose another --checkpoint-dir", cause: error)
    }
  }

  /// The number of threads asked for, or all cores.
  static func threads(_ wanted: Int?) throws -> Int {
    guard let wanted else { return Machine.cores.count }
    guard (1...1_024).contains(wanted) else {
      throw Failure.usage("--threads is \(wanted)", hint: "use 1 to 1024")
    }
    return wanted
  }

  private static func split(_ name: String) throws -> Corpora.Split {
    switch name {
    case "train": return .train
    case "train+validation": return .trainAndValidation
    default:
      throw Failure.usage(
        "--train-on is '\(name)'", hint: "use train or train+validation; nothing trains on test")
    }
  }

  private func positive(_ value: Int?, _ flag: String) throws -> Int? {
    guard let value else { return nil }
    guard value > 0 else { throw Failure.usage("\(flag) is \(value)", hint: "use 1 or more") }
    return value
  }

  private static func defaultFolder(
    _ configuration: TrainingConfiguration, _ corpus: Corpus, _ split: Corpora.Split
  ) throws -> String {
    let identity = try configuration.json() + Data((corpus.manifest.sha256 + split.label).utf8)
    let name = Digest.sha256(identity).prefix(12)
    return ".trinity/train/seed\(configuration.seed)-\(name)"
  }
}

/// Speed, loss and time left of a run, for stderr.
struct ProgressMeter {
  private let start: ContinuousClock.Instant
  private let firstStep: Int
  private var lossSum = 0.0
  private var lossCount = 0
  private var jepaSum = 0.0
  private var jepaCount = 0
  private var ncaSum = (entropy: 0.0, violations: 0.0, loss: 0.0)
  private var ncaCount = 0
  private var lastShown: ContinuousClock.Instant
  private var speed = 0.0

  init(start: ContinuousClock.Instant, firstStep: Int) {
    self.start = start
    self.firstStep = firstStep
    lastShown = start
  }

  /// Counts a step and, a few times a second, redraws the line.
  mutating func show(_ report: Trainer.StepReport, of steps: Int, bytesPerStep: Int) {
    lossSum += BitsPerByte(report.loss).value
    lossCount += 1
    if let loss = report.jepaLoss {
      jepaSum += loss
      jepaCount += 1
    }
    if let nca = report.nca {
      ncaSum.entropy += nca.entropy
      ncaSum.violations += nca.violations
      ncaSum.loss += nca.loss
      ncaCount += 1
    }
    let now = ContinuousClock.now
    let elapsed = (now - start).seconds
    speed = Double((report.step - firstStep) * bytesPerStep) / max(elapsed, 1e-9)
    guard (now - lastShown).seconds > 0.2 else { return }
    lastShown = now
    let left = Double((steps - report.step) * bytesPerStep) / max(speed, 1e-9)
    Console.progress(
      "step \(report.step)/\(steps)  training \(decimal(lossSum / Double(lossCount), 3)) BPB  "
        + "\(Int(speed)) bytes/s  \(spoken(seconds: left)) left")
  }

  /// Means of the automata's figures since the last evaluation; nil without automata, or steps.
  var automata: NCAStatistics? {
    if ncaCount == 0 || !ncaSum.loss.isFinite { return nil }
    let count = Double(ncaCount)
    return NCAStatistics(
      entropy: ncaSum.entropy / count, violations: ncaSum.violations / count,
      loss: ncaSum.loss / count)
  }

  /// Prints a line for an evaluation and starts the mean anew.
  mutating func summarise(step: Int, validation: Double?, latents: LatentStatistics? = nil) {
    Console.note(
      "step \(step): training \(decimal(lossSum / Double(max(lossCount, 1)), 4)) BPB"
        + (validation.map { ", validation \(decimal($0, 4)) BPB" } ?? "")
        + ", \(Int(speed)) bytes/s")
    if let latents, jepaCount > 0 {
      Console.note(
        "  hidden spans: loss \(decimal(jepaSum / Double(jepaCount), 4)); target latents vary by "
          + "\(decimal(latents.deviation, 3)) in \(decimal(latents.rank, 1)) directions")
    }
    if let automata {
      Console.note(
        "  cellular automaton: entropy \(decimal(automata.entropy, 3)) bits, "
          + "\(decimal(100 * automata.violations, 1)) % of positions outside the band, penalty "
          + decimal(automata.loss, 4))
    }
    (lossSum, lossCount, jepaSum, jepaCount) = (0, 0, 0, 0)
    (ncaSum, ncaCount) = ((0, 0, 0), 0)
  }
}
