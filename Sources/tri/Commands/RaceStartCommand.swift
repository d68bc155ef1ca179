import Invariants
import KernelInterface
import Kernels
import ProofManifest
import Training
import ArgumentParser
import Corpora
import Foundation
import Race
import RaceSQLite

/// `tri race start`.
struct RaceStartCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "start",
    abstract: "Start a race on this machine, or go on with the one in the store.",
    discussion: """
      Runs worker processes until the budget is used, the target is reached, or Ctrl-C; a worker \
      that dies is started again. Without a budget the race never stops by itself. Started again \
      on the same store, it goes on where it was; a budget of time counts only the time it ran.

      A space with [grid], [ablation] or [[row]] is a plan: each of its trials is trained to its \
      own steps, and the race ends with the plan. An ablation compares each lever with the \
      baseline on the same seeds, at equal steps and at equal processor time, and adds seeds where \
      an effect is unclear. A grid's and an ablation's seeds are 1000 or more. A row may name any \
      seed, also 43, 44 and 45: it repeats a published run, is scored on validation, and is never \
      chosen or verified. Plans are shown by tri race table.

      Workers share the machine: where their threads are more than the cores, none of them waits \
      for another by spinning, and a race is refused with exit code 69 and its plan when the \
      largest configuration that the space can draw does not fit into memory once a worker.

      A race starts only if the proofs on record are those of this program (L-R14), see tri proofs \
      check; a breach is exit code 65. Its decisions are checked as they are made by the rules that \
      are proved; one that they forbid is not written and stops the race, with exit code 65.

      EXAMPLES:
        tri race start --profile quick --budget 10m
        tri race start --space my.toml --budget 500trials,8h --store sqlite:runs/big.db
        tri race start --profile ablation --scale 0.1
      """)

  @OptionGroup var place: StoreArguments

  @Option(
    help: ArgumentHelp(
      "Built-in search space: quick (10 minutes), standard (hours) or hunt (days, every switch); or "
        + "built-in plan: " + SpaceFile.profiles.dropFirst(3).joined(separator: ", ") + "."))
  var profile: String?

  @Option(help: ArgumentHelp("Search space in TOML; see Documentation/Guides.", valueName: "file"))
  var space: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Factor of all steps of a plan, such as 0.05 for a small run. Recorded, and printed with its "
        + "table. Default 1."))
  var scale: Double?

  @Option(
    parsing: .unconditional,
    help: "Limits over all workers: 10m, 2h, 500trials, 1e6steps, joined by commas.")
  var budget: String?

  @Option(parsing: .unconditional, help: "Worker processes, 4 to 16. (WORKERS; default 4)")
  var workers: Int?

  @Option(parsing: .unconditional, help: "Threads of each worker.")
  var threads = 1

  @Flag(
    help: ArgumentHelp(
      "Bind each worker to cores of its own, of those that this process may use; they must be enough "
        + "for all threads. Off by default, because another program or a second race bound to the "
        + "same cores would share them while others idle."))
  var pin = false

  @Option(help: "Corpus; see tri data list.")
  var corpus: String?

  @Option(
    parsing: .unconditional,
    help: "Steps of the first rung; each next rung has three times as many.")
  var rungUnit: Int?

  @Option(
    parsing: .unconditional,
    help: "Steps after which a trial worse than 3.5 BPB is stopped. Default 1000.")
  var cutAfter: Int?

  @Option(
    parsing: .unconditional,
    help: "Seed from which the race's proposals and trial seeds follow. Default 1.")
  var seed: Int?

  @Option(parsing: .unconditional, help: "BPB on test that wins the race. Default 1.5.")
  var target: Double?

  @Option(help: "Name of the race, for records.")
  var name: String?

  @Option(help: "closed: no text but the corpus. (open comes with open corpora.)")
  var track = "closed"

  @Option(help: "static: fixed weights. (adaptive comes with learning while scoring.)")
  var board = "static"

  @Option(
    help: ArgumentHelp(
      "How configurations are proposed: \(Sampler.allCases.map(\.rawValue).joined(separator: ", "))."
        + " Default: the space's, else random."))
  var sampler: String?

  @Option(
    help: ArgumentHelp(
      "on or off: count what trials that end badly have in common, and propose fewer like them."))
  var lessons: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Seconds after which a silent worker's trial is given on."))
  var leaseSeconds: Double?

  @Option(parsing: .unconditional, help: "Seconds between checkpoints inside a rung.")
  var saveEvery = 20.0

  @Flag(help: "Use no network; the corpus must be in the cache or the mirror.")
  var offline = false

  @Option(
    help: ArgumentHelp(
      "Write metrics in Prometheus' text format every 5 seconds, for node_exporter's textfile "
        + "collector: the race's to this file, each worker's to one beside it.", valueName: "file"))
  var metricsFile: String?

  @Flag(
    help: ArgumentHelp(
      "Write JSON lines to stderr, each with race, and trial and worker where there are any: all "
        + "events of the race, warnings and errors."))
  var logJson = false

  func run() throws {
    if logJson { Console.logJSON() }
    guard track == "closed", board == "static" else {
      throw Failure.usage(
        "--track \(track) --board \(board) is not raced in this version",
        hint: "use --track closed --board static")
    }
    Console.note(
      try ManifestCheck.run(in: FileManager.default.currentDirectoryPath).description)
    let workers = try Self.workers(workers)
    let threads = try TrainCommand.threads(threads)
    if pin { try WorkerTerms.checkPinning(workers: workers, threads: threads) }
    let wanted = try budget.map(BudgetOption.parse)
    let location = try StoreOption.resolve(place.store)
    guard saveEvery > 0, saveEvery.isFinite else {
      throw Failure.usage("--save-every is \(saveEvery)", hint: "use a number above 0")
    }
    let existing = try location.openExisting()?.activeRace()
    var fresh = try settings(existing)
    fresh.budget = wanted ?? .unlimited
    if let existing { try confirm(existing, fresh) }
    try checkPrecision(existing, fresh)
    if existing == nil { try checkStart(fresh) }
    let plan = try RacePlan(
      existing?.settings ?? fresh, workers: workers, threads: threads, goesOn: existing != nil)
    try plan.check()
    let corpus = try CorpusLoading.load(fresh.corpus, offline: offline)
    try Self.audit(corpus)
    if let metricsFile { try OutputFile.write("", to: metricsFile) }
    // Only now, when nothing speaks against the race, is anything written.
    let store = try location.open(create: true)
    let lock = try Self.lock(location)
    defer { withExtendedLifetime(lock) {} }
    try prepare(store, fresh, budget: wanted)
    Interruption.listen()
    if logJson { Console.logJSON(race: try store.activeRace()?.settings.name) }
    var terms = WorkerTerms(
      workers: workers, threads: threads, isPinned: pin, saveEvery: saveEvery,
      offline: offline, memoryShare: plan.workerShare)
    terms.metricsFile = metricsFile
    terms.logsJSON = logJson
    let supervisor = Supervisor(store: store, place: location, terms: terms)
    try supervisor.run()
    do {
      if !place.json { try showEnd(store) }
    } catch let error as RaceError where Interruption.received != nil && error.code == .unavailable
    {
      // Who ends because a server is silent has nothing to show.
    }
    if Interruption.received != nil { throw ExitCode(Interruption.exitCode) }
    if place.json { try Console.json(try StatusReport(store)) }
  }

  /// What L-R2 allows.
  static let workerCounts = 4...16

  /// The number of workers: flag, else WORKERS, else 4; within L-R2's 4 to 16.
  static func workers(_ option: Int?) throws -> Int {
    let variable = ProcessInfo.processInfo.environment["WORKERS"]
    let text = option.map(String.init) ?? variable ?? "4"
    guard let count = Int(text), workerCounts.contains(count) else {
      throw Failure.usage(
        "\(option == nil ? "WORKERS" : "--workers") is \(text)", hint: "use 4 to 16 workers (L-R2)")
    }
    return count
  }

  /// The right to supervise the store's race in this folder; other machines may supervise a shared one
  /// too, see ``Supervisor``.
  private static func lock(_ place: StorePlace) throws -> SupervisorLock {
    if place.isShared {
      let folder = StoreOption.folder(place.path)
      do {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw Failure(73, "cannot make the folder \(folder)", hint: "start in a writable folder")
      }
    }
    return try SupervisorLock(store: place.path)
  }

  /// Settings as the flags and the space's file say; the corpus is that of the race in the store
  /// where no flag names one.
  private func settings(_ existing: RaceRecord?) throws -> RaceSettings {
    if space != nil && profile != nil {
      throw Failure.usage("both --space and --profile are given", hint: "choose one")
    }
    if let lessons, !["on", "off"].contains(lessons) {
      throw Failure.usage("--lessons is '\(lessons)'", hint: "use on or off")
    }
    if scale != nil, space == nil, profile == nil {
      throw Failure.usage(
        "--scale is given without --space or --profile",
        hint: "name the plan; a race in the store keeps the scale it began with")
    }
    let file =
      try space.map { try SpaceFile.read($0, scale: scale) }
      ?? SpaceFile.profile(profile ?? "standard", scale: scale)
    try checkFlags(of: file.experiment)
    let manifest = try CorpusCatalog.manifest(
      named: corpus ?? existing?.settings.corpus ?? CorpusCatalog.tinyShakespeare.name)
    var settings = RaceSettings(
      name: name ?? planName(file) ?? manifest.name, seed: seed ?? 1, corpus: manifest.name,
      corpusSHA256: manifest.sha256,
      ladder: try ladder(file),
      targetBPB: target ?? 1.5, space: file.space)
    settings.kernelVariant = try Machine.kernels().name
    settings.binaryHash = try Machine.executableHash()
    settings.agentID = Machine.agent
    settings.branch = Machine.branch()
    settings.cut = SafetyCut(afterSteps: cutAfter ?? file.cutAfter ?? ProvenConstants.cutAfter)
    // A plan learns from its table: what its trials have in common was chosen.
    settings.lessons = lessons != "off" && file.experiment == nil
    settings.experiment = file.experiment
    settings.sampler = try chosenSampler(file)
    if file.experiment == nil {
      settings.firstRungs = try HiddenSpanRung.rules(file.space, settings.ladder)
    }
    if let leaseSeconds { settings.leaseSeconds = leaseSeconds }
    try settings.validate()
    return settings
  }

  private func chosenSampler(_ file: SpaceFile) throws -> Sampler {
    guard let sampler else { return file.sampler ?? .random }
    if file.experiment != nil {
      throw Failure.usage("--sampler for a plan", hint: "a plan lists its trials: leave it away")
    }
    guard let known = Sampler(rawValue: sampler) else {
      throw Failure.usage(
        "--sampler is '\(sampler)'",
        hint: SpaceFile.hint(for: sampler, among: Sampler.allCases.map(\.rawValue)))
    }
    return known
  }

  /// Creates the race, or checks that the one in the store is the one that is meant.
  private func prepare(
    _ store: any RaceStore, _ fresh: RaceSettings, budget: Budget?
  ) throws {
    guard let race = try store.activeRace() else {
      let id = try store.createRace(fresh, at: .now)
      Console.note(
        "race \(id) '\(fresh.name)' on \(fresh.corpus): \(announcement(fresh)), "
          + "\(fresh.kernelVariant) kernels")
      return
    }
    try confirm(race, fresh)
    if race.settings.binaryHash != fresh.binaryHash {
      Console.warn(
        "this program differs from the one that began the race; results say which made them")
    }
    if let budget, budget != race.settings.budget { try store.change(budget: budget, at: .now) }
    if race.state == .stopped { try store.resume(at: .now) }
    Console.note("going on with race \(race.id) '\(race.settings.name)'")
  }

  /// Refuses flags that contradict the race in the store.
  private func confirm(_ race: RaceRecord, _ fresh: RaceSettings) throws {
    var said = Set<String>()
    if profile != nil || space != nil { said.formUnion(["space", "ladder", "cut", "experiment"]) }
    if corpus != nil { said.formUnion(["corpus", "corpus_sha256"]) }
    if rungUnit != nil { said.insert("ladder") }
    if cutAfter != nil { said.insert("cut") }
    if seed != nil { said.insert("seed") }
    if target != nil { said.insert("target_bpb") }
    if name != nil { said.insert("name") }
    if lessons != nil { said.insert("lessons") }
    if sampler != nil { said.insert("sampler") }
    if leaseSeconds != nil { said.insert("lease_seconds") }
    let differing = try race.settings.differences(from: fresh).filter { said.contains($0) }
    guard differing.isEmpty else {
      throw Failure(
        78,
        "the store holds race '\(race.settings.name)' with another \(differing.joined(separator: ", "))",
        hint: "leave the flags away to go on with it, or name another --store")
    }
  }

  /// Refuses a new race that this processor could only emulate; one in the store was allowed to.
  private func checkPrecision(_ existing: RaceRecord?, _ fresh: RaceSettings) throws {
    guard let settings = existing?.settings else {
      return try PrecisionRule.check(
        PrecisionRule.precision(of: fresh), kernels: Machine.kernels(),
        remedy: "precision = \"float32\" in the space")
    }
    PrecisionRule.note(
      PrecisionRule.precision(of: settings),
      kernels: try KernelSet.select(settings.kernelVariant))
  }

  /// Fails before the first trial where every trial would fail, and warns of keys that count nowhere.
  private func checkStart(_ settings: RaceSettings) throws {
    let ranges = try CorpusCatalog.manifest(named: settings.corpus).ranges
    var (named, counting): (Set<String>, Set<String>) = ([], [])
    var last: TrainingConfiguration?
    func check(_ configuration: Race.Configuration, seed: Int, steps: Int) throws {
      let training = try TrialConfiguration.training(configuration, seed: seed, topSteps: steps)
      try training.validate(
        trainBytes: ranges.train.count,
        heldOutBytes: min(ranges.validation.count, ranges.test.count))
      named.formUnion(configuration.names)
      counting.formUnion(configuration.names.filter { training.ineffective(among: [$0]) == nil })
      last = training
    }
    if let experiment = settings.experiment {
      for cell in experiment.cells {
        do {
          try check(cell.configuration, seed: cell.seeds[0], steps: cell.steps)
        } catch let error as TrainingError {
          throw TrainingError(
            error.code, "\(experiment.kind.noun) '\(cell.name)': \(error.message)", hint: error.hint
          )
        }
      }
    } else {
      let points = settings.space.startingPoints.count
      for number in 0..<(points + 20) {
        let drawn = settings.space.sample(
          race: settings.seed, trial: 1 + number, startingPoint: number < points ? number : nil)
        try check(drawn, seed: 1_000, steps: settings.ladder.topSteps)
      }
    }
    if let idle = last?.ineffective(among: named.subtracting(counting)) {
      Console.warn("these keys of the space have no effect in any trial: \(idle)")
    }
  }

  /// Refuses a corpus whose held-out text is in its training text.
  private static func audit(_ corpus: Corpus) throws {
    let report = LeakAudit.audit(corpus)
    guard report.passed else {
      throw Failure(
        65, "the leak audit of \(corpus.manifest.name) failed",
        hint: "see 'tri data audit \(corpus.manifest.name)'")
    }
    Console.note("leak audit of \(corpus.manifest.name): passed")
  }
}
