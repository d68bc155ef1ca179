import ArgumentParser

/// The command.
@main
struct Tri: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tri",
    abstract: "Race small byte-level language models to the lowest honest bits per byte.",
    discussion: """
      A score is bits per byte (BPB) on text that the model has not seen: 8 is a blind guess, \
      about 4.8 knows how often each letter occurs, 2.1 is a good small net on Shakespeare. Lower \
      is better.

      FIRST STEPS:
        tri doctor                        what this machine has, and what is missing
        tri train --steps 300             train one small model, about a minute
        tri race start --budget 10m       race many of them against each other
        tri race best                     the best configuration so far
      Results go to stdout, everything else to stderr.
      """,
    version: "0.1.0",
    subcommands: [
      DataCommand.self, TrainCommand.self, EvalCommand.self, AverageCommand.self,
      GenerateCommand.self, RaceCommand.self, BenchCommand.self, ProfileCommand.self,
      ProofsCommand.self, LawsCommand.self, DoctorCommand.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Failure.end(with: error)
    }
  }
}
