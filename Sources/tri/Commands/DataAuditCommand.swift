import ArgumentParser
import Corpora
import Foundation

/// `tri data audit`.
struct DataAuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Look for held-out text in training text.",
    discussion: """
      Counts the held-out windows that occur in training text: runs of 8 and of 13 words \
      (separated by whitespace, case folded) and runs of 64 bytes, at every position. Matches \
      are compared in full, so a count has no false alarm. For a corpus, validation is compared \
      with train, and test with train and with train + validation; its ranges must be in order, \
      disjoint and cover the file. Test is compared by hash: nothing is scored, no text of it is \
      shown.

      Limits: 'strict' allows 0.1 % of 8-word runs and nothing else; 'repetitive', for texts \
      that quote themselves, such as scripture, allows 2 %, 0.5 %, 0.5 % and no run over 256 \
      bytes. A corpus has its own; --limits sets those of a pair of files.

      Exit code: 0 passed, 65 a limit was exceeded.

      EXAMPLES:
        tri data audit                                     tiny_shakespeare
        tri data audit kjv --json
        tri data audit --train train.txt --held-out validation.txt
      """)

  @Argument(help: "A corpus, as tri data list has it. Default: tiny_shakespeare.")
  var name: String?

  @Option(
    name: .long,
    help: ArgumentHelp("A text that is trained on; may be repeated.", valueName: "file"))
  var train: [String] = []

  @Option(
    name: .long, help: ArgumentHelp("A text that is scored on.", valueName: "file"))
  var heldOut: String?

  @Option(name: .long, help: "Limits for a pair of files: strict or repetitive.")
  var limits: RepetitionLevel = .strict

  @Flag(name: .long, help: "Use no network.")
  var offline = false

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func validate() throws {
    guard (heldOut == nil) == train.isEmpty else {
      throw ValidationError("--train and --held-out go together.")
    }
    guard name == nil || heldOut == nil else {
      throw ValidationError("Give a corpus, or --train and --held-out, not both.")
    }
  }

  func run() throws {
    let report = try makeReport()
    print(json ? try DataJSON.text(report) : AuditText.text(of: report))
    guard !report.passed else { return }
    throw CorpusError(
      .badData, "held-out text of \(report.subject) leaks into training text",
      hint: "cut the shared passages from one side; a score on this split means nothing")
  }

  private func makeReport() throws -> LeakAuditReport {
    if let heldOut {
      return try LeakAudit.audit(
        heldOut: (heldOut, TextFile.read(heldOut)),
        training: train.map { ($0, try TextFile.read($0)) }, limits: limits.limits)
    }
    let cache = try CorpusCache(environment: ProcessInfo.processInfo.environment)
    let wanted = try CorpusCatalog.manifest(named: name ?? CorpusCatalog.tinyShakespeare.name)
    var progress = FetchProgress(name: wanted.name)
    defer { progress.finish() }
    let corpus = try cache.fetch(wanted, options: FetchOptions(offline: offline)) {
      if case .alreadyCached = $0 { return }
      progress.show($0)
    }
    return LeakAudit.audit(corpus)
  }
}
