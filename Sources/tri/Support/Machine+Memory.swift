import Foundation

extension Machine {
  /// Bytes of memory that this process may have, and who says so.
  ///
  /// - Returns: The machine's memory, or the limit of this process's control group or of one above
  ///   it, whichever is least.
  static func memoryLimit() -> (bytes: Int, source: String) {
    let machine = kibibytes("MemTotal", in: "/proc/meminfo") ?? .max
    let group = groupFiles().compactMap { path in
      (try? String(contentsOfFile: path, encoding: .utf8)).flatMap {
        Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
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

  /// Files that may hold a memory limit of this process's control group and of those above it.
  private static func groupFiles() -> [String] {
    let text = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").flatMap { line -> [String] in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let isSecond = fields[0] == "0"
      guard isSecond || fields[1].split(separator: ",").contains("memory") else { return [] }
      let (root, name) =
        isSecond
        ? ("/sys/fs/cgroup", "memory.max")
        : ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")
      var path = String(fields[2])
      var files = ["\(root)/\(name)"]
      while path.count > 1 {
        files.append("\(root)\(path)/\(name)")
        path = (path as NSString).deletingLastPathComponent
      }
      return files
    }
  }
}
