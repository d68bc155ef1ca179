import Testing
import Training

@Suite struct BatchSamplerTests {
  static let sizes: [(count: Int, length: Int)] = [
    (4, 1), (100, 1), (12, 5), (13, 5), (17, 5), (1_000, 7), (1_023, 64), (1_153, 64), (130, 64),
  ]

  @Test(arguments: sizes)
  func eachEpochCutsTheTextIntoWindowsReadOnce(size: (count: Int, length: Int)) {
    var sampler = BatchSampler(seed: 9, count: size.count, length: size.length)
    #expect(sampler.windows >= 1)
    var phases = Set<Int>()
    for epoch in 0..<50 {
      let starts = (0..<sampler.windows).map { sampler.start(of: epoch * sampler.windows + $0) }
        .sorted()
      phases.insert(starts[0])
      #expect(starts[0] < size.length)
      for (a, b) in zip(starts, starts.dropFirst()) { #expect(b - a == size.length) }
      // The last target lies in the text, and less than two windows are left over at the end.
      let end = starts[starts.count - 1] + size.length + 1
      #expect(starts[0] >= 0 && end <= size.count)
      #expect(size.count - end < 2 * size.length)
    }
    // The phase varies wherever it can.
    #expect(phases.count > min(2, size.length - 1))
  }

  @Test func aWindowIsAPureFunctionOfItsNumber() {
    var sequential = BatchSampler(seed: 3, count: 2_000, length: 16)
    let starts = (0..<1_000).map { sequential.start(of: $0) }
    var random = BatchSampler(seed: 3, count: 2_000, length: 16)
    for g in [999, 0, 500, 123, 124, 999, 122, 1, 0, 700] {
      #expect(random.start(of: g) == starts[g])
      var fresh = BatchSampler(seed: 3, count: 2_000, length: 16)
      #expect(fresh.start(of: g) == starts[g])
    }
  }

  @Test func seedsAndEpochsGiveDifferentOrders() {
    var orders = Set<[Int]>()
    for seed in 0..<5 as Range<UInt64> {
      var sampler = BatchSampler(seed: seed, count: 3_000, length: 16)
      for epoch in 0..<3 {
        let starts = (0..<sampler.windows).map { sampler.start(of: epoch * sampler.windows + $0) }
        orders.insert(starts.map { $0 / 16 })
        // Of 186 places in a random order, one neighbour in 186 is the next; a cursor has 185.
        let next = zip(starts, starts.dropFirst()).count { $1 - $0 == 16 }
        #expect(next < 10)
      }
    }
    #expect(orders.count == 15)
  }

  @Test func everyWindowComesFirstEquallyOften() {
    // In 600 epochs of 6 windows each comes first about 100 times; 50 is 5.5 deviations off.
    var sampler = BatchSampler(seed: 1, count: 71, length: 10)
    #expect(sampler.windows == 6)
    var first = [Int](repeating: 0, count: 6)
    for epoch in 0..<600 { first[sampler.start(of: epoch * 6) / 10] += 1 }
    #expect(first.allSatisfy { $0 > 50 && $0 < 150 }, "\(first)")
  }

  @Test func aTextTooShortTraps() async {
    await #expect(processExitsWith: .failure) {
      _ = BatchSampler(seed: 1, count: 11, length: 5)
    }
  }
}
