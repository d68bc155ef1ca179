/// The specification's laws of a race, L-R1 to L-R14, with "Rust" read as "Swift".
///
/// - Source: the specification's list. What holds each of them is found by `tri laws check`.
public enum Law: Int, CaseIterable, Sendable, Codable {
  case swiftOnly = 1
  case workerCount, records, tests, style, interruption, statementTime, scoreLine, narrowGF16
  case hiddenSpanRung, entropyBand, mainBranch, identity, proofs

  /// As the specification writes it: `L-R1`.
  public var id: String { "L-R\(rawValue)" }

  /// What it asks for.
  public var text: String {
    switch self {
    case .swiftOnly: "all that can be Swift is Swift"
    case .workerCount: "a race has 4 to 16 workers, by WORKERS"
    case .records: "each result goes to the store and to the experience log"
    case .tests: "every test passes"
    case .style: "the formatter has no complaint, and a warning is an error"
    case .interruption: "SIGTERM ends a worker in order: checkpoint, lease, exit"
    case .statementTime: "a statement of the database takes 30 s at most"
    case .scoreLine: "tri train prints BPB=X.XXXX on stdout, and nothing else"
    case .narrowGF16: "GF16 trains from width 256 on"
    case .hiddenSpanRung: "a trial with hidden spans is first judged at 3,000 steps"
    case .entropyBand: "the automaton's entropy has a hard penalty outside 1.5 to 2.8 bits"
    case .mainBranch: "work and records are of the branch main"
    case .identity: "each record names its agent and branch"
    case .proofs: "no race without the proofs"
    }
  }
}
