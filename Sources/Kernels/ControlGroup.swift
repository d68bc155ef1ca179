internal import Glibc

/// Where the limits of this process's control group, and of those above it, are written.
package enum ControlGroup {
  /// One group's folder.
  package struct Folder: Sendable, Hashable {
    package let path: String
    /// Whether its files are those of version 2.
    package let isUnified: Bool

    /// The text of a file, without white space around it; nil where there is none.
    package func read(_ name: String) -> String? { ControlGroup.read("\(path)/\(name)") }
  }

  /// Folders of this process's groups.
  package static func folders(of controller: String) -> [Folder] {
    folders(of: controller, in: read("/proc/self/cgroup") ?? "")
  }

  /// The folders of a process's group, of those above it, and of the root.
  ///
  /// The root's is always there: a container may see the path that its group has outside, and have
  /// its own group mounted as the root.
  /// - Parameters:
  ///   - controller: `cpu` or `memory`.
  ///   - text: Content of `/proc/PID/cgroup`: lines `hierarchy:controllers:path`, the hierarchy of
  ///     version 2 being 0. Other lines are passed over.
  /// - Returns: The root's first.
  package static func folders(of controller: String, in text: String) -> [Folder] {
    text.split(separator: "\n").flatMap { line -> [Folder] in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let isUnified = fields[0] == "0"
      guard isUnified || fields[1].split(separator: ",").contains(Substring(controller)) else {
        return []
      }
      let root = "/sys/fs/cgroup" + (isUnified ? "" : "/" + controller)
      var folders = [Folder(path: root, isUnified: isUnified)]
      var path = fields[2]
      while let slash = path.lastIndex(of: "/") {
        if path.count > 1 { folders.append(Folder(path: root + path, isUnified: isUnified)) }
        path = path[..<slash]
      }
      return folders
    }
  }

  /// The text of a small file, without white space around it.
  private static func read(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    let text = Substring(decoding: bytes.prefix(count), as: UTF8.self)
    let end = text.lastIndex { !$0.isWhitespace }.map { text.index(after: $0) }
    return String(text[..<(end ?? text.startIndex)].drop(while: \.isWhitespace))
  }
}
