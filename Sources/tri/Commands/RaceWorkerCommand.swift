import Corpora
import ArgumentParser
import Foundation
import KernelInterface
import Kernels
import Race

/// `tri race worker`: one worker process, started by `tri race start`.
struct RaceWorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Work for a race; tri race start runs this.",
    shouldDisplay: false)

  @OptionGroup var place: StoreArguments

  @Option(help: "Name of the worker in records.")
  var id: String

  @Option(help: "Threads of this process.")
  var threads = 1

  @Option(help: "Seconds between checkpoints inside a rung.")
  var saveEvery = 20.0

  @Flag(help: "Use no network.")
  var offline = false

  @Option(help: "Cores to be bound to, as in 0,2 or 4-7. Default: where the system likes.")
  var cores: String?

  @Option(help: "Cores that this worker may count on. Default: all.")
  var coreShare: Int?

  @Option(help: "Bytes of memory that this worker may take. Default: all.")
  var memoryShare: Int?

  @Option(help: "Where to write metrics.")
  var metricsFile: String?

  @Flag(help: "Write JSON lines to stderr.")
  var logJson = false

  func run() throws {
    if logJson { Console.logJSON(worker: id) }
    // First of all: threads inherit what they are started under.
    try bind()
    Interruption.listen(as: .worker)
    Self.endWithParent()
    let place = try StoreOption.resolve(place.store)
    let store = try place.open(isWorker: true)
    guard let race = try store.activeRace() else { throw RaceError.noRace }
    if logJson { Console.logJSON(race: race.settings.name, worker: id) }
    let metrics = try metricsFile.map {
      try WorkerMetrics(path: $0, race: race, worker: id, store: store)
    }
    defer { metrics?.end() }
    let departure = Departure(store: store, metrics: metrics)
    // A race pins one variant, so that a trial means the same on every worker.
    let kernels = try KernelSet.select(race.settings.kernelVariant)
    let setting = TrialSetting(
      try CorpusCatalog.manifest(named: race.settings.corpus), split: .train, scored: .validation,
      kernels: kernels, threads: threads, share: WorkerShare(cores: coreShare, bytes: memoryShare))
    let corpus = try CorpusLoading.load(for: race, offline: offline)
    try store.register(
      WorkerRecord(
        id: id, machine: Machine.name, process: Int(getpid()),
        binaryHash: try Machine.executableHash(), kernelVariant: kernels.name, started: .now,
        agentID: Machine.agent, branch: Machine.branch()))
    try Worker(
      storePath: place.path, store: store, id: id, race: race, setting: setting, corpus: corpus,
      saveEvery: saveEvery,
      // A shared store serves the heartbeats of thousands.
      beatEvery: place.isShared ? 5 : 1, metrics: metrics,
      departure: departure
    ).run()
    if Interruption.received != nil { throw ExitCode(Interruption.exitCode) }
  }

  private func bind() throws {
    guard let cores else { return }
    guard let set = CoreSet(parsing: cores) else {
      throw Failure.usage(
        "--cores is '\(cores)'", hint: "write numbers and ranges, as in 0,2 or 4-7")
    }
    guard set.bindThread() else {
      throw Failure(
        69, "this worker cannot be bound to the cores \(cores)",
        hint: "it may use \(CoreSet.ofThread); start the race without --pin")
    }
  }

  /// Asks for an orderly end when the supervisor's pipe closes, however the supervisor ended.
  private static func endWithParent() {
    let thread = Thread {
      while true {
        let data = FileHandle.standardInput.availableData
        if data.isEmpty {
          Interruption.request()
          return
        }
      }
    }
    thread.start()
  }
}
