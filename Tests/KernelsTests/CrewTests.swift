import Kernels
import Synchronization
import Testing

@Suite struct CrewTests {
  @Test(arguments: [1, 2, 4, 7], [0, 1, 2, 3, 8, 100, 1_000])
  func everyTaskRunsExactlyOnce(threads: Int, tasks: Int) {
    let runs = Mutex([Int](repeating: 0, count: tasks))
    let wrongMembers = Atomic<Int>(0)
    Crew(threads: threads).run(tasks: tasks) { task, member in
      if !(0..<threads).contains(member) { wrongMembers.add(1, ordering: .relaxed) }
      runs.withLock { $0[task] += 1 }
    }
    #expect(runs.withLock { $0 } == [Int](repeating: 1, count: tasks))
    #expect(wrongMembers.load(ordering: .relaxed) == 0)
  }

  @Test(arguments: [2, 4, 7])
  func aMemberRunsOneTaskAtATime(threads: Int) {
    let busy = Mutex([Bool](repeating: false, count: threads))
    let collisions = Atomic<Int>(0)
    Crew(threads: threads).run(tasks: 2_000) { _, member in
      busy.withLock {
        if $0[member] { collisions.add(1, ordering: .relaxed) }
        $0[member] = true
      }
      busy.withLock { $0[member] = false }
    }
    #expect(collisions.load(ordering: .relaxed) == 0)
  }

  @Test func aCrewOfNobodyTraps() async {
    await #expect(processExitsWith: .failure) { _ = Crew(threads: 0) }
  }
}
