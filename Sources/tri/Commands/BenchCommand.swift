import ArgumentParser
import Benchmarks
import Foundation
import KernelInterface
import Kernels

/// `tri bench`.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure this machine, the engine on it, and a race's store.",
    discussion: """
      A figure is worth what the machine was worth while it was taken: stop everything else \
      first. Compare figures of one sitting only.

      EXAMPLES:
        tri bench peak                          what a core can do at most
        tri bench products                      the matrix products of each configuration
        tri bench engine --config A --threads 1
        tri bench store --store sqlite:bench.db --trials 2000
      """,
    subcommands: [
      BenchPeakCommand.self, BenchProductsCommand.self, BenchEngineCommand.self,
      BenchGF16Command.self, BenchMNISTCommand.self, BenchStoreCommand.self,
      BenchStoreWorkerCommand.self,
    ])

  /// Bytes to train on where only the speed counts.
  static let text: [UInt8] = {
    let random = CounterRandom(seed: 1)
    return (0..<UInt32(1 << 20)).map { UInt8(truncatingIfNeeded: random.bits($0)) }
  }()

  /// The reference configurations of a comma-separated list of names.
  static func configurations(_ names: String) throws -> [ReferenceConfiguration] {
    try names.split(separator: ",", omittingEmptySubsequences: false).map { name in
      let wanted = name.trimmingCharacters(in: .whitespaces).uppercased()
      guard let found = ReferenceConfiguration.all.first(where: { $0.name == wanted }) else {
        throw Failure.usage(
          "--config names '\(name)'",
          hint: "use some of " + ReferenceConfiguration.all.map(\.name).joined(separator: ","))
      }
      return found
    }
  }
}

/// `tri bench peak`.
struct BenchPeakCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peak",
    abstract: "Measure one core's arithmetic and memory at their fastest.",
    discussion: "Best of five rounds a figure, on one thread. IGLA_CPU chooses the kernels.")

  @Option(parsing: .unconditional, help: "Seconds in all, about.")
  var seconds = 3.0

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    guard seconds > 0, seconds <= 600 else {
      throw Failure.usage("--seconds is \(seconds)", hint: "use more than 0, at most 600")
    }
    let peak = try MachinePeak.measure(try Machine.kernels(), seconds: seconds)
    if json {
      try Console.json(peak)
      return
    }
    try Console.result(
      "float32: \(decimal(peak.float32GFLOPS, 1)) GFLOP/s on one core, \(peak.kernels) kernels")
    try Console.result(
      "bf16:    "
        + (peak.bfloat16GFLOPS.map { "\(decimal($0, 1)) GFLOP/s on one core" }
          ?? "no dot product of bf16 pairs in this variant"))
    try Console.result("memory, GB/s      read   write   triad")
    for row in peak.bandwidth {
      let size = row.bytes >= 1 << 20 ? "\(row.bytes >> 20) MiB" : "\(row.bytes >> 10) KiB"
      try Console.result(
        "  " + size.padding(toLength: 12, withPad: " ", startingAt: 0)
          + String(format: "%8.1f%8.1f%8.1f", row.read, row.write, row.triad))
    }
  }
}
