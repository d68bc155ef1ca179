import Foundation
import Kernels

extension Machine {
  /// Bytes of memory that this process may have, and who says so.
  ///
  /// - Returns: The machine's memory, or the limit of this process's control group or of one above
  ///   it, whichever is least.
  static func memoryLimit() -> (bytes: Int, source: String) {
    let machine = kibibytes("MemTotal", in: "/proc/meminfo") ?? .max
    let group = ControlGroup.folders(of: "memory").compactMap { folder in
      folder.read(folder.isUnified ? "memory.max" : "memory.limit_in_bytes").flatMap { Int($0) }
    }.min()
    if let group, group < machine { return (group, "the control group") }
    return (machine, "the machine")
  }

  /// Bytes of this process that are in memory now, and the most that ever were.
  static var residentBytes: Int { kibibytes("VmRSS", in: "/proc/self/status") ?? 0 }
  static var peakResidentBytes: Int? { kibibytes("VmHWM", in: "/proc/self/status") }

  /// The value of a line `key: value kB` in bytes.
  private static func kibibytes(_ key: String, in path: String) -> Int? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(key + ":") {
      return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
        .map { $0 * 1_024 }
    }
    return nil
  }
}
