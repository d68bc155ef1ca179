import Foundation
import Testing

/// What a finished run left.
struct Outcome {
  /// The exit code; 128 and the signal's number when a signal ended it.
  let code: Int32
  let output: Data
  let errors: String

  var text: String { String(decoding: output, as: UTF8.self) }
  var lines: [String] { text.split(separator: "\n").map(String.init) }

  /// stdout as a JSON object.
  func json() throws -> JSONObject { try JSONObject(output) }
}

/// A run of `tri` that may still be going on.
///
/// Its stdout and stderr are files, so that no pipe can fill up and both can be read meanwhile.
final class Run {
  struct Late: Error, CustomStringConvertible {
    let description: String
  }

  let process = Process()
  private let outputPath: String
  private let errorPath: String

  init(
    _ arguments: [String], in scratch: Scratch, _ environment: [String: String],
    input: Pipe? = nil, output: String? = nil, under wrapper: [String] = []
  ) throws {
    let name = UUID().uuidString
    (outputPath, errorPath) = ("\(scratch.logs)/\(name).out", "\(scratch.logs)/\(name).err")
    for path in [outputPath, errorPath] {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    let words = wrapper + [try Program.path()] + arguments
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.environment = scratch.environment.merging(environment) { $1 }
    process.currentDirectoryURL = URL(fileURLWithPath: scratch.folder)
    if let input {
      process.standardInput = input
    } else {
      process.standardInput = FileHandle.nullDevice
    }
    process.standardOutput = try FileHandle(
      forWritingTo: URL(fileURLWithPath: output ?? outputPath))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errorPath))
    try process.run()
  }

  deinit { if process.isRunning { signal(SIGKILL) } }

  var pid: Int32 { process.processIdentifier }

  /// What stderr has so far.
  var errors: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }

  func signal(_ number: Int32) { kill(pid, number) }

  /// Waits for the end; a run that outlives the deadline is killed and fails the test.
  func finish(within seconds: Double = 180) async throws -> Outcome {
    do {
      try await until("the end of \(process.arguments ?? [])", within: seconds) {
        !process.isRunning
      }
    } catch {
      signal(SIGKILL)
      throw Late(description: "\(error)\n\(errors.suffix(2_000))")
    }
    let signalled = process.terminationReason == .uncaughtSignal
    return Outcome(
      code: process.terminationStatus + (signalled ? 128 : 0),
      output: try Data(contentsOf: URL(fileURLWithPath: outputPath)), errors: errors)
  }

  /// Waits until stderr has the text.
  func says(_ text: String, within seconds: Double = 120) async throws {
    try await until("'\(text)' on stderr", within: seconds) {
      errors.contains(text) || !process.isRunning
    }
    try #require(errors.contains(text), "ended without '\(text)': \(errors)")
  }

  /// Processes that this one started and that still run.
  var children: [Int32] {
    Processes.all.filter { $0.parent == pid && $0.state != "Z" }.map(\.pid).sorted()
  }
}

/// Waits for a condition, with a deadline generous enough for a crowded machine.
func until(
  _ what: String, within seconds: Double = 120, _ condition: () throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while try !condition() {
    guard ContinuousClock.now < deadline else {
      throw Run.Late(description: "no sign of \(what) after \(seconds) s")
    }
    try await Task.sleep(for: .milliseconds(10))
  }
}

/// The processes of this machine.
enum Processes {
  struct Entry {
    let pid: Int32
    let state: String
    let parent: Int32
  }

  static var all: [Entry] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.compactMap(entry)
  }

  static func isAlive(_ pid: Int32) -> Bool { entry(pid).map { $0.state != "Z" } ?? false }

  private static func entry(_ pid: Int32) -> Entry? {
    // The name stands in brackets and may hold anything; state and parent come after it.
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 1, let parent = Int32(fields[1]) else { return nil }
    return Entry(pid: pid, state: String(fields[0]), parent: parent)
  }
}
