/// Workers whose pieces of work take a known time, in the order in which they get ready.
struct VirtualWorkers<Job> {
  private var jobs: [(end: Int, worker: Int, job: Job)] = []
  /// Epochs since the start.
  private(set) var now = 0

  /// Gives a worker a piece of work of so many epochs.
  mutating func begin(_ job: Job, worker: Int, epochs: Int) {
    jobs.append((now + epochs, worker, job))
  }

  /// Advances the time to the next end of a piece of work; of several, that of the lowest worker.
  mutating func next() -> (worker: Int, job: Job)? {
    guard
      let index = jobs.indices.min(by: {
        (jobs[$0].end, jobs[$0].worker) < (jobs[$1].end, jobs[$1].worker)
      })
    else { return nil }
    let (end, worker, job) = jobs.remove(at: index)
    now = end
    return (worker, job)
  }
}
