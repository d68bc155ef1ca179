import Foundation
import Kernels
import Synchronization
import Testing

@Suite struct CrewTests {
  @Test(arguments: [1, 2, 4, 7, 16], [0, 1, 2, 3, 8, 100, 1_000])
  func everyTaskRunsExactlyOnce(threads: Int, tasks: Int) {
    let runs = Counters(tasks)
    let wrongMembers = Atomic<Int>(0)
    Crew(threads: threads).run(tasks: tasks) { task, member in
      if !(0..<threads).contains(member) { wrongMembers.add(1, ordering: .relaxed) }
      runs.add(1, at: task)
    }
    #expect(runs.values == [Int](repeating: 1, count: tasks))
    #expect(wrongMembers.load(ordering: .relaxed) == 0)
  }

  @Test(arguments: [2, 4, 7, 16])
  func aMemberRunsOneTaskAtATime(threads: Int) {
    let busy = Counters(threads)
    let collisions = Atomic<Int>(0)
    let crew = Crew(threads: threads)
    for _ in 0..<10 {
      crew.run(tasks: 2_000) { _, member in
        if busy.add(1, at: member) != 1 { collisions.add(1, ordering: .relaxed) }
        busy.add(-1, at: member)
      }
    }
    #expect(collisions.load(ordering: .relaxed) == 0)
  }

  /// The tasks write plain memory that the caller reads and writes between two runs: a run that
  /// returns too early, or a task of the run before that is still going on, gives a wrong sum.
  @Test(arguments: [2, 3, 16])
  func manyShortRunsInARowLoseNoTask(threads: Int) {
    let crew = Crew(threads: threads)
    let counts = UnsafeMutablePointer<Int>.allocate(capacity: 8)
    defer { counts.deallocate() }
    counts.initialize(repeating: 0, count: 8)
    let shared = Shared(counts)
    for run in 0..<100_000 {
      let tasks = 1 + run % 8
      crew.run(tasks: tasks) { task, _ in shared.pointer[task] += task + run }
      if run % 1_000 == 999 { for task in 0..<8 { counts[task] += 1 } }
    }
    for task in 0..<8 {
      let expected = (0..<100_000).reduce(100) { $1 % 8 >= task ? $0 + task + $1 : $0 }
      #expect(counts[task] == expected)
    }
  }

  /// Each task waits for all others, so every member has to come.
  @Test(arguments: [2, 3, 7])
  func sleepingMembersWake(threads: Int) throws {
    let crew = Crew(threads: threads)
    for _ in 0..<20 {
      try waitUntil("all members sleep") { crew.sleepers == threads - 1 }
      let arrived = Atomic<Int>(0)
      let late = Atomic<Int>(0)
      crew.run(tasks: threads) { _, _ in
        arrived.add(1, ordering: .relaxed)
        do {
          try waitUntil("all tasks run at once") { arrived.load(ordering: .relaxed) == threads }
        } catch {
          late.add(1, ordering: .relaxed)
        }
      }
      try #require(late.load(ordering: .relaxed) == 0)
    }
  }

  /// Two crews at work at once, each run by a task of a third.
  @Test func crewsKeepApart() {
    let sums = Counters(2)
    Crew(threads: 2).run(tasks: 2) { task, _ in
      let crew = Crew(threads: 3)
      let sum = Atomic<Int>(0)
      for run in 0..<10_000 {
        crew.run(tasks: 4) { inner, _ in sum.add(run % 7 + inner * task, ordering: .relaxed) }
      }
      sums.add(sum.load(ordering: .relaxed), at: task)
    }
    // Ten thousand runs: 1,428 whole sevens of sum 21, then 0, 1, 2, 3; four tasks each.
    let base = 4 * (1_428 * 21 + 6)
    #expect(sums.values == [base, base + 10_000 * 6])
  }

