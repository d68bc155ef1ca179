/// Counts arenas instead of reserving them, by the very code that reserves them.
///
/// An engine made inside ``counting(_:)`` has all its sizes and no memory: it must be asked for
/// nothing and let go.
public final class ArenaTally: @unchecked Sendable {
  /// Arenas of one purpose.
  public struct Part: Sendable, Hashable {
    public let name: String
    /// Sum over the arenas, each rounded to what the system gives; `Int.max` when it is more.
    public fileprivate(set) var bytes: Int
  }

  /// The parts in the order in which they were first named.
  public private(set) var parts: [Part] = []
  private var index = 0

  /// The tally of the present call of ``counting(_:)``.
  @TaskLocal static var current: ArenaTally?

  /// Whether arenas are being counted.
  public static var isCounting: Bool { current != nil }

  private init() {}

  /// Runs `body` and returns what the arenas that it made would have reserved.
  public static func counting(_ body: () throws -> Void) rethrows -> [Part] {
    let tally = ArenaTally()
    try $current.withValue(tally) { try body() }
    return tally.parts
  }

  /// Says what the arenas made from here on are for; of no effect outside ``counting(_:)``.
  public static func begin(_ name: String) {
    guard let tally = current else { return }
    if let index = tally.parts.firstIndex(where: { $0.name == name }) {
      tally.index = index
    } else {
      tally.index = tally.parts.count
      tally.parts.append(Part(name: name, bytes: 0))
    }
  }

  func add(_ bytes: Int) {
    if parts.isEmpty { parts.append(Part(name: "arenas", bytes: 0)) }
    let (sum, overflows) = parts[index].bytes.addingReportingOverflow(bytes)
    parts[index].bytes = overflows ? .max : sum
  }
}
