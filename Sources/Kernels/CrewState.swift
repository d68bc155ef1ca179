internal import CKernels
internal import Glibc
internal import Synchronization

/// What the members of a crew share: one job at a time, and where they wait for the next.
///
/// One word holds the job's number, whether members may still join it, and how many have joined and
/// not left it. The caller closes a job when its tasks are all taken, and then waits only for those
/// inside: a member that wakes late finds the job closed, and nobody waited for it.
final class CrewState: @unchecked Sendable {
  /// Tasks to run, as the two words of their closure.
  struct Job {
    let function: UnsafeRawPointer
    let context: UnsafeRawPointer?
    let tasks: Int
  }

  /// Looks at a word before its reader goes to sleep, with a pause after each.
  ///
  /// About 20 µs on a Zen 3: longer than the serial stretches between the runs of a step, and no
  /// longer than putting a thread to sleep and waking it takes.
  static let longestSpin = 800

  /// Threads that sleep, or are about to, until there is a job.
  let sleepers = Atomic<Int>(0)

  // The word's parts: job number from bit 32 on, two flags, members inside below them.
  private let word = Atomic<UInt64>(0)
  private static let isOpen: UInt64 = 1 << 31, isStopped: UInt64 = 1 << 30
  private static let inside = isStopped - 1, numbers = ~UInt64(0) << 32

  private let next = Atomic<Int>(0)
  private let callerSleeps = Atomic<Bool>(false)
  let spins: Int
  // Written by the caller while nobody is inside, read by those who joined since.
  private var job: Job?
  private var number: UInt64 = 0

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let jobs = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let leaving = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  /// - Parameter spins: Looks before sleep, at most ``longestSpin``; 0 where cores are fewer than
  ///   threads, because the one that is waited for may need the core.
  init(spins: Int) {
    self.spins = spins
    mutex.initialize(to: pthread_mutex_t())
    jobs.initialize(to: pthread_cond_t())
    leaving.initialize(to: pthread_cond_t())
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(jobs, nil)
    pthread_cond_init(leaving, nil)
  }

  deinit {
    pthread_cond_destroy(leaving)
    pthread_cond_destroy(jobs)
    pthread_mutex_destroy(mutex)
    leaving.deallocate()
    jobs.deallocate()
    mutex.deallocate()
  }

  // MARK: The caller

  /// Runs a job on all members and returns when its tasks are done.
  ///
  /// - Precondition: The last job's run has returned.
  func run(_ job: Job) {
    self.job = job
    next.store(0, ordering: .relaxed)
    number &+= 1 << 32
    // Total order of this and the sleepers' count: either a member sees the job before it sleeps, or
    // it is counted here and woken.
    word.store(number | Self.isOpen, ordering: .sequentiallyConsistent)
    wake(job.tasks - 1)
    runTasks(of: job, as: 0)
    let closed = word.bitwiseAnd(~Self.isOpen, ordering: .sequentiallyConsistent).newValue
    if closed & Self.inside != 0 { waitForMembers() }
  }

  /// Ends ``serve(as:)`` on all threads.
  func stop() {
    word.bitwiseOr(Self.isStopped, ordering: .sequentiallyConsistent)
    wake(.max)
  }

  private func wake(_ wanted: Int) {
    let sleeping = sleepers.load(ordering: .sequentiallyConsistent)
    if sleeping == 0 { return }
    pthread_mutex_lock(mutex)
    if wanted >= sleeping {
      pthread_cond_broadcast(jobs)
    } else {
      for _ in 0..<wanted { pthread_cond_signal(jobs) }
    }
    pthread_mutex_unlock(mutex)
  }

  private func waitForMembers() {
    for _ in 0..<spins {
      if word.load(ordering: .acquiring) & Self.inside == 0 { return }
      ckernels_pause()
    }
    pthread_mutex_lock(mutex)
    callerSleeps.store(true, ordering: .sequentiallyConsistent)
    while word.load(ordering: .sequentiallyConsistent) & Self.inside != 0 {
      pthread_cond_wait(leaving, mutex)
    }
    callerSleeps.store(false, ordering: .relaxed)
    pthread_mutex_unlock(mutex)
  }

  // MARK: The other members

  /// Takes part in every job until the crew stops.
  func serve(as member: Int) {
    var last: UInt64 = 0
    while let number = joinNext(after: last) {
      last = number
      if let job { runTasks(of: job, as: member) }
      leave()
    }
  }

  private func runTasks(of job: Job, as member: Int) {
    while true {
      let task = next.add(1, ordering: .relaxed).oldValue
      if task >= job.tasks { return }
      ckernels_call(job.function, job.context, task, member)
    }
  }

  /// Waits for an open job other than `last` and joins it.
  ///
  /// - Returns: The job's number in its place in the word; nil when the crew stops.
  private func joinNext(after last: UInt64) -> UInt64? {
    var looks = 0
    while true {
      var seen = word.load(ordering: .acquiring)
      while Self.isJoinable(seen, after: last) {
        let (joined, found) = word.compareExchange(
          expected: seen, desired: seen + 1, successOrdering: .acquiring,
          failureOrdering: .acquiring)
        if joined { return seen & Self.numbers }
        seen = found
      }
      if seen & Self.isStopped != 0 { return nil }
      if looks < spins {
        looks += 1
        ckernels_pause()
      } else {
        sleep(after: last)
        looks = 0
      }
    }
  }

  private static func isJoinable(_ word: UInt64, after last: UInt64) -> Bool {
    word & isOpen != 0 && word & numbers != last
  }

  private func sleep(after last: UInt64) {
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while true {
      let seen = word.load(ordering: .sequentiallyConsistent)
      if Self.isJoinable(seen, after: last) || seen & Self.isStopped != 0 { break }
      pthread_cond_wait(jobs, mutex)
    }
    sleepers.subtract(1, ordering: .relaxed)
    pthread_mutex_unlock(mutex)
  }

  private func leave() {
    let left = word.subtract(1, ordering: .sequentiallyConsistent).newValue
    guard left & Self.inside == 0, callerSleeps.load(ordering: .sequentiallyConsistent) else {
      return
    }
    pthread_mutex_lock(mutex)
    pthread_cond_signal(leaving)
    pthread_mutex_unlock(mutex)
  }
}
