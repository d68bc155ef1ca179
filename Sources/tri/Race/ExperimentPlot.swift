import Plots
import Race

/// The table of a planned race as a drawing.
struct ExperimentPlot {
  private let table: ExperimentTable
  private let race: RaceRecord

  init(_ table: ExperimentTable, _ race: RaceRecord) {
    self.table = table
    self.race = race
  }

  /// Returns the SVG document; `nil` while no trial that it would show is over.
  var svg: String? {
    switch table.kind {
    case .ablation: ablation.svg
    case .grid, .rows: scores.svg
    }
  }

  private var title: String {
    let scale = table.scale == 1 ? "" : ", steps times \(table.scale)"
    let state = table.isComplete ? "" : ", \(table.done) of \(table.wanted) trials"
    return "\(race.settings.name) on \(race.settings.corpus)\(scale)\(state)"
  }

  private var scores: IntervalPlot {
    IntervalPlot(
      title: title,
      caption: "bits per byte on validation: seeds, mean, sample standard deviation",
      series: ["score"],
      rows: table.lines.map { line in
        let statistics = line.statistics
        let marks = statistics.mean.map { mean in
          [
            IntervalPlot.Mark(
              series: 0, values: line.scores.map(\.bitsPerByte), mean: mean,
              interval: statistics.deviation.map { (mean - $0)...(mean + $0) })
          ]
        }
        return IntervalPlot.Row(label: line.cell.name, marks: marks ?? [])
      })
  }

  private var ablation: IntervalPlot {
    IntervalPlot(
      title: title,
      caption:
        "ΔBPB against the baseline on the same seed, negative is better: seeds, mean, 95 % interval",
      series: ["equal steps", "equal processor time"],
      rows: table.lines.compactMap { line in
        line.lever.map { lever in
          IntervalPlot.Row(
            label: line.cell.name,
            marks: [lever.equalSteps, lever.equalTime].enumerated().compactMap(Self.mark))
        }
      }, reference: 0)
  }

  private static func mark(
    _ series: Int, _ comparison: ExperimentTable.Comparison
  ) -> IntervalPlot.Mark? {
    let statistics = comparison.statistics
    return statistics.mean.map {
      IntervalPlot.Mark(
        series: series, values: comparison.pairs.map(\.difference), mean: $0,
        interval: statistics.interval)
    }
  }
}
