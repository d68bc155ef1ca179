import ArgumentParser
import Race

/// `tri race table`.
struct RaceTableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "table",
    abstract: "Show what a planned race has found so far.",
    discussion: """
      An ablation: what each lever changes against the baseline on the same seeds, at equal steps \
      and at equal processor time, with 95 % intervals and a verdict. A grid: each combination with \
      its mean and spread, best first. Rows: the published figure, ours, and why they differ.

      Works while the race runs, and says what is missing. All figures are of validation; the test \
      range stays closed.

      EXAMPLES:
        tri race table
        tri race table --markdown > table.md
        tri race table --svg table.svg
      """)

  @OptionGroup var place: StoreArguments

  @Flag(help: "Print Markdown, for a record.")
  var markdown = false

  @Option(
    help: ArgumentHelp(
      "Also draw it: seeds, means and intervals on one axis.", valueName: "file"))
  var svg: String?

  func run() throws {
    if markdown, place.json {
      throw Failure.usage("both --json and --markdown are given", hint: "choose one")
    }
    let store = try StoreOption.open(place.store)
    guard let race = try store.activeRace() else { throw RaceError.noRace }
    let table = try store.table()
    if let svg {
      guard let drawing = ExperimentPlot(table, race).svg else {
        throw Failure(
          75, "there is nothing to draw: no trial of '\(race.settings.name)' is over yet",
          hint: "try again later; 'tri race status' tells how far it is")
      }
      try OutputFile.write(drawing, to: svg)
    }
    if place.json { return try Console.json(try ExperimentReport(table, race)) }
    let text = ExperimentText(table, race)
    try Console.result(markdown ? text.markdown : text.text)
  }
}
