import Foundation
import Kernels
import Synchronization
import Testing

@Suite struct CoreSetTests {
  @Test(arguments: [
    ("0", [0]), ("0,1", [0, 1]), ("4-7", [4, 5, 6, 7]), ("3,0-1,3,9-9", [0, 1, 3, 9]),
    ("65535", [65_535]),
  ])
  func listsAreRead(text: String, numbers: [Int]) throws {
    let set = try #require(CoreSet(parsing: text))
    #expect(set.numbers == numbers)
    #expect(CoreSet(parsing: set.description) == set)
  }

  @Test(arguments: [
    "", ",", "0,", "a", "-1", "1-", "2-1", "1-2-3", "0 1", "65536", "0-99999999999",
  ])
  func otherTextsAreNoList(text: String) { #expect(CoreSet(parsing: text) == nil) }

  @Test(arguments: 1...9, 1...9)
  func sharesAreDisjointEqualAndWithin(cores: Int, count: Int) throws {
    guard count <= cores else { return }
    let set = CoreSet((0..<cores).map { 3 * $0 + 1 })
    let shares = set.shares(count)
    #expect(shares.count == count)
    #expect(shares.allSatisfy { $0.numbers.count == cores / count })
    let all = shares.flatMap(\.numbers)
    #expect(Set(all).count == all.count && Set(all).isSubset(of: set.numbers))
    #expect(shares == set.shares(count), "the same each time")
  }

  @Test func moreSharesThanCoresTrap() async {
    await #expect(processExitsWith: .failure) { _ = CoreSet([0, 1]).shares(3) }
  }

  /// In a process of its own, lest other tests are bound as well.
  @Test func aBoundThreadAndThoseItStartsCountItsCoresAlone() async {
    await #expect(processExitsWith: .success) {
      let all = CoreSet.ofThread
      let last = CoreSet(all.numbers.suffix(1))
      guard last.bindThread(), CoreSet.ofThread == last, AvailableCores.now.count == 1 else {
        exit(2)
      }
      guard all.numbers.count == 1 || AvailableCores.now.source == .affinity else { exit(3) }
      let crew = Crew(threads: 2)
      guard crew.spins == 0 else { exit(4) }
      let begun = Atomic<Int>(0)
      let bound = Atomic<Int>(0)
      // Each task waits for the other, so that both members have one.
      crew.run(tasks: 2) { _, _ in
        begun.add(1, ordering: .relaxed)
        while begun.load(ordering: .relaxed) < 2 { sched_yield() }
        if CoreSet.ofThread == last { bound.add(1, ordering: .relaxed) }
      }
      guard bound.load(ordering: .relaxed) == 2 else { exit(5) }
      // No machine has this one, and the mask stays what it was.
      guard !CoreSet([65_535]).bindThread(), CoreSet.ofThread == last else { exit(6) }
      exit(0)
    }
  }
}