  @Test func aCrewThatGoesAwayEndsItsThreads() async {
    await #expect(processExitsWith: .success) {
      func threads() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
      }
      do {
        let first = Crew(threads: 5)
        first.run(tasks: 5) { _, _ in }
        guard try threads() > 4 else { exit(2) }
      }
      let before = try threads()
      for size in 0..<500 {
        let crew = Crew(threads: 1 + size % 9)
        // One in three goes away before its threads had anything to do.
        if size % 3 > 0 { crew.run(tasks: 20) { _, _ in } }
      }
      // A joined thread may still be listed for a moment.
      try waitUntil("all threads end") { (try? threads()) ?? .max <= before }
      exit(0)
    }
  }

  /// A system that refuses threads slows a crew down, and no more.
  ///
  /// The limit on a user's threads does not bind root, which therefore becomes nobody; a limit on
  /// memory would starve a sanitizer too.
  @Test func refusedThreadsAreCountedAndDoneWithout() async {
    await #expect(processExitsWith: .success) {
      if getuid() == 0, setuid(65_534) != 0 { exit(2) }
      var limit = rlimit(rlim_cur: 20, rlim_max: 20)
      guard setrlimit(__rlimit_resource_t(__RLIMIT_NPROC.rawValue), &limit) == 0 else { exit(2) }
      let crew = Crew(threads: 64)
      let runs = Atomic<Int>(0)
      crew.run(tasks: 1_000) { _, _ in runs.add(1, ordering: .relaxed) }
      exit(crew.missing > 0 && runs.load(ordering: .relaxed) == 1_000 ? 0 : 3)
    }
  }

  /// Who waits for a core must not burn it.
  @Test(arguments: [2, 3, 8])
  func membersSpinOnlyWhereEachHasACore(threads: Int) throws {
    #expect(Crew(threads: threads, cores: threads).spins > 0)
    #expect(Crew(threads: threads, cores: threads + 5).spins > 0)
    for cores in [1, threads - 1] {
      let crew = Crew(threads: threads, cores: cores)
      #expect(crew.spins == 0)
      let runs = Counters(50)
      for _ in 0..<100 { crew.run(tasks: 50) { task, _ in runs.add(1, at: task) } }
      #expect(runs.values == [Int](repeating: 100, count: 50))
      try waitUntil("all members sleep") { crew.sleepers == threads - 1 }
    }
    #expect((Crew(threads: threads).spins > 0) == (threads <= AvailableCores.now.count))
  }

  @Test func aCrewOfNobodyTraps() async {
    await #expect(processExitsWith: .failure) { _ = Crew(threads: 0) }
  }

  @Test(arguments: [1, 2])
  func aRunInsideARunOfTheSameCrewTraps(threads: Int) async {
    await #expect(processExitsWith: .failure) { [threads] in
      let crew = Crew(threads: threads)
      crew.run(tasks: 2) { _, _ in crew.run(tasks: 2) { _, _ in } }
    }
  }
}

/// Numbers that any thread may change; atomic, because the thread sanitizer knows nothing of `Mutex`.
private final class Counters: @unchecked Sendable {
  private let counters: UnsafeMutablePointer<Atomic<Int>>
  private let count: Int

  init(_ count: Int) {
    self.count = count
    counters = .allocate(capacity: count)
    for i in 0..<count { (counters + i).initialize(to: Atomic(0)) }
  }

  deinit {
    counters.deinitialize(count: count)
    counters.deallocate()
  }

  /// Adds to a number and returns the new one.
  @discardableResult
  func add(_ value: Int, at index: Int) -> Int {
    counters[index].add(value, ordering: .relaxed).newValue
  }

  var values: [Int] { (0..<count).map { counters[$0].load(ordering: .relaxed) } }
}

/// Memory that tasks write apart from each other.
private struct Shared: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Int>
  init(_ pointer: UnsafeMutablePointer<Int>) { self.pointer = pointer }
}

private struct Late: Error {
  let description: String
}

/// Looks until the condition holds, with a deadline generous enough for a crowded machine.
private func waitUntil(_ what: String, _ condition: () -> Bool) throws {
  let deadline = ContinuousClock.now + .seconds(60)
  while !condition() {
    guard ContinuousClock.now < deadline else { throw Late(description: "no sign: \(what)") }
    sched_yield()
  }
}
