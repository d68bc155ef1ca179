internal import Foundation
internal import Glibc

/// Processor time of a PostgreSQL server on this machine: of its main process, of all that it started,
/// and of those that have ended.
///
/// Read from `/proc`, to the system's tick, usually 10 ms.
public struct ServerTime: Sendable {
  private let main: Int

  /// Finds the server of which `process` serves a connection; `nil` where that is no process of a
  /// PostgreSQL server that can be seen here.
  public init?(servedBy process: Int) {
    guard let fields = Self.status(process), fields.name.hasPrefix("postgres"),
      let parent = Self.status(fields.parent), parent.name.hasPrefix("postgres")
    else { return nil }
    main = fields.parent
  }

  /// Microseconds so far; `nil` once the server is gone.
  public var microseconds: Int? {
    while true {
      guard let before = Self.status(main) else { return nil }
      let processes =
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [])
        .compactMap { Int($0) }
      let children = processes.compactMap(Self.status).filter { $0.parent == main }
      guard let after = Self.status(main) else { return nil }
      // One that ended in between would be counted twice, or not at all.
      if before.ended != after.ended { continue }
      let ticks = children.reduce(after.own + after.ended) { $0 + $1.own }
      return ticks * 1_000_000 / max(1, sysconf(Int32(_SC_CLK_TCK)))
    }
  }

  private struct Status {
    var name: String
    var parent: Int
    /// Ticks of the process itself, and of its children that have ended and were waited for.
    var own: Int
    var ended: Int
  }

  /// Reads `/proc/PID/stat`; the name, in parentheses, may hold anything.
  private static func status(_ process: Int) -> Status? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close
    else { return nil }
    let name = String(text[text.index(after: open)..<close])
    // The state is the third field of proc(5), the parent the fourth, the times 14 to 17.
    let fields = text[text.index(after: close)...].split(separator: " ")
    let numbers = fields.map { Int($0) }
    guard fields.count > 14, let parent = numbers[1], let user = numbers[11],
      let system = numbers[12], let endedUser = numbers[13], let endedSystem = numbers[14]
    else { return nil }
    return Status(
      name: name, parent: parent, own: user + system, ended: endedUser + endedSystem)
  }
}
