import ArgumentParser
import Race

/// `tri race status`.
struct RaceStatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show how the race stands: trials, rungs, budget, leaders.",
    discussion: """
      On a terminal it stays and is drawn again every two seconds while the race goes on, until \
      Ctrl-C; --once prints it and ends, and so does any output that is no terminal.

      Throughput is that of the last ten minutes. Also checks the hash chains of the ledger and of \
      the last 1000 events, each against the one before it; --check checks all events from the first.
      """)

  @OptionGroup var place: StoreArguments

  @Option(parsing: .unconditional, help: "Lines of the leaderboard.")
  var limit = 10

  @Flag(help: "Check the hash chain of all events, which takes a minute for a million.")
  var check = false

  @Flag(help: "Print it once, also on a terminal.")
  var once = false

  func run() throws {
    let store = try StoreOption.open(place.store)
    if !place.json, !once, !check, LiveScreen.isPossible { try watch(store) }
    let report = try StatusReport(store, places: max(0, limit), checksAll: check)
    if place.json {
      try Console.json(report)
    } else {
      for line in StatusText(report: report, places: max(0, limit), leases: 16).lines {
        try Console.result(line)
      }
    }
    if let broken = report.broken {
      throw Failure(
        65, "the record was tampered with: \(broken)", hint: "trust nothing after that entry")
    }
  }

  /// Draws the race until it stands still; a signal ends the process, with the terminal as it was.
  private func watch(_ store: any RaceStore) throws {
    var report = try StatusReport(store, places: max(0, limit))
    guard report.isMoving else { return }
    Interruption.listen(as: .viewer) { LiveScreen.close() }
    LiveScreen.open()
    defer { LiveScreen.close() }
    while report.isMoving, report.broken == nil {
      let room = LiveScreen.size.height - report.reported.count - 6
      let places = max(1, min(max(0, limit), room / 2))
      LiveScreen.draw(
        StatusText(report: report, places: places, leases: max(0, room - places - 1)).lines)
      LiveScreen.wait(seconds: 2)
      report = try StatusReport(store, places: max(0, limit))
    }
  }
}
