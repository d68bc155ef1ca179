import Foundation
import Race

/// The table of a planned race for people, with all that is needed to read it.
struct ExperimentText {
  private let table: ExperimentTable
  private let race: RaceRecord

  init(_ table: ExperimentTable, _ race: RaceRecord) {
    self.table = table
    self.race = race
  }

  /// Under this variance over its seeds, a configuration is called stable.
  ///
  /// - Source: the specification's seed explorer.
  static let stableVariance = 0.02

  var text: String { ([title] + head + [body.text] + notes).joined(separator: "\n") }

  var markdown: String {
    ([title] + head + ["", body.markdown, ""] + notes.map { "- \($0)" }).joined(separator: "\n")
  }

  private var title: String {
    let state =
      table.isComplete ? "complete" : "\(table.done) of \(table.wanted) trials done so far"
    return "\(table.kind.rawValue) '\(race.settings.name)' on \(race.settings.corpus): \(state); "
      + "bits per byte on validation"
  }

  private var head: [String] {
    var lines: [String] = []
    if table.scale != 1 {
      lines.append(
        "A SCALED RUN: all planned steps times \(table.scale). It says nothing certain of the full plan."
      )
    }
    if table.kind == .ablation, let base = table.lines.first {
      lines.append(
        "baseline, \(steps(base)) steps: \(score(base.statistics)) (\(counted(base))), "
          + "\(minutes(base.processorSeconds)) processor minutes")
    }
    if table.kind == .grid, table.lines.count == 1, let only = table.lines.first,
      let variance = only.statistics.variance
    {
      let verdict =
        !only.lost.isEmpty
        ? "not stable: \(only.lost.count) of \(only.wanted) trials have no score"
        : variance < Self.stableVariance ? "stable" : "not stable"
      lines.append(
        "variance over \(only.scores.count) seeds: \(String(format: "%.3g", variance)), "
          + "\(verdict) (the limit is \(Self.stableVariance))")
    }
    return lines
  }

  private var body: TextTable {
    switch table.kind {
    case .ablation: ablation
    case .grid: grid
    case .rows: rows
    }
  }

  private var notes: [String] {
    var notes: [String] = []
    for line in table.lines {
      if table.kind == .ablation, let claim = line.cell.published {
        notes.append("\(line.cell.name), claimed before: \(claim.text ?? claim.description)")
      }
      let lost = Set(line.lost + (line.lever?.equalTime.lost ?? []))
      for reason in lost.sorted() { notes.append("\(line.cell.name), \(reason)") }
    }
    switch table.kind {
    case .ablation:
      notes += [
        "ΔBPB: the lever's less the baseline's on the same seed, negative is better; mean and 95 % "
          + "interval (paired t over seeds) of each lever alone: of 20 levers without any effect, one "
          + "would show one.",
        "its steps: those at equal time. seeds: at equal steps, at equal time. step time: processor "
          + "seconds of a training step over the baseline's, medians over seeds; "
          + "in all: those of the whole training at equal time, 1 if the steps were chosen well.",
        "The verdict is at equal processor time. Only a lever that helps belongs in a default.",
      ]
      if table.tolerance > 0 {
        notes.append(
          "A step time within \(table.tolerance) of 1 is taken for 1: such a lever's two columns are "
            + "the same trials.")
      }
    case .grid:
      if table.lines.contains(where: { $0.scores.count > 1 }), table.lines.count > 1 {
        notes.append(
          "The best of \(table.lines.count) means looks better than it is; a race chooses on "
            + "validation, and only 'tri race verify' says what the choice is worth.")
      }
      if table.lines.count > 1, table.lines.contains(where: { !$0.lost.isEmpty }) {
        notes.append("A combination with a trial that has no score has no place.")
      }
    case .rows:
      let isPublished = table.lines.contains { $0.cell.published?.number != nil }
      notes.append(
        "ours: mean ± sample standard deviation over the seeds, every byte of validation, weights of "
          + "the last step." + (isPublished ? " The published figures were not scored so." : ""))
      if table.scale != 1, isPublished {
        notes.append(
          "No difference is given: the published figures are of the full number of steps.")
      }
    }
    return notes
  }

