internal import CKernels
internal import Glibc

/// Cores by their numbers, as in an affinity mask.
public struct CoreSet: Sendable, Hashable, CustomStringConvertible {
  /// Rising, without repetition.
  public let numbers: [Int]

  public init(_ numbers: some Sequence<Int>) { self.numbers = Set(numbers).sorted() }

  /// Reads a list like `0,2,4-7`.
  ///
  /// - Returns: nil when the text is no such list, or an empty one.
  public init?(parsing text: String) {
    var numbers: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends[0], let last = ends.count == 1 ? first : ends[1], ends.count <= 2,
        first >= 0, first <= last, last < Self.limit
      else { return nil }
      numbers += first...last
    }
    self.init(numbers)
  }

  /// As ``init(parsing:)`` reads it, without ranges.
  public var description: String { numbers.map(String.init).joined(separator: ",") }

  /// The cores on which the calling thread may run.
  public static var ofThread: CoreSet {
    let count = Int(ckernels_affinity(nil, 0))
    // A system that does not say does not bind either.
    guard count > 0 else { return CoreSet(0..<online) }
    var numbers = [Int32](repeating: 0, count: count)
    let found = Int(ckernels_affinity(&numbers, Int32(count)))
    return CoreSet(numbers.prefix(found).map(Int.init))
  }

  /// Binds the calling thread, and every thread that it starts from then on, to these cores.
  ///
  /// - Returns: Whether the system did it; it refuses when none of them may be used.
  public func bindThread() -> Bool {
    let numbers = numbers.map(Int32.init)
    return ckernels_set_affinity(numbers, Int32(numbers.count)) == 0
  }

  /// Deals the cores into equal sets of neighbours; those that are left over are in none.
  ///
  /// - Precondition: `count` is positive and at most the number of cores.
  public func shares(_ count: Int) -> [CoreSet] {
    precondition(
      (1...max(1, numbers.count)).contains(count),
      "[shares] \(count) shares of \(numbers.count) cores, expected at least a core each")
    let size = numbers.count / count
    return (0..<count).map { CoreSet(numbers[$0 * size..<($0 + 1) * size]) }
  }

  /// Cores that the machine has switched on.
  static var online: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// One more than the largest number that is read; Linux has fewer cores.
  private static let limit = 1 << 16
}
