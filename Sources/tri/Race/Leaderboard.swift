import Foundation
import Race

/// A line of the leaderboard as JSON; member names are stable.
struct LeaderboardRow: Encodable {
  let place: Int
  let trial: Int
  let status: String
  let seed: Int
  let steps: Int
  let rung: Int?
  let configuration: JSONValue
  let validation_bpb: Double?
  let mixed: Bool
  let checkpoint: String?

  init(_ entry: LeaderboardEntry) {
    place = entry.place
    trial = entry.trial.id
    status = entry.trial.status.rawValue
    seed = entry.trial.seed
    steps = entry.steps
    rung = entry.trial.rung
    configuration = entry.trial.configuration.json
    validation_bpb = entry.trial.bitsPerByte
    mixed = entry.trial.mixed
    checkpoint = entry.trial.checkpoint?.path
  }
}

/// The leaderboard as a table.
enum Leaderboard {
  /// Prints the first places on stdout.
  static func show(_ store: any RaceStore, limit: Int) throws {
    for line in lines(try store.leaderboard(limit: limit, offset: 0)) {
      try Console.result(line)
    }
  }

  static func lines(_ entries: [LeaderboardEntry]) -> [String] {
    if entries.isEmpty { return ["no trial has reported yet"] }
    return ["place  trial  rung   steps  validation BPB  status"]
      + entries.map { entry in
        let score = entry.trial.bitsPerByte.map { decimal($0, 4) } ?? "diverged"
        return right("\(entry.place)", 5) + right("\(entry.trial.id)", 7)
          + right(entry.trial.rung.map(String.init) ?? "-", 6) + right("\(entry.steps)", 8)
          + right(score, 16) + "  " + entry.trial.status.rawValue
      }
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
