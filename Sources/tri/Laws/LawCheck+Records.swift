import Foundation
import Invariants
import ProofManifest
import Race

/// The laws about records: L-R3, L-R12, L-R13.
extension LawCheck {
  /// L-R3: each result of this machine's workers has its line in the log.
  func keptRecords(_ finding: inout LawFinding) throws {
    guard let records else {
      finding.add(.store, .unknown, "no race here: name one with --store")
      return
    }
    let logged = try ExperienceLog.entries(in: records.experience)
    let own = Set(
      try records.store.workers().filter { $0.machine == Machine.name }.map(\.id))
    var results = 0
    var elsewhere = 0
    var lost: [String] = []
    try forEachTrial { trial in
      for result in try records.store.results(trial: trial.id) {
        results += 1
        if records.isShared && !own.contains(result.worker) {
          elsewhere += 1
        } else if !logged.contains(ExperienceLog.Entry(trial: trial.id, rung: result.rung)) {
          lost.append("trial \(trial.id) at rung \(result.rung)")
        }
      }
    }
    finding.add(
      .store,
      breach: lost.isEmpty
        ? nil : "\(records.experience) has no line of \(LawCheck.list(lost))",
      holds: "\(results) results, each with its line in \(records.experience)"
        + (elsewhere > 0 ? "; \(elsewhere) are of other machines, which keep their own" : ""))
  }

  /// L-R12: the checkout's branch, and that of every worker.
  func mainBranch(_ finding: inout LawFinding) throws {
    if let checkout {
      switch ProjectFiles.branch(of: checkout.root) {
      case "main"?: finding.add(.checkout, .holds, "the checkout is on main")
      case let other?:
        finding.add(.checkout, .breach, "the checkout is on \(other): git switch main")
      case nil:
        finding.add(.checkout, .unknown, "the checkout is on no branch, or Git is not there")
      }
    }
    guard let records else { return }
    let workers = try records.store.workers()
    let strangers = workers.filter { $0.branch != "main" }.map { "\($0.id) (\($0.branch))" }
    finding.add(
      .store,
      breach: strangers.isEmpty ? nil : "workers of other branches: \(Self.list(strangers))",
      holds: "\(workers.count) workers, all of main")
  }

  /// L-R13: agents and branches in the records, and a store that refuses a worker without.
  func identity(_ finding: inout LawFinding) throws {
    let store = InMemoryRaceStore()
    _ = try store.createRace(
      RaceSettings(
        name: "law", seed: 1, corpus: "none", corpusSHA256: "", ladder: RungLadder(),
        space: SearchSpace(["seed": .fixed(.int(1))])), at: .now)
    let nameless = WorkerRecord(
      id: "w", machine: "m", process: 1, binaryHash: "h", kernelVariant: "none", started: .now,
      agentID: "", branch: "main")
    finding.add(
      .program,
      breach: (try? store.register(nameless)) == nil ? nil : "a worker without an agent is taken",
      holds: "a worker without an agent is refused")
    guard let records else { return }
    let workers = try records.store.workers()
    let nobody = workers.filter { $0.agentID.isEmpty || $0.branch.isEmpty }.map(\.id)
    finding.add(
      .store, breach: nobody.isEmpty ? nil : "no agent or branch: \(Self.list(nobody))",
      holds: "\(workers.count) workers of "
        + "\(Set(workers.map(\.agentID)).sorted().prefix(5).joined(separator: ", "))")
  }
}
