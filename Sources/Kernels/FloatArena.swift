internal import Glibc
internal import Synchronization

/// One block of zeroed floats, aligned to 64 bytes and on huge pages where that pays and is allowed.
///
/// Everything an engine needs is cut from arenas before the first step; nothing is allocated after.
/// Every page is touched at once, so what an arena reserves is resident from then on, and a run that
/// started does not fail for memory later.
public final class FloatArena: @unchecked Sendable {
  /// First element.
  public let base: UnsafeMutablePointer<Float>
  /// Elements.
  public let count: Int
  /// What it takes from the system.
  public let bytes: Int
  /// Whether there is memory behind ``base``: not where an ``ArenaTally`` only counts.
  public let isReserved: Bool

  /// Reserves `count` zeroed floats, or, inside ``ArenaTally/counting(_:)``, counts them.
  ///
  /// - Throws: ``AllocationError`` when the system refuses the memory.
  public init(count: Int) throws(AllocationError) {
    bytes = Self.bytes(for: count)
    self.count = count
    if let tally = ArenaTally.current {
      tally.add(bytes)
      isReserved = false
      base = Self.nowhere
      return
    }
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0),
      memory != MAP_FAILED
    else { throw AllocationError(bytes: bytes) }
    if bytes >= Self.hugePage {
      // Advice only: without huge pages the arena is slower, not wrong.
      _ = madvise(memory, bytes, 14 /* MADV_HUGEPAGE */)
    }
    for offset in stride(from: 0, to: bytes, by: Self.page) {
      memory.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
    }
    isReserved = true
    Self.held.add(bytes, ordering: .relaxed)
    base = memory.bindMemory(to: Float.self, capacity: bytes / MemoryLayout<Float>.stride)
  }

  deinit {
    guard isReserved else { return }
    munmap(base, bytes)
    Self.held.subtract(bytes, ordering: .relaxed)
  }

  /// Bytes that all arenas of this process hold.
  package static var reservedBytes: Int { held.load(ordering: .relaxed) }
  private static let held = Atomic<Int>(0)

  /// Sets every element to zero.
  public func clear() { base.update(repeating: 0, count: count) }

  /// The elements as a buffer.
  public var buffer: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: base, count: count)
  }

  /// Makes the arena one of 32-bit integers, each set to `value`.
  public func integers(repeating value: Int32) -> UnsafeMutableBufferPointer<Int32> {
    let integers = UnsafeMutableRawPointer(base).bindMemory(to: Int32.self, capacity: count)
    if isReserved { integers.update(repeating: value, count: count) }
    return UnsafeMutableBufferPointer(start: integers, count: count)
  }

  /// What an arena of `count` floats takes from the system; `Int.max` when it is more than that.
  ///
  /// Whole huge pages from half of one on, whole pages below: a smaller arena gains nothing from
  /// one, and should not cost one.
  private static func bytes(for count: Int) -> Int {
    let (wanted, overflows) = max(count, 1).multipliedReportingOverflow(
      by: MemoryLayout<Float>.stride)
    let unit = wanted >= hugePage / 2 ? hugePage : page
    if overflows || wanted > Int.max - unit { return .max }
    return (wanted + unit - 1) / unit * unit
  }

  private static let hugePage = 1 << 21
  private static let page = sysconf(Int32(_SC_PAGESIZE))
  /// Aligned as arenas are; nothing may be read or written there.
  private static var nowhere: UnsafeMutablePointer<Float> {
    UnsafeMutablePointer(bitPattern: 64).unsafelyUnwrapped
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
