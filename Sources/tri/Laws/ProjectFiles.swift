import Foundation
import ProofManifest

/// The files of a checkout that are the project's.
enum ProjectFiles {
  /// Paths of the files that are tracked, or new and not ignored; all but hidden ones where Git is not
  /// there or refuses the folder, as it does one of another user.
  static func paths(in root: URL) throws -> [String] {
    if FileManager.default.fileExists(atPath: root.appending(path: ".git").path),
      Tool.path(of: "git") != nil
    {
      let run = try Tool.run("git", ["ls-files", "-co", "--exclude-standard", "-z"], in: root)
      if run.status == 0 { return run.output.split(separator: "\0").map(String.init).sorted() }
    }
    var paths: [String] = []
    let all = FileManager.default.enumerator(
      at: root, includingPropertiesForKeys: [.isRegularFileKey], options: .skipsHiddenFiles)
    for case let file as URL in all ?? .init()
    where try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
      paths.append(String(file.path.dropFirst(root.path.count + 1)))
    }
    return paths.sorted()
  }

  /// What `git describe --always --dirty` says of a checkout, as `make test` asks it; nil where it
  /// has no clean commit.
  static func state(of root: URL) -> String? {
    guard Tool.path(of: "git") != nil,
      let run = try? Tool.run("git", ["describe", "--always", "--dirty", "--abbrev=12"], in: root),
      run.status == 0
    else { return nil }
    let state = run.output.filter { !$0.isNewline }
    return state.hasSuffix("-dirty") ? nil : state
  }

  /// The branch that a checkout is on; nil without Git, or between branches.
  static func branch(of root: URL) -> String? {
    guard Tool.path(of: "git") != nil,
      let run = try? Tool.run("git", ["symbolic-ref", "--short", "-q", "HEAD"], in: root),
      run.status == 0
    else { return nil }
    return run.output.filter { !$0.isNewline }
  }

  /// The formatter's complaints; nil where there is no Swift toolchain.
  static func lint(_ root: URL) throws -> [String]? {
    guard Tool.path(of: "swift") != nil else { return nil }
    let run = try Tool.run(
      "swift",
      ["format", "lint", "--strict", "--parallel", "-r", "Sources", "Tests", "Package.swift"],
      in: root)
    if run.status == 0 { return [] }
    let lines = (run.output + run.errors).split(separator: "\n").map(String.init)
    return lines.isEmpty ? ["it ended with \(run.status)"] : lines
  }
}
