import Foundation
import Kernels

/// What the supervisor tells its workers when it starts them.
struct WorkerTerms {
  let workers: Int
  /// Threads of each.
  let threads: Int
  /// Seconds between checkpoints inside a rung.
  let saveEvery: Double
  let offline: Bool
  /// Cores that each is bound to; nil where the system puts them where it likes.
  let cores: [CoreSet]?
  /// Cores that each may count on, at least 1.
  let coreShare: Int
  /// Bytes of memory that each may take.
  let memoryShare: Int
  /// Where the supervisor writes metrics, and by that name each worker its own.
  var metricsFile: String?
  /// Whether all of them write JSON lines to stderr.
  var logsJSON = false

  /// The file of the metrics of the `index`-th worker: `igla-worker-2.prom` beside `igla.prom`.
  func metricsFile(of index: Int) -> String? {
    metricsFile.map { path in
      let file = path as NSString
      let end = file.pathExtension.isEmpty ? "" : "." + file.pathExtension
      return file.deletingPathExtension + "-worker-\(index + 1)" + end
    }
  }

  /// - Parameters:
  ///   - workers: Processes.
  ///   - threads: Threads of each.
  ///   - isPinned: Whether each is bound to cores of its own, always to the same.
  ///   - saveEvery: Seconds between checkpoints inside a rung.
  ///   - offline: Whether they must do without a network.
  ///   - memoryShare: Bytes of memory that each may take.
  /// - Precondition: ``checkPinning(workers:threads:)`` does not throw where it is.
  init(
    workers: Int, threads: Int, isPinned: Bool, saveEvery: Double, offline: Bool, memoryShare: Int
  ) {
    self.workers = workers
    self.threads = threads
    self.saveEvery = saveEvery
    self.offline = offline
    self.memoryShare = memoryShare
    coreShare = max(1, Machine.cores.count / workers)
    cores = isPinned ? CoreSet.ofThread.shares(workers) : nil
  }

  /// Refuses to bind workers to cores of their own where there are too few.
  ///
  /// - Throws: ``Failure`` of exit code 64.
  static func checkPinning(workers: Int, threads: Int) throws {
    let cores = Machine.cores
    guard workers * threads > cores.count else { return }
    throw Failure.usage(
      "--pin needs \(workers * threads) cores for \(workers) workers of \(threads) "
        + "thread\(threads == 1 ? "" : "s"), and this process may use \(cores)",
      hint: "leave --pin away, or start fewer workers or threads")
  }

  /// Flags of the `index`-th worker, which are the same when it is started again.
  func arguments(of index: Int) -> [String] {
    [
      "--threads", "\(threads)", "--save-every", "\(saveEvery)", "--core-share", "\(coreShare)",
      "--memory-share", "\(memoryShare)",
    ]
      + (cores.map { ["--cores", $0[index].description] } ?? []) + (offline ? ["--offline"] : [])
      + (metricsFile(of: index).map { ["--metrics-file", $0] } ?? [])
      + (logsJSON ? ["--log-json"] : [])
  }
}
