import ArgumentParser

/// `tri race metrics`.
struct RaceMetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics", abstract: "Print how the race stands in Prometheus' text format.",
    discussion: """
      For a collector that runs a command, or by a timer into a file that node_exporter's textfile \
      collector reads. tri race start --metrics-file writes the same by itself, and the metrics of \
      each worker.

      EXAMPLE:
        tri race metrics > /var/lib/node_exporter/igla.prom
      """)

  @Option(
    help: ArgumentHelp(
      "sqlite:PATH, or postgres://USER@HOST/DATABASE. Default: as for the other race commands."))
  var store: String?

  func run() throws {
    let text = RaceMetrics.text(try StatusReport(try StoreOption.open(store)))
    try Console.result(String(text.dropLast()))
  }
}