  // MARK: The three tables

  private var ablation: TextTable {
    var table = TextTable(
      header: [
        "lever", "ΔBPB at equal steps", "ΔBPB at equal time", "its steps", "seeds", "step time",
        "in all",
        "verdict",
      ], right: [3, 4, 5, 6])
    for line in self.table.lines {
      guard let lever = line.lever else { continue }
      let (first, second) = (lever.equalSteps, lever.equalTime)
      table.rows.append([
        line.cell.name, change(first), change(second),
        second.steps.map(String.init) ?? "-", "\(first.pairs.count), \(second.pairs.count)",
        lever.stepRatio.map { decimal($0, 3) } ?? "-",
        second.timeRatio.map { decimal($0, 3) } ?? "-", Self.verdict(lever.verdict),
      ])
    }
    return table
  }

  private var grid: TextTable {
    var table = TextTable(
      header: ["place", "combination", "mean", "s", "seeds", "steps", "processor min"],
      right: [0, 2, 3, 4, 5, 6])
    // The mean of the seeds that survived says little of a combination that loses others.
    func hasPlace(_ line: ExperimentTable.Line) -> Bool {
      line.statistics.mean != nil && line.lost.isEmpty
    }
    let ranked = self.table.lines.filter(hasPlace)
      .sorted { ($0.statistics.mean ?? 0) < ($1.statistics.mean ?? 0) }
    let rest = self.table.lines.filter { !hasPlace($0) }
    for (index, line) in (ranked + rest).enumerated() {
      let statistics = line.statistics
      table.rows.append([
        hasPlace(line) ? "\(index + 1)" : "-", line.cell.name,
        statistics.mean.map { decimal($0, 4) } ?? "missing",
        statistics.deviation.map { decimal($0, 4) } ?? "-", counted(line), steps(line),
        minutes(line.processorSeconds),
      ])
    }
    return table
  }

  private var rows: TextTable {
    var table = TextTable(
      header: ["row", "steps", "seeds", "published", "ours", "difference", "reason"],
      right: [1, 2, 3, 5])
    for line in self.table.lines {
      table.rows.append([
        line.cell.name, steps(line), counted(line),
        line.cell.published.map { $0.text ?? $0.number.map { decimal($0, 4) } ?? "-" } ?? "-",
        line.statistics.mean == nil ? "missing" : score(line.statistics),
        self.table.difference(line).map { signed($0) } ?? "-", line.cell.reason ?? "-",
      ])
    }
    return table
  }

  static func verdict(_ verdict: ExperimentTable.Verdict) -> String {
    switch verdict {
    case .helps: "helps"
    case .hurts: "hurts: stays out of the default"
    case .noEffectShown: "no effect shown: stays out of the default"
    case .unstable: "trials without a score: stays out of the default"
    case .unknown: "unknown: fewer than 2 pairs"
    case .pending: "pending"
    }
  }

  // MARK: Parts

  private func change(_ comparison: ExperimentTable.Comparison) -> String {
    let statistics = comparison.statistics
    guard let mean = statistics.mean else {
      return comparison.isOver ? "none" : "missing"
    }
    let interval = statistics.interval.map {
      " [\(signed($0.lowerBound)), \(signed($0.upperBound))]"
    }
    let part =
      comparison.isOver ? "" : " (\(comparison.pairs.count) of \(comparison.wanted) so far)"
    return signed(mean) + (interval ?? "") + part
  }

  private func score(_ statistics: SampleStatistics) -> String {
    guard let mean = statistics.mean else { return "missing" }
    return decimal(mean, 4) + (statistics.deviation.map { " ± " + decimal($0, 4) } ?? "")
  }

  private func counted(_ line: ExperimentTable.Line) -> String {
    "\(line.scores.count) of \(line.wanted)"
  }

  private func steps(_ line: ExperimentTable.Line) -> String {
    line.cell.steps == line.cell.fullSteps
      ? "\(line.cell.steps)" : "\(line.cell.steps) (of \(line.cell.fullSteps))"
  }

  private func minutes(_ seconds: Double) -> String { decimal(seconds / 60, 1) }

  private func signed(_ value: Double) -> String { String(format: "%+.4f", value) }
}
