import Foundation
import Testing

/// A folder of its own for a test: working directory, corpora and what the runs print.
///
/// The runs see only the environment that is listed here.
final class Scratch {
  let folder: String
  let logs: String

  /// Flags of a model so small that a step takes well under a millisecond.
  static let tinyModel = [
    "--hidden", "16", "--heads", "2", "--attn-layers", "1", "--mlp", "32", "--context", "16",
    "--batch", "4", "--shards", "2", "--ngram-rows", "64", "--ngram-width", "4",
  ]

  init() throws {
    let base = FileManager.default.temporaryDirectory.appendingPathComponent(
      "igla-tri-\(UUID().uuidString)"
    ).path
    (folder, logs) = (base + "/work", base + "/logs")
    for path in [folder, logs] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: (folder as NSString).deletingLastPathComponent)
  }

  var environment: [String: String] {
    let inherited = ProcessInfo.processInfo.environment
    var environment = ["HOME": folder, "PATH": "/usr/bin:/bin", "IGLA_DATA": "corpora"]
    for name in ["IGLA_DATA_MIRROR", "IGLA_CPU", "LD_LIBRARY_PATH"] {
      environment[name] = inherited[name]
    }
    return environment
  }

  func path(_ name: String) -> String { name.hasPrefix("/") ? name : "\(folder)/\(name)" }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  func read(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path(name)))
  }

  func text(_ name: String) throws -> String { String(decoding: try read(name), as: UTF8.self) }

  func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

  func write(_ data: Data, to name: String) throws {
    try data.write(to: URL(fileURLWithPath: path(name)))
  }

  func copy(_ from: String, to: String) throws {
    try FileManager.default.copyItem(atPath: path(from), toPath: path(to))
  }

  /// Names in a folder, sorted; none if there is no such folder.
  func names(in name: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path(name))) ?? []).sorted()
  }

  /// Every file below a folder, as paths relative to it.
  func files(below name: String) -> [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: path(name))) ?? []).filter {
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path("\(name)/\($0)"), isDirectory: &isFolder)
      return !isFolder.boolValue
    }.sorted()
  }

  /// Flips one bit of a byte; a negative offset counts from the end.
  func flipBit(of name: String, at offset: Int) throws {
    var data = try read(name)
    data[offset < 0 ? data.count + offset : offset] ^= 1
    try write(data, to: name)
  }

  // MARK: Runs

  /// Starts `tri`.
  func start(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Run {
    try Run(arguments, in: self, environment)
  }

  /// Runs `tri` to its end.
  func tri(_ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
    try await start(arguments, environment).finish()
  }

  /// Runs `tri` to its end.
  func tri(_ arguments: [String], environment: [String: String] = [:]) async throws -> Outcome {
    try await start(arguments, environment).finish()
  }

  /// The arguments of a tiny training run on the generated corpus.
  static func train(_ folder: String, steps: Int = 20, _ more: String...) -> [String] {
    ["train", "--corpus", "markov", "--steps", "\(steps)", "--checkpoint-dir", folder] + tinyModel
      + more
  }
}

/// Expects a failure as all commands word it: the code, one line, a remedy.
func expectFailure(
  _ outcome: Outcome, _ code: Int32, _ parts: String...,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let errors = outcome.errors
  #expect(outcome.code == code, "\(errors)", sourceLocation: sourceLocation)
  let lines = errors.split(separator: "\n").filter { $0.hasPrefix("error: ") }
  #expect(lines.count == 1, "one error line: \(errors)", sourceLocation: sourceLocation)
  #expect(errors.contains("\n hint: "), "a remedy: \(errors)", sourceLocation: sourceLocation)
  for part in parts {
    #expect(errors.contains(part), "'\(part)' in: \(errors)", sourceLocation: sourceLocation)
  }
}
