package import Foundation

/// Another program, run to its end.
package enum Tool {
  package struct Run {
    package var status: Int32
    package var output: String
    package var errors: String

    /// What it complained about, on one line.
    var summary: String {
      let text = (errors + " " + output).split { $0 == "\n" }.joined(separator: " ")
      return text.count > 300 ? String(text.prefix(300)) + "…" : text
    }
  }

  /// Returns the path of a program that PATH has.
  package static func path(of name: String) -> String? {
    let folders = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return folders.split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs a program.
  ///
  /// Files rather than pipes: nobody has to read one while another fills.
  package static func run(
    _ name: String, _ arguments: [String], in folder: URL? = nil, input: String = ""
  ) throws(ProofFailure) -> Run {
    guard let program = name.hasPrefix("/") ? name : path(of: name) else {
      throw ProofFailure(
        .unavailable, "there is no \(name)", hint: "apt-get install \(CoqCompiler.packages)")
    }
    let scratch = FileManager.default.temporaryDirectory.appending(
      path: "igla-tool-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: scratch) }
    do {
      try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
      let files = ["in", "out", "err"].map { scratch.appending(path: $0) }
      try Data(input.utf8).write(to: files[0])
      for file in files.dropFirst() { try Data().write(to: file) }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = arguments
      if let folder { process.currentDirectoryURL = folder }
      process.standardInput = try FileHandle(forReadingFrom: files[0])
      process.standardOutput = try FileHandle(forWritingTo: files[1])
      process.standardError = try FileHandle(forWritingTo: files[2])
      try process.run()
      process.waitUntilExit()
      let texts = try files.dropFirst().map {
        String(decoding: try Data(contentsOf: $0), as: UTF8.self)
      }
      let status = process.terminationReason == .exit ? process.terminationStatus : -1
      return Run(status: status, output: texts[0], errors: texts[1])
    } catch {
      throw ProofFailure(
        .cannotWrite, "cannot run \(name): \(error.localizedDescription)",
        hint: "make room in \(FileManager.default.temporaryDirectory.path)")
    }
  }
}
