import ArgumentParser
import Foundation
import ProofManifest
import Race

/// The group `tri laws`.
struct LawsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "laws",
    abstract: "Check the laws of the race against this program, a checkout and a store.",
    subcommands: [LawsCheckCommand.self])
}

/// `tri laws check`.
struct LawsCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Show the evidence for each of L-R1 to L-R14, or the breach.",
    discussion: """
      Three places are looked at: this program, whose rules are asked at their edges; the checkout \
      around the working folder, if there is one; and the race of the store, if there is one, all \
      of whose trials, results, workers and events are read. A law that nothing here can tell of \
      is 'unknown', with what would tell.

      L-R4 (tests) reads what the last 'make test' left in .build/test-record.txt; it counts only \
      for the very commit that was tested, without changes.

      Exit codes: 0 no law is broken, 65 one is, 66 the store that --store names is not there.

      EXAMPLES:
        tri laws check
        tri laws check --store sqlite:.trinity/race.db --json
      """)

  @OptionGroup var place: StoreArguments

  func run() throws {
    let folder = FileManager.default.currentDirectoryPath
    let location = try StoreOption.resolve(place.store)
    // A store that was asked for has to be there; the standard one may not be.
    let store = try place.store == nil ? location.openExisting() : location.open()
    let records = try store.flatMap { store in
      try store.activeRace().map {
        LawCheck.Records(
          store: store, race: $0, experience: ExperienceLog(store: location.path).folder,
          isShared: location.isShared)
      }
    }
    Console.progress("asking the formatter, the proofs and the store")
    let findings = try LawCheck(checkout: Checkout.above(folder), records: records).findings()
    Console.endProgress()
    if place.json {
      try Console.json(findings)
    } else {
      for finding in findings { try Console.result(Self.text(finding)) }
    }
    let broken = findings.filter { $0.verdict == .breach }.map(\.law)
    if !broken.isEmpty {
      throw Failure(
        65, "\(broken.joined(separator: ", ")) \(broken.count == 1 ? "is" : "are") broken",
        hint: "the lines marked BREACH say where")
    }
  }

  /// A law and its evidence, a line each.
  private static func text(_ finding: LawFinding) -> String {
    func word(_ verdict: LawFinding.Verdict) -> String {
      switch verdict {
      case .holds: "holds"
      case .breach: "BREACH"
      case .unknown: "unknown"
      }
    }
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    let head =
      "\(padded(finding.law, 6)) \(padded(word(finding.verdict), 8)) \(finding.text)"
    let lines = finding.evidence.map {
      "         \($0.verdict == .holds ? "" : word($0.verdict) + ": ")\($0.place.rawValue): \($0.text)"
    }
    return ([head] + lines).joined(separator: "\n")
  }
}
