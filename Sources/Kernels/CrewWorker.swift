internal import Glibc

/// What a thread of a crew is told when it starts.
final class CrewWorker: Sendable {
  private let state: CrewState
  private let member: Int

  private init(_ state: CrewState, member: Int) {
    self.state = state
    self.member = member
  }

  /// Makes a thread that runs the crew's jobs as `member` until the crew stops.
  ///
  /// - Returns: nil when the system refuses.
  static func start(_ state: CrewState, member: Int) -> pthread_t? {
    var thread = pthread_t()
    let worker = Unmanaged.passRetained(CrewWorker(state, member: member))
    // Signals are the business of the threads that were there before.
    var (blocked, before) = (sigset_t(), sigset_t())
    sigfillset(&blocked)
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] {
      sigdelset(&blocked, fault)
    }
    pthread_sigmask(SIG_BLOCK, &blocked, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let refusal = pthread_create(&thread, nil, crewThread, worker.toOpaque())
    if refusal == 0 { return thread }
    worker.release()
    return nil
  }

  fileprivate func work() { state.serve(as: member) }
}

/// The first function of each thread; `worker` is a retained ``CrewWorker``.
private func crewThread(_ worker: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let worker else { return nil }
  Unmanaged<CrewWorker>.fromOpaque(worker).takeRetainedValue().work()
  return nil
}
