import Kernels
import Testing

@Suite struct ArenaTallyTests {
  @Test func countedArenasReserveNothing() throws {
    var bytes: [Int] = []
    let parts = try ArenaTally.counting {
      for count in [0, 5, 1_024, 1_025, 300_000, 1 << 40, 1 << 40] {
        let arena = try FloatArena(count: count)
        #expect(!arena.isReserved && arena.count == count)
        bytes.append(arena.bytes)
      }
    }
    #expect(bytes == [4_096, 4_096, 4_096, 8_192, 1 << 21, 1 << 42, 1 << 42])
    #expect(parts.map(\.bytes) == [bytes.reduce(0, +)])
    #expect(!ArenaTally.isCounting)
  }

  @Test func partsAddUpInTheOrderOfTheirNames() throws {
    ArenaTally.begin("outside")
    let parts = try ArenaTally.counting {
      for (name, count) in [("b", 1), ("a", 2_000), ("b", 1_000)] {
        ArenaTally.begin(name)
        _ = try FloatArena(count: count)
      }
    }
    #expect(parts.map(\.name) == ["b", "a"])
    #expect(parts.map(\.bytes) == [8_192, 8_192])
  }

  @Test func sumsBeyondTheLargestNumberStayThere() throws {
    let parts = try ArenaTally.counting {
      for _ in 0..<3 { _ = try FloatArena(count: 1 << 60) }
      _ = try FloatArena(count: .max)
    }
    #expect(parts.map(\.bytes) == [.max])
  }

  @Test func anErrorEndsTheCount() {
    struct Stop: Error {}
    #expect(throws: Stop.self) { try ArenaTally.counting { throw Stop() } }
    #expect(!ArenaTally.isCounting)
  }
}
