import Race

/// A race as metrics: the view of whoever coordinates it.
enum RaceMetrics {
  static func text(_ report: StatusReport) -> String {
    let (summary, race) = (report.summary, report.summary.race)
    let name = [("race", race.settings.name)]
    var metrics = MetricsText()
    metrics.add(
      "igla_race_info", .gauge, "What is raced; always 1.",
      name + [
        ("id", "\(race.id)"), ("corpus", report.corpus), ("track", report.track),
        ("board", report.board),
      ], 1)
    metrics.add(
      "igla_race_state", .gauge, "1 for the state that the race is in.",
      [RaceState.active, .stopped, .won].map { state in
        (name + [("state", state.rawValue)], race.state == state ? 1 : 0)
      })
    metrics.add(
      "igla_race_supervised", .gauge, "Whether a supervisor gave a sign of life in half a minute.",
      name, report.supervised ? 1 : 0)
    metrics.add(
      "igla_race_trials", .gauge, "Trials by status.",
      TrialStatus.allCases.map {
        (name + [("status", $0.rawValue)], Double(summary.trials[$0] ?? 0))
      })
    metrics.add(
      "igla_race_trials_started_total", .counter, "Trials claimed at least once.", name,
      Double(report.trials_started))
    metrics.add(
      "igla_race_results_total", .counter, "Results by rung.",
      report.reported.enumerated().map { rung, count in
        (
          name + [("rung", "\(rung)"), ("steps", "\(report.rung_steps[rung])")], Double(count)
        )
      })
    metrics.add(
      "igla_race_steps_total", .counter, "Training steps that a checkpoint or report keeps.", name,
      Double(report.steps_used))
    metrics.add(
      "igla_race_steps_reserved", .gauge, "Steps that running trials may still take.", name,
      Double(race.stepsReserved))
    metrics.add(
      "igla_race_active_seconds_total", .counter, "Time raced, over all sessions.", name,
      report.active_seconds)
    addBudget(&metrics, report, name)
    metrics.add(
      "igla_race_leases", .gauge, "Trials that a worker holds.", name, Double(report.leases.count))
    metrics.add(
      "igla_race_leases_expired", .gauge, "Leases that ran out and were not taken yet.", name,
      Double(report.leases.count { $0.expires_in_seconds < 0 }))
    metrics.add(
      "igla_race_workers_alive", .gauge, "Workers that gave a sign of life within a lease.", name,
      Double(report.workers_alive))
    metrics.add(
      "igla_race_best_bpb", .gauge, "Lowest validation bits per byte at the highest rung reached.",
      name, summary.best?.trial.bitsPerByte)
    metrics.add(
      "igla_race_best_trial", .gauge, "The trial that has it.", name,
      summary.best.map { Double($0.trial.id) })
    metrics.add("igla_race_target_bpb", .gauge, "The target, on test.", name, report.target_bpb)
    metrics.add(
      "igla_race_events_total", .counter, "Events of the hash chain.", name, Double(report.events))
    metrics.add(
      "igla_race_ledger_entries_total", .counter, "Entries of the ledger.", name,
      Double(report.ledger_entries))
    metrics.add(
      "igla_race_chain_broken", .gauge, "Whether a hash chain is broken among what was checked.",
      name, report.broken == nil ? 0 : 1)
    return metrics.text
  }

  private static func addBudget(
    _ metrics: inout MetricsText, _ report: StatusReport, _ name: [(String, String)]
  ) {
    metrics.add(
      "igla_race_remaining_seconds", .gauge, "Time left of the budget.", name,
      report.remaining_seconds)
    metrics.add(
      "igla_race_remaining_steps", .gauge, "Steps left of the budget.", name,
      report.remaining_steps.map(Double.init))
    metrics.add(
      "igla_race_remaining_trials", .gauge, "Trials left of the budget.", name,
      report.remaining_trials.map(Double.init))
    metrics.add(
      "igla_race_eta_seconds", .gauge, "Until the budget is used, at the present pace.", name,
      report.eta_seconds)
  }
}
