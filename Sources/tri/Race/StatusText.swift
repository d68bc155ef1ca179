import Race

/// How a race stands, in lines for people.
struct StatusText {
  let report: StatusReport
  /// Lines of the leaderboard, and of leases.
  let places: Int
  let leases: Int

  var lines: [String] {
    var lines = [
      "race \(report.race) '\(report.name)' on \(report.corpus) (\(report.track), \(report.board)): "
        + "\(report.state), \(spoken(seconds: report.active_seconds)) raced, "
        + "\(report.steps_used) steps",
      EventText.status(report.summary),
    ]
    lines += pace
    if let plan = report.plan {
      lines.append(
        "a plan (\(plan)): \(report.reported.reduce(0, +)) trials over, each trained to its own steps; "
          + "see 'tri race table'")
    } else {
      lines += rungs
    }
    return lines + leaseLines + Leaderboard.lines(Array(report.entries.prefix(places)))
  }

  /// Who works, how fast, and how long it may take.
  private var pace: [String] {
    let present =
      "\(report.workers_alive) \(report.workers_alive == 1 ? "worker" : "workers") alive, "
      + "\(report.leases.count) \(report.leases.count == 1 ? "lease" : "leases")"
      + (report.supervised ? "" : ", no supervisor")
    let pace = report.throughput
    var speed: [String] = []
    if pace.rungs_per_hour > 0 {
      speed.append(
        "\(decimal(pace.rungs_per_hour, 0)) rungs and \(decimal(pace.trials_per_hour, 0)) new trials "
          + "an hour in the last \(spoken(seconds: pace.seconds))")
    }
    if let eta = report.eta_seconds {
      speed.append("budget used in about \(spoken(seconds: eta))")
    }
    return [present] + (speed.isEmpty ? [] : [speed.joined(separator: "; ")])
  }

  private var rungs: [String] {
    report.reported.enumerated().map { rung, count in
      let running = report.leases.count { $0.rung == rung }
      return "rung \(rung), \(report.rung_steps[rung]) steps: \(count) trials"
        + (running > 0 ? ", \(running) on the way" : "")
    }
  }

  private var leaseLines: [String] {
    let shown = report.leases.prefix(leases).map { lease in
      let left =
        lease.expires_in_seconds < 0
        ? "ran out" : "for \(spoken(seconds: lease.expires_in_seconds))"
      return "lease: trial \(lease.trial) to rung \(lease.rung.map(String.init) ?? "-") by "
        + "\(lease.worker), \(left), checkpoint at \(lease.checkpoint_step)"
    }
    let more = report.leases.count - shown.count
    return shown + (more > 0 && leases > 0 ? ["and \(more) more leases"] : [])
  }
}
