import ArgumentParser
import Benchmarks
import Foundation

/// `tri bench gf16 vectors`.
struct BenchGF16VectorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors",
    abstract: "Write operands and the library's results for a hardware unit's simulation.",
    discussion: """
      A line holds codes in hexadecimal, the result last: 'a b result' for add and multiply, which \
      begin with all pairs of boundary codes, 'a b c result' for fma, 'a0 … a15 b0 … b15 c result' \
      for dot16. Hardware/README.md says how a simulation reads them.
      """)

  @Option(help: "add, multiply, fma or dot16.")
  var unit: String

  @Option(help: "Drawn lines.")
  var count = 1_000_000

  @Option(help: "Seed.")
  var seed: UInt64 = 1

  func run() throws {
    guard let unit = GF16Vectors.Unit(rawValue: unit) else {
      throw Failure.usage(
        "--unit is '\(unit)'",
        hint: "use one of " + GF16Vectors.Unit.allCases.map(\.rawValue).joined(separator: ", "))
    }
    guard (0...100_000_000).contains(count) else {
      throw Failure.usage("--count is \(count)", hint: "use 0 to 100000000")
    }
    var vectors = GF16Vectors(seed: seed)
    var text = ""
    try vectors.lines(unit, count: count) { line in
      text += line + "\n"
      if text.utf8.count > 1 << 16 {
        try Console.raw(Data(text.utf8))
        text = ""
      }
    }
    try Console.raw(Data(text.utf8))
  }
}
