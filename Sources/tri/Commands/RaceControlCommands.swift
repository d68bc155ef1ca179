import ArgumentParser
import Corpora
import Foundation
import KernelInterface
import Kernels
import Race
import Training

/// `tri race stop`.
struct RaceStopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Stop the race, or one trial, for good.",
    discussion: "Workers save what they have and end. tri race resume takes a race up again.")

  @Option(parsing: .unconditional, help: "Stop only this trial.")
  var trial: Int?

  @OptionGroup var place: StoreArguments

  func run() throws {
    let store = try StoreOption.open(place.store)
    if let trial {
      try store.stopTrial(trial, reason: "stopped by the user", at: .now)
      Console.note("trial \(trial) is stopped")
    } else {
      try store.stop(at: .now)
      Console.note("the race is stopped; 'tri race resume' and 'tri race start' take it up again")
    }
  }
}

/// `tri race resume`.
struct RaceResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Allow a stopped race to go on; tri race start runs it.")

  @OptionGroup var place: StoreArguments

  func run() throws {
    try StoreOption.open(place.store).resume(at: .now)
    Console.note("the race may go on; 'tri race start' runs it")
  }
}

/// `tri race enqueue`.
struct RaceEnqueueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enqueue", abstract: "Put a configuration of your own into the race.",
    discussion: """
      The file is TOML, one key a line; keys that the search space fixes may be left away. A \
      configuration that this machine cannot hold is refused with exit code 69; one that is \
      larger than the running race's worker may be fails when a worker takes it up.

      EXAMPLE:
        tri race enqueue idea.toml
      """)

  @Argument(help: ArgumentHelp("Configuration.", valueName: "file"))
  var file: String

  @Option(parsing: .unconditional, help: "Seed, 1000 or more. Default: drawn by the race.")
  var seed: Int?

  @Flag(help: "Also when the race has this configuration already.")
  var allowDuplicate = false

  @OptionGroup var place: StoreArguments

  func run() throws {
    let store = try StoreOption.open(place.store)
    guard let race = try store.activeRace() else { throw RaceError.noRace }
    if race.settings.experiment != nil {
      throw Failure.usage(
        "this race has a plan, and takes no other trials",
        hint: "start another race with a plan, or a space, of your own")
    }
    var configuration = Race.Configuration()
    for (name, value) in try ConfigurationFile.read(file) {
      configuration[name] = SpaceFile.parameter(value)
    }
    let full = try race.settings.space.complete(configuration)
    let training = try TrialConfiguration.training(
      full, seed: seed ?? 1_000, topSteps: race.settings.ladder.topSteps)
    if training.precision != PrecisionRule.precision(of: race.settings.space) {
      try PrecisionRule.check(
        training.precision, kernels: try KernelSet.select(race.settings.kernelVariant),
        remedy: "precision = \"float32\" in \(file)")
    }
    try HiddenSpanRung.check(training, full, race.settings)
    try checkMemory(training, race.settings)
    let id = try store.enqueue(full, seed: seed, allowDuplicate: allowDuplicate, at: .now)
    if place.json {
      try Console.json(["trial": id])
    } else {
      try Console.result("trial \(id)")
    }
  }

  /// Refuses what this machine could not hold even for a worker of its own, of one thread.
  private func checkMemory(
    _ configuration: TrainingConfiguration, _ settings: RaceSettings
  ) throws {
    let plan = try TrialPlan(
      configuration,
      TrialSetting(
        try CorpusCatalog.manifest(named: settings.corpus), split: .train, scored: .validation,
        kernels: try KernelSet.select(settings.kernelVariant), threads: 1))
    try plan.checkOrShow()
  }
}
