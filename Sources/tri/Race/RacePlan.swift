import Corpora
import Foundation
import KernelInterface
import Kernels
import Race
import Training

/// The memory that a race takes, settled before anything is loaded or started.
///
/// Of a worker, each part is as large as any configuration that the search space can draw makes it,
/// see `LargestConfigurations`; starting points are among them, trials enqueued by hand are not. Of a
/// plan, it is what the largest of its configurations makes it. The
/// pages of a checkpoint that a trial goes on from are not counted: they are mapped for a moment, and
/// the system may take them back.
struct RacePlan {
  /// What one worker takes at most.
  let worker: MemoryPlan
  let workers: Int
  private let limit: (bytes: Int, source: String)
  /// What the supervisor takes besides.
  private let supervisorBytes: Int

  /// - Parameters:
  ///   - settings: Of the race.
  ///   - workers: Workers, each with `threads`.
  ///   - threads: Threads of a worker.
  ///   - goesOn: Whether the race has begun. Its space is what it is then: where it can draw what no
  ///     run can be made of, its memory has no bound, and only each worker's share is held to.
  /// - Throws: `TrainingError` of code `configuration` where the space of a new race can draw a model
  ///   that is larger than any can be, or a context that the corpus is too short for.
  init(_ settings: RaceSettings, workers: Int, threads: Int, goesOn: Bool) throws {
    let setting = TrialSetting(
      try CorpusCatalog.manifest(named: settings.corpus), split: .train, scored: .validation,
      kernels: try KernelSet.select(settings.kernelVariant), threads: threads)
    var plan = MemoryPlan()
    do {
      for configuration in try Self.largest(settings) {
        plan.raise(to: try TrialPlan(configuration, setting).memory)
      }
    } catch let error as TrainingError where goesOn && error.code == .configuration {
      Console.warn("the memory of this race has no bound: \(error.message)")
      plan = MemoryPlan()
    }
    worker = plan
    self.workers = workers
    limit = setting.limit
    supervisorBytes = setting.programBytes + setting.manifest.byteCount
  }

  /// Configurations that bound what the space can draw.
  private static func largest(_ settings: RaceSettings) throws -> [TrainingConfiguration] {
    if let experiment = settings.experiment {
      return try experiment.cells.map {
        try TrialConfiguration.training($0.configuration, seed: 0, topSteps: $0.steps)
      }
    }
    let domains = settings.space.domains.mapValues(domain)
    var standard = TrainingConfiguration()
    standard.steps = settings.ladder.topSteps
    var all = try LargestConfigurations(domains, standard: standard).candidates
    for point in settings.space.startingPoints {
      let own = point.values.mapValues { KeyDomain.values([TrialConfiguration.value($0)]) }
      all += try LargestConfigurations(
        domains.merging(own) { $1 }, standard: standard
      ).candidates
    }
    return all
  }

  private static func domain(_ domain: Domain) -> KeyDomain {
    switch domain {
    case .fixed(let value): return .values([TrialConfiguration.value(value)])
    case .choice(let values): return .values(values.map(TrialConfiguration.value))
    case .integer(let min, let max, _, let step): return .integers(min: min, max: max, step: step)
    case .real(let min, let max, _):
      // A draw may be a whole number, and so a value of a key of integers; no such key goes as far
      // as the bounds here.
      let low = Int(exactly: min.rounded(.up)) ?? (min < 0 ? -1 << 40 : 1 << 40)
      let high = Int(exactly: max.rounded(.down)) ?? (max < 0 ? -1 << 40 : 1 << 40)
      return low <= high ? .integers(min: low, max: high) : .values([])
    }
  }

  /// Bytes that each worker may take.
  var workerShare: Int { max(0, limit.bytes - supervisorBytes) / workers }

  /// The most workers that fit.
  var fitting: Int {
    worker.total == 0 ? workers : max(0, limit.bytes - supervisorBytes) / worker.total
  }

  /// Refuses a race that the machine cannot hold; the plan is then on stderr.
  ///
  /// - Throws: ``Failure`` of exit code 69.
  func check() throws {
    if fitting >= workers { return }
    Console.note(table)
    let largest = worker.items.max { $0.bytes < $1.bytes }.map { ", most of it \($0.name)" } ?? ""
    let smaller = "fewer --threads or a space of smaller models, n-gram tables or batches"
    throw Failure(
      69,
      "\(workers) workers may need \(MemoryPlan.mebibytes(worker.total)) each\(largest), but "
        + "\(limit.source) has \(MemoryPlan.mebibytes(limit.bytes)): "
        + (fitting == 0 ? "not even one worker fits" : "at most \(fitting) fit"),
      hint: fitting >= RaceStartCommand.workerCounts.lowerBound
        ? "use --workers \(fitting), \(smaller)"
        : "use \(smaller); a race has at least "
          + "\(RaceStartCommand.workerCounts.lowerBound) workers (L-R2)")
  }

  /// A line a part of one worker, then what all take.
  var table: String {
    let (all, overflows) = worker.total.multipliedReportingOverflow(by: workers)
    return worker.table([
      ("all workers", overflows ? .max : all, "\(workers) of them"),
      ("supervisor", supervisorBytes, ""), ("limit", limit.bytes, limit.source),
    ])
  }
}
