import Foundation
import Invariants
import ProofManifest
import Race

/// Looks for evidence of the laws in this program, a checkout and a store.
struct LawCheck {
  /// A store and what is beside it.
  struct Records {
    let store: any RaceStore
    let race: RaceRecord
    /// Folder of the experience log.
    let experience: String
    let isShared: Bool
  }

  let checkout: Checkout?
  let records: Records?

  /// Every law's evidence, by number.
  func findings() throws -> [LawFinding] { try Law.allCases.map(finding) }

  private func finding(_ law: Law) throws -> LawFinding {
    var finding = LawFinding(law)
    switch law {
    case .swiftOnly: try swiftOnly(&finding)
    case .workerCount: workerCount(&finding)
    case .records: try keptRecords(&finding)
    case .tests: tests(&finding)
    case .style: try style(&finding)
    case .interruption: try interruption(&finding)
    case .statementTime: try statementTime(&finding)
    case .scoreLine: scoreLine(&finding)
    case .narrowGF16: try narrowGF16(&finding)
    case .hiddenSpanRung: try hiddenSpanRung(&finding)
    case .entropyBand: try entropyBand(&finding)
    case .mainBranch: try mainBranch(&finding)
    case .identity: try identity(&finding)
    case .proofs: proofs(&finding)
    }
    if finding.evidence.isEmpty {
      finding.add(.checkout, .unknown, "no checkout here: run this in a clone of the project")
    }
    return finding
  }

  /// The trials of the race's store, in pages, so that a race of any length fits into memory.
  func forEachTrial(_ body: (Trial) throws -> Void) throws {
    guard let records else { return }
    var offset = 0
    while true {
      let page = try records.store.trials(limit: 1_000, offset: offset)
      if page.isEmpty { return }
      try page.forEach(body)
      offset += page.count
    }
  }

  /// Names the first few of many.
  static func list(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ")
      + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }
}
