internal import Dispatch
internal import Synchronization

/// Runs independent tasks on a fixed number of threads.
public struct Crew: Sendable {
  /// Threads that share the tasks, the caller's included.
  public let threads: Int

  /// - Precondition: `threads > 0`.
  public init(threads: Int) {
    precondition(threads > 0, "[Crew] threads is \(threads), expected at least 1")
    self.threads = threads
  }

  /// Calls `body(task, member)` once for each task in `0..<tasks` and returns when all are done.
  ///
  /// Which member (`0..<threads`) runs which task is not fixed, so a result must depend on the task
  /// alone; a member runs one task at a time, so it may own scratch memory.
  public func run(tasks: Int, _ body: @Sendable (_ task: Int, _ member: Int) -> Void) {
    let members = min(threads, tasks)
    if members <= 1 {
      for task in 0..<tasks { body(task, 0) }
      return
    }
    let next = Atomic<Int>(0)
    withoutActuallyEscaping(body) { body in
      DispatchQueue.concurrentPerform(iterations: members) { member in
        while true {
          let task = next.add(1, ordering: .relaxed).oldValue
          if task >= tasks { return }
          body(task, member)
        }
      }
    }
  }
}
