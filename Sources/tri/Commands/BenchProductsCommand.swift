import ArgumentParser
import Benchmarks
import Foundation
import KernelInterface
import LanguageModel

/// `tri bench products`.
struct BenchProductsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "products",
    abstract: "Measure the matrix products of a training step, by shape.",
    discussion: """
      GFLOP/s of one core and the share of the peak measured in the same run, for float32 and for \
      bf16. Weights are packed beforehand, as once a step; activations are read, packed and, for \
      bf16, rounded in every call. The last column is the packing of the weights in both forms: \
      its time, and its share of the three products at all positions of the configuration's step.

      Where the processor has no dot product of bf16 pairs, bf16 is left out, unless IGLA_CPU \
      names a variant: then its emulation is measured, against the float32 peak.
      """)

  @Option(help: "Reference configurations whose shapes are measured, joined by commas.")
  var config = "A,B,C,E"

  @Option(parsing: .unconditional, help: "Rows: positions that a thread takes through together.")
  var rows = 256

  @Flag(help: "Print JSON.")
  var json = false

  /// What computes bf16 products.
  enum Source: String, Encodable {
    case hardware, emulation
    case leftOut = "left out"
  }

  struct Output: Encodable {
    let kernels: String
    let float32_peak_gflops: Double
    /// Absent without the instruction.
    let bfloat16_peak_gflops: Double?
    let bfloat16_products: Source
    let products: [ProductBenchmark]
  }

  func run() throws {
    guard (1...65_536).contains(rows) else {
      throw Failure.usage("--rows is \(rows)", hint: "use 1 to 65536")
    }
    let kernels = try Machine.kernels()
    let configurations = try BenchCommand.configurations(config)
    let peak = try MachinePeak.measure(kernels, seconds: 2)
    let source: Source =
      kernels.bfloat16.inHardware
      ? .hardware : Machine.wantedKernels == nil ? .leftOut : .emulation
    var products: [ProductBenchmark] = []
    for precision in source == .leftOut ? [.float32] : Precision.allCases {
      if !json { try showHead(precision, peak, source) }
      for (shape, positions) in Self.shapes(configurations) {
        let product = try ProductBenchmark.run(
          precision, rows: rows, inputs: shape[0], outputs: shape[1], positions: positions,
          kernels: kernels)
        if !json { try show(product, peak: Self.peak(precision, peak)) }
        products.append(product)
      }
    }
    if json {
      try Console.json(
        Output(
          kernels: kernels.name, float32_peak_gflops: peak.float32GFLOPS,
          bfloat16_peak_gflops: peak.bfloat16GFLOPS, bfloat16_products: source,
          products: products))
    } else if source == .leftOut {
      try Console.result(
        "bf16: left out, no dot product of bf16 pairs in this variant; "
          + "IGLA_CPU=\(kernels.name) measures its emulation")
    }
  }

  /// The weight matrices, each once, with the positions of a step of the first model that has it.
  private static func shapes(
    _ configurations: [ReferenceConfiguration]
  ) -> [(shape: [Int], positions: Int)] {
    var all: [(shape: [Int], positions: Int)] = []
    for reference in configurations {
      let C = reference.width
      for shape in [[C, 3 * C], [C, C], [C, 4 * C], [4 * C, C], [C, 256]]
      where !all.contains(where: { $0.shape == shape }) {
        all.append((shape, reference.batch * reference.context))
      }
    }
    return all
  }

  /// Emulated bf16 products are float32 arithmetic, and measured against that.
  private static func peak(_ precision: Precision, _ peak: MachinePeak) -> Double {
    switch precision {
    case .float32: peak.float32GFLOPS
    case .mixedBFloat16: peak.bfloat16GFLOPS ?? peak.float32GFLOPS
    }
  }

  private func showHead(_ precision: Precision, _ peak: MachinePeak, _ source: Source) throws {
    let gflops = "peak \(decimal(Self.peak(precision, peak), 1)) GFLOP/s on one core"
    switch precision {
    case .float32:
      try Console.result(
        "float32: \(gflops), \(peak.kernels) kernels, \(rows) rows; GFLOP/s and share of the peak")
    case .mixedBFloat16 where source == .emulation:
      try Console.result("bf16: emulated by \(peak.kernels) kernels; share of the float32 peak")
    case .mixedBFloat16:
      try Console.result("bf16: \(gflops)")
    }
    try Console.result("inputs outputs        forward      dInput     dWeights      packing, ms")
  }

  private func show(_ product: ProductBenchmark, peak: Double) throws {
    let cells = [product.forward, product.inputGradient, product.weightGradient].map {
      String(format: "%7.1f %3.0f%%", $0, 100 * $0 / peak)
    }
    try Console.result(
      String(format: "%6d %7d   ", product.inputs, product.outputs)
        + cells.joined(separator: " ")
        + String(
          format: "   %7.3f %4.1f%%", product.packingMilliseconds, 100 * product.packingShare))
  }
}
