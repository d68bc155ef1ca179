internal import Glibc

/// One block of zeroed floats, aligned to 64 bytes and on huge pages where the system allows it.
///
/// Everything an engine needs is cut from arenas before the first step; nothing is allocated after.
public final class FloatArena: @unchecked Sendable {
  /// First element.
  public let base: UnsafeMutablePointer<Float>
  /// Elements.
  public let count: Int
  private let bytes: Int

  /// Reserves `count` zeroed floats.
  ///
  /// - Throws: ``AllocationError`` when the system refuses the memory.
  public init(count: Int) throws(AllocationError) {
    let page = 1 << 21
    let wanted = max(count, 1) * MemoryLayout<Float>.stride
    bytes = (wanted + page - 1) / page * page
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0),
      memory != MAP_FAILED
    else { throw AllocationError(bytes: bytes) }
    // Advice only: without huge pages the arena is slower, not wrong.
    _ = madvise(memory, bytes, 14 /* MADV_HUGEPAGE */)
    base = memory.bindMemory(to: Float.self, capacity: bytes / MemoryLayout<Float>.stride)
    self.count = count
  }

  deinit { munmap(base, bytes) }

  /// Sets every element to zero.
  public func clear() { base.update(repeating: 0, count: count) }

  /// The elements as a buffer.
  public var buffer: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }
}

/// The system refused an arena's memory.
public struct AllocationError: Error, Sendable {
  /// What was asked for.
  public let bytes: Int

  public init(bytes: Int) { self.bytes = bytes }
}

/// Hands out consecutive aligned pieces of an arena that is reserved once all are known.
public struct ArenaPlan {
  /// Elements planned so far.
  public private(set) var count = 0

  public init() {}

  /// Plans `elements` floats and returns their offset, a multiple of 16.
  public mutating func place(_ elements: Int) -> Int {
    let offset = count
    count += (elements + 15) / 16 * 16
    return offset
  }
}
