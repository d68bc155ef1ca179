internal import Glibc
internal import Synchronization

/// Runs independent tasks on a fixed number of threads that live as long as it does.
///
/// The caller of ``run(tasks:_:)`` is member 0; the others are threads made with the crew and joined
/// when it goes away. Between two runs they look out for the next one for some tens of microseconds,
/// then sleep until they are woken. Threads are not pinned to cores: several processes on one
/// machine would pin theirs to the same ones.
public final class Crew: Sendable {
  /// Threads that share the tasks, the caller's included.
  public let threads: Int
  /// Threads that the system refused to make; the others do their work.
  public let missing: Int

  /// Address space that a thread takes, most of it never touched.
  public static let stackBytes = 8 << 20

  private let state: CrewState?
  private let workers: [pthread_t]
  private let isRunning = Atomic<Bool>(false)

  /// - Parameters:
  ///   - threads: Threads that share the tasks, the caller's included.
  ///   - cores: Cores that they have, by default all that this process may use: of those that other
  ///     processes work on as well, its share. Where they are fewer than the threads, nobody spins.
  /// - Precondition: `threads > 0`.
  public init(threads: Int, cores: Int? = nil) {
    precondition(threads > 0, "[Crew] threads is \(threads), expected at least 1")
    self.threads = threads
    guard threads > 1 else {
      (state, workers, missing) = (nil, [], 0)
      return
    }
    let cores = cores ?? AvailableCores.now.count
    let state = CrewState(spins: threads <= cores ? CrewState.longestSpin : 0)
    self.state = state
    workers = (1..<threads).compactMap { CrewWorker.start(state, member: $0) }
    missing = threads - 1 - workers.count
  }

  deinit {
    state?.stop()
    for worker in workers { pthread_join(worker, nil) }
  }

  /// Calls `body(task, member)` once for each task in `0..<tasks` and returns when all are done.
  ///
  /// Which member (`0..<threads`) runs which task is not fixed, so a result must depend on the task
  /// alone; a member runs one task at a time, so it may own scratch memory. Does not allocate.
  /// - Precondition: No other run of this crew is going on: neither on another thread, nor is this
  ///   call made by a task of one. Such a call traps, because its tasks would share the members'
  ///   scratch memory with the other run's. A task may run another crew.
  public func run(tasks: Int, _ body: @Sendable (_ task: Int, _ member: Int) -> Void) {
    precondition(
      !isRunning.exchange(true, ordering: .acquiring),
      "[Crew] run was called during another run of the same crew, expected one at a time")
    defer { isRunning.store(false, ordering: .releasing) }
    guard let state, tasks > 1 else {
      for task in 0..<max(tasks, 0) { body(task, 0) }
      return
    }
    lend(body) { function, context in
      state.run(CrewState.Job(function: function, context: context, tasks: tasks))
    }
  }

  /// Looks at the state before a member sleeps; 0 where they do not spin.
  package var spins: Int { state?.spins ?? 0 }

  /// Members that sleep until the next run; the others work or look out for it.
  package var sleepers: Int { state?.sleepers.load(ordering: .relaxed) ?? 0 }
}

/// Passes the two words of a closure to `use`, for as long as `use` runs.
///
/// A closure that does not escape can be stored only through `withoutActuallyEscaping`, which
/// allocates; as two words it can be called from another thread without.
@_silgen_name("ckernels_lend")
private func lend(
  _ body: @Sendable (Int, Int) -> Void,
  _ use: (_ function: UnsafeRawPointer, _ context: UnsafeRawPointer?) -> Void)
