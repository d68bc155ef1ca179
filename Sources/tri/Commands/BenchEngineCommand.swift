import ArgumentParser
import Benchmarks
import Foundation
import KernelInterface
import Kernels
import LanguageModel

/// `tri bench engine`.
struct BenchEngineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "engine",
    abstract: "Measure training speed at the reference configurations.",
    discussion: """
      Plain transformers (RMSNorm, rotary attention, ReLU²) trained with AdamW on random bytes, \
      256 bytes of context:

        A  4 layers, width 256, 4 heads, batch 32
        B  6 layers, width 384, 6 heads, batch 64   (nanoGPT's size for Shakespeare)
        C  2 layers, width  64, 2 heads, batch 32
        D  8 layers, width 768, 12 heads, batch 16
        E  4 layers, width 128, 4 heads, batch 32

      A token is a byte. GFLOP/s count 6·N_matmul + 6·L·d·T operations a token: causal attention, \
      no recomputation, no norms, no optimiser. The share is of the threads' peak, measured in \
      the same run.
      """)

  @Option(help: "Configurations, joined by commas.")
  var config = "A,B,C,E"

  @Option(parsing: .unconditional, help: "Threads. Default: all cores.")
  var threads: Int?

  @Option(help: "float32 or mixed-bf16.")
  var precision = Precision.float32.rawValue

  @Option(parsing: .unconditional, help: "Timed rounds; the median counts.")
  var rounds = 5

  @Option(parsing: .unconditional, help: "Seconds of a round, about; whole steps.")
  var seconds = 5.0

  @Flag(help: "Print JSON.")
  var json = false

  struct Output: Encodable {
    let peak: MachinePeak
    let engine: [EngineBenchmark]
  }

  func run() throws {
    guard (1...1_000).contains(rounds) else {
      throw Failure.usage("--rounds is \(rounds)", hint: "use 1 to 1000")
    }
    guard seconds > 0, seconds <= 3_600 else {
      throw Failure.usage("--seconds is \(seconds)", hint: "use more than 0, at most 3600")
    }
    guard let precision = Precision(rawValue: precision) else {
      throw Failure.usage("--precision is '\(precision)'", hint: "use float32 or mixed-bf16")
    }
    let threads = try TrainCommand.threads(threads)
    let kernels = try Machine.kernels()
    try PrecisionRule.check(precision, kernels: kernels, remedy: "--precision float32")
    let configurations = try BenchCommand.configurations(config)
    let peak = try MachinePeak.measure(kernels)
    // Emulated bf16 products are float32 arithmetic, and measured against that.
    let core =
      precision == .float32 ? peak.float32GFLOPS : peak.bfloat16GFLOPS ?? peak.float32GFLOPS
    for reference in configurations {
      try TrialPlan.checkTrainer(
        reference.training, textBytes: BenchCommand.text.count, kernels: kernels, threads: threads)
    }
    var results: [EngineBenchmark] = []
    for reference in configurations {
      Console.progress("measuring \(reference.name)")
      let result = try EngineBenchmark.run(
        reference, precision: precision, text: BenchCommand.text, kernels: kernels,
        threads: threads, peak: core, rounds: rounds, seconds: seconds,
        residentBytes: Machine.residentBytes)
      Console.endProgress()
      if !json { try show(result) }
      results.append(result)
    }
    if json { try Console.json(Output(peak: peak, engine: results)) }
  }

  private func show(_ result: EngineBenchmark) throws {
    let limit = result.gflops / result.shareOfPeak
    try Console.result(
      "\(result.configuration)  \(result.layers) layers, width \(result.width), "
        + "\(result.heads) heads, context \(result.context), batch \(result.batch), "
        + "\(result.threads) thread\(result.threads == 1 ? "" : "s"), \(result.kernels) kernels, "
        + result.precision)
    let speeds = result.rounds.map { String(format: "%.0f", $0.tokensPerSecond) }
    try Console.result(
      "   \(String(format: "%.0f", result.tokensPerSecond)) tokens/s "
        + "(\(speeds.joined(separator: ", "))), "
        + "\(String(format: "%.0f", result.tokensPerProcessorSecond)) a processor second")
    try Console.result(
      "   \(decimal(result.gflops, 1)) GFLOP/s, \(decimal(100 * result.shareOfPeak, 0)) % of "
        + "\(decimal(limit, 0)); first step after \(decimal(result.firstStepMilliseconds, 0)) ms; "
        + "\(result.residentBytes >> 20) MiB resident")
    let shares = result.kernelsByTime.filter { $0.share >= 0.01 }.map { share in
      "\(share.kernel) \(decimal(100 * share.share, 0)) %"
        + (share.gflops.map { " at \(decimal($0, 0)) GFLOP/s" } ?? "")
    }
    try Console.result("   " + shares.joined(separator: ", "))
  }
}
