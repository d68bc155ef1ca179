import ArgumentParser

/// `tri race`.
struct RaceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "race",
    abstract: "Race many models: start, watch, judge.",
    discussion: """
      A trial is a configuration and a seed. It trains to a rung, is scored on validation, and \
      pauses; the best third of each rung is promoted to the next, three times as long, from its \
      checkpoint. Everything is in the store: kill any process at any moment, start again, and \
      the race goes on.

      A planned race enumerates its trials instead: a grid, an ablation of levers against a \
      baseline, or published runs done again. tri race table shows what it found.

      EXAMPLES:
        tri race start --profile quick --budget 10m    ten minutes on this machine
        tri race status                                how it stands
        tri race best --json                           the best configuration so far
        tri race start --profile ablation --scale 0.1  levers, one by one, at a tenth of the steps
        tri race table                                 what a planned race has found
        tri race verify                                score it on the sealed test range
      """,
    subcommands: [
      RaceStartCommand.self, RaceStatusCommand.self, RaceMetricsCommand.self,
      RaceBestCommand.self, RaceTableCommand.self,
      RaceSimulateCommand.self,
      RaceShowCommand.self, RaceLessonsCommand.self, RaceEnqueueCommand.self,
      RaceStopCommand.self, RaceResumeCommand.self, RaceVerifyCommand.self,
      RaceWorkerCommand.self,
    ])
}

/// The store, as every race command names it.
struct StoreArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "sqlite:PATH, or postgres://USER@HOST/DATABASE. Default: DATABASE_URL, NEON_DATABASE_URL, TRIOS_NEON_DSN, TRIOS_DATABASE_URL, "
        + "else sqlite:\(StoreOption.standard)."))
  var store: String?

  @Flag(help: "Print JSON.")
  var json = false
}
