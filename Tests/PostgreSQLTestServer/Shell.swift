import Foundation

/// Commands of the system.
package enum Shell {
  /// Runs a command; its output is part of the error when it fails.
  @discardableResult
  package static func run(_ command: String) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self)
    guard process.terminationStatus == 0 else {
      throw Missing("'\(command)' failed: \(text.suffix(1_000))", "see its message")
    }
    return text
  }

  /// The command as the user that may run a server, which root may not.
  package static func asServer(_ command: String) -> String {
    let plain = command.hasPrefix("exec ") ? String(command.dropFirst(5)) : command
    let prefix = command.hasPrefix("exec ") ? "exec " : ""
    guard getuid() == 0 else { return command }
    return prefix + "setpriv --reuid=postgres --regid=postgres --clear-groups " + plain
  }
}
