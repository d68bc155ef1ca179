import ArgumentParser
import Benchmarks
import Foundation

/// `tri bench gf16 quantisation`.
struct BenchGF16QuantisationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantisation",
    abstract: "Measure what rounding to 16 bits does to normal numbers (BENCH-001).",
    discussion: "Relative errors in per cent, of the same draws for every format.")

  @Option(help: "Draws.")
  var count = 10_000

  @Option(parsing: .unconditional, help: "Their standard deviation; the mean is 0.")
  var deviation = 0.1

  @Option(help: "Seed.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Also write the draws to this file, one a line, for other libraries to round.",
      valueName: "file"))
  var draws: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    guard (1...100_000_000).contains(count) else {
      throw Failure.usage("--count is \(count)", hint: "use 1 to 100000000")
    }
    guard deviation > 0, deviation <= 1e6 else {
      throw Failure.usage("--deviation is \(deviation)", hint: "use more than 0, at most 1e6")
    }
    let numbers = QuantisationError.draws(count: count, deviation: deviation, seed: seed)
    if let draws {
      try OutputFile.write(numbers.map { "\($0)\n" }.joined(), to: draws)
    }
    let rows = QuantisationError.run(numbers)
    if json {
      try Console.json(rows)
      return
    }
    try Console.result("format       mean %     max %")
    for row in rows {
      try Console.result(
        row.format.padding(toLength: 8, withPad: " ", startingAt: 0)
          + "   \(decimal(row.meanPercent, 4))    \(decimal(row.maximumPercent, 4))")
    }
  }
}
