import Foundation

/// A program that ended otherwise than with exit code 0.
struct ProgramFailure: Error, CustomStringConvertible {
  let description: String
}

/// Runs a program found by PATH.
///
/// - Parameters:
///   - arguments: The program and its arguments.
///   - folder: Where it runs; here, if not given.
///   - input: Its standard input; nothing, if not given.
/// - Returns: What it printed.
/// - Throws: ``ProgramFailure``, which has its stderr.
func run(_ arguments: [String], in folder: URL? = nil, input: String? = nil) throws -> String {
  let scratch = FileManager.default.temporaryDirectory.appending(
    path: "goldenfloat-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: scratch) }
  // Files rather than pipes: nobody has to read one while another fills.
  let files = ["in", "out", "err"].map { scratch.appending(path: $0) }
  try Data((input ?? "").utf8).write(to: files[0])
  for file in files.dropFirst() { try Data().write(to: file) }
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = arguments
  if let folder { process.currentDirectoryURL = folder }
  process.standardInput = try FileHandle(forReadingFrom: files[0])
  process.standardOutput = try FileHandle(forWritingTo: files[1])
  process.standardError = try FileHandle(forWritingTo: files[2])
  try process.run()
  process.waitUntilExit()
  let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
  guard process.terminationReason == .exit, process.terminationStatus == 0 else {
    throw ProgramFailure(
      description: "\(arguments): \(texts[1].suffix(3_000)) \(texts[2].suffix(3_000))")
  }
  return texts[1]
}
