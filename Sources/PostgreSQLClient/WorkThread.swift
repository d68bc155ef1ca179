internal import Glibc
internal import Synchronization

/// A thread for calls that block, so that none of Swift's cooperative threads ever does.
///
/// Calls are run in order, one at a time. The thread ends with the last reference to it.
public final class WorkThread: Sendable {
  private typealias Job = @Sendable () -> Void

  private final class Queue: Sendable {
    struct State {
      var jobs: [Job] = []
      var isOver = false
    }
    let state = Mutex(State())
    let signal = Signal()

    func run() {
      while true {
        signal.wait()
        let (job, isOver) = state.withLock { state in
          (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isOver)
        }
        if let job { job() } else if isOver { return }
      }
    }
  }

  private let queue = Queue()

  public init() {
    let queue = queue
    Signal.detachThread { queue.run() }
  }

  deinit {
    queue.state.withLock { $0.isOver = true }
    queue.signal.post()
  }

  /// Runs `body` on the thread and returns what it returns; the caller is suspended, not blocked.
  public func run<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.state.withLock { $0.jobs.append { continuation.resume(with: Result(catching: body)) } }
      queue.signal.post()
    }
  }
}
