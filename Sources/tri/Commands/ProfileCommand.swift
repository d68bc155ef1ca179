import ArgumentParser
import Benchmarks
import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Training

/// `tri profile`.
struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Show where the time of a training step goes.",
    discussion: """
      Trains some steps on one thread, on random bytes, and prints the call tree with times, then \
      the same by kind of work. --svg draws it as a flame graph. Takes the configuration as \
      tri train does; the corpus plays no part, speed does not depend on the text.

      EXAMPLES:
        tri profile --hidden 256 --context 256 --svg step.svg
        tri profile --config best.toml --json
      """)

  @OptionGroup(title: "Configuration") var options: ConfigurationOptions

  @Option(parsing: .unconditional, help: "Steps to measure, after one that is not.")
  var count = 5

  @Option(help: ArgumentHelp("Draw a flame graph.", valueName: "file"))
  var svg: String?

  @Flag(help: "Print JSON.")
  var json = false

  struct Span: Encodable {
    let label: String
    let depth: Int
    let milliseconds: Double
    let own_milliseconds: Double
    let calls: Int
    let gflops: Double?
  }

  struct Output: Encodable {
    let kernels: String
    let precision: String
    let steps: Int
    let step_milliseconds: Double
    let spans: [Span]
  }

  func run() throws {
    guard (1...100_000).contains(count) else {
      throw Failure.usage("--count is \(count)", hint: "use 1 to 100000")
    }
    let configuration = try options.resolve().configuration
    let kernels = try Machine.kernels()
    try PrecisionRule.check(
      configuration.precision, kernels: kernels, remedy: "--precision float32")
    try TrialPlan.checkTrainer(
      configuration, textBytes: BenchCommand.text.count, kernels: kernels, threads: 1)
    let profile = Profile()
    let trainer = try Trainer(
      configuration: configuration, text: BenchCommand.text,
      kernels: kernels.profiled(by: profile), threads: 1)
    _ = trainer.takeStep()
    profile.reset()
    for _ in 0..<count { _ = trainer.takeStep() }
    if let svg {
      let model = configuration.model
      let title =
        "\(count) steps: \(model.layers) layers, width \(model.width), context \(model.context), "
        + "batch \(configuration.batch), \(configuration.precision.rawValue), "
        + "\(kernels.name) kernels, one thread"
      try OutputFile.write(FlameGraph.svg(profile, title: title), to: svg)
    }
    try show(profile, kernels, configuration.precision)
  }

  private func show(
    _ profile: Profile, _ kernels: KernelSet, _ precision: Precision
  ) throws {
    let steps = Double(count)
    let spans = Self.spans(of: profile, steps: steps)
    let whole = Double(profile.nanoseconds) / 1e6 / steps
    if json {
      try Console.json(
        Output(
          kernels: kernels.name, precision: precision.rawValue, steps: count,
          step_milliseconds: whole, spans: spans))
      return
    }
    try Console.result(
      "      ms     %   calls  GFLOP/s  of one step, \(kernels.name) kernels, "
        + precision.rawValue)
    for span in spans {
      try Console.result(
        Self.line(
          span.milliseconds, whole, calls: Double(span.calls) / steps, gflops: span.gflops,
          String(repeating: "  ", count: span.depth) + span.label))
    }
    try Console.result("\nby kind of work, time inside spans not counted:")
    for total in profile.byLabel {
      try Console.result(
        Self.line(
          Double(total.nanoseconds) / 1e6 / steps, whole, calls: Double(total.calls) / steps,
          gflops: total.operations > 0 ? total.operations / Double(total.nanoseconds) : nil,
          total.label))
    }
  }

  private static func line(
    _ milliseconds: Double, _ whole: Double, calls: Double, gflops: Double?, _ label: String
  ) -> String {
    String(format: "%8.3f %5.1f %7.0f ", milliseconds, 100 * milliseconds / whole, calls)
      + (gflops.map { String(format: "%8.1f", $0) } ?? "        ") + "  " + label
  }

  /// The tree in reading order: a span, then those inside it.
  private static func spans(of profile: Profile, steps: Double) -> [Span] {
    var spans: [Span] = []
    func visit(_ index: Int, depth: Int) {
      let node = profile.nodes[index]
      spans.append(
        Span(
          label: node.label, depth: depth, milliseconds: Double(node.nanoseconds) / 1e6 / steps,
          own_milliseconds: Double(profile.ownNanoseconds(index)) / 1e6 / steps,
          calls: node.calls,
          gflops: node.operations > 0 ? node.operations / Double(node.nanoseconds) : nil))
      for child in node.children { visit(child, depth: depth + 1) }
    }
    for index in profile.nodes.indices where profile.nodes[index].parent < 0 {
      visit(index, depth: 0)
    }
    return spans
  }
}
