import Dispatch
import Foundation
import Kernels
import Race
import RacePostgreSQL
import RaceSQLite
import Synchronization

/// What one worker did so far, as a file of metrics that is written every five seconds.
final class WorkerMetrics: @unchecked Sendable {
  struct Figures {
    var trial: Int?
    var step = 0
    var steps = 0
    var rungs = 0
    var diverged = 0
    var failures = 0
    var lostLeases = 0
    var evaluations = 0
    var evaluationSeconds = 0.0
  }

  private let path: String
  private let labels: [(String, String)]
  private let started = Date().timeIntervalSince1970
  private let figures = Mutex(Figures())
  private let store: any RaceStore
  private let timer: any DispatchSourceTimer

  /// Writes the file, and goes on to write it.
  ///
  /// Throws ``Failure`` of exit code 73 when it cannot be written now; later failures change nothing.
  init(path: String, race: RaceRecord, worker: String, store: any RaceStore) throws {
    self.path = path
    self.store = store
    labels = [("race", race.settings.name), ("worker", worker)]
    timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "igla.metrics"))
    try write()
    timer.schedule(deadline: .now() + 5, repeating: 5)
    timer.setEventHandler { [weak self] in try? self?.write() }
    timer.resume()
  }

  /// Takes note of something.
  func note(_ change: (inout Figures) -> Void) { figures.withLock { change(&$0) } }

  /// Removes the file: a worker that is gone has no figures.
  func end() {
    timer.cancel()
    try? FileManager.default.removeItem(atPath: path)
  }

  private func write() throws {
    let figures = figures.withLock { $0 }
    var metrics = MetricsText()
    func counter(_ name: String, _ help: String, _ value: Double?) {
      metrics.add("igla_worker_" + name, .counter, help, labels, value)
    }
    func gauge(_ name: String, _ help: String, _ value: Double?) {
      metrics.add("igla_worker_" + name, .gauge, help, labels, value)
    }
    gauge("start_time_seconds", "When it started, in seconds since 1970.", started)
    gauge("trial", "The trial that it works on; 0 for none.", Double(figures.trial ?? 0))
    gauge("trial_step", "The step of that trial.", Double(figures.step))
    counter("steps_total", "Training steps taken.", Double(figures.steps))
    counter("rungs_total", "Results reported.", Double(figures.rungs))
    counter("diverged_total", "Trials that diverged.", Double(figures.diverged))
    counter("failures_total", "Trials that failed here.", Double(figures.failures))
    counter("lost_leases_total", "Trials given to another worker.", Double(figures.lostLeases))
    counter("evaluations_total", "Evaluations on validation.", Double(figures.evaluations))
    counter(
      "evaluation_seconds_total", "Time that they took.", figures.evaluationSeconds)
    counter("processor_seconds_total", "Processor time of all threads.", ProcessorClock.seconds)
    switch store {
    case let store as PostgreSQLRaceStore:
      counter("store_retries_total", "Operations tried again.", Double(store.retries))
    case let store as SQLiteRaceStore:
      counter("store_statements_total", "Statements run.", Double(store.statements))
    default: break
    }
    try metrics.write(to: path)
  }
}
