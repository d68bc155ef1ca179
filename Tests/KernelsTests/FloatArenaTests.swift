import Foundation
import Kernels
import Testing

@Suite struct FloatArenaTests {
  @Test(arguments: [0, 1, 15, 1_000, 524_288, 524_289])
  func anArenaIsZeroedAndAligned(count: Int) throws {
    let arena = try FloatArena(count: count)
    #expect(arena.count == count)
    #expect(arena.buffer.count == count)
    #expect(Int(bitPattern: arena.base) % 64 == 0)
    #expect(arena.buffer.allSatisfy { $0.bitPattern == 0 })
  }

  /// Every page is in memory before anything is written, whether or not on huge pages.
  @Test(arguments: [1, 2_000, 262_143, 262_144, 2_000_000])
  func anArenaIsInMemoryAtOnce(count: Int) throws {
    let arena = try FloatArena(count: count)
    #expect(arena.bytes >= 4 * count && arena.isReserved)
    let page = sysconf(Int32(_SC_PAGESIZE))
    var pages = [UInt8](repeating: 0, count: arena.bytes / page)
    try #require(mincore(arena.base, arena.bytes, &pages) == 0)
    #expect(pages.allSatisfy { $0 & 1 == 1 })
  }

  @Test func integersShareTheMemory() throws {
    let arena = try FloatArena(count: 1_000)
    let integers = arena.integers(repeating: -7)
    #expect(integers.count == 1_000 && integers.allSatisfy { $0 == -7 })
  }

  @Test func clearingZeroesWhatWasWritten() throws {
    let arena = try FloatArena(count: 1_001)
    for i in 0..<1_001 { arena.base[i] = Float(i) - 3 }
    #expect(arena.buffer[1_000] == 997)
    arena.clear()
    #expect(arena.buffer.allSatisfy { $0 == 0 })
  }

  @Test func memoryThatNoMachineHasIsRefusedWithItsSize() {
    let error = #expect(throws: AllocationError.self) { try FloatArena(count: 1 << 56) }
    #expect((error?.bytes ?? 0) >= 1 << 58)
  }

  @Test func plannedPiecesAreAlignedAndApart() {
    var plan = ArenaPlan()
    var end = 0
    for size in [1, 16, 17, 0, 5, 1_000] {
      let offset = plan.place(size)
      #expect(offset % 16 == 0)
      #expect(offset >= end)
      end = offset + size
    }
    #expect(plan.count >= end)
  }
}
