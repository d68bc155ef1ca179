import ArgumentParser
import Foundation
import Invariants
import LanguageModel
import Training

/// `tri proofs attention`.
struct ProofsAttentionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attention",
    abstract: "Print what a gain of the attention logits bounds, and what it does not: INV-9.",
    discussion: """
      Queries and keys are divided by their root mean square, so that no logit exceeds M = gain · √D · \
      G² in magnitude, D numbers to a head, G the largest learned scale of the norm (1 here: there is \
      none). From that follow a cap of the softmax's weights over n keys, 1/(1 + (n − 1)·e^(−2M)), and \
      a least entropy. Proved in Proofs/Igla/QKGain.v. A bound says nothing about which gain trains \
      best.

      EXAMPLES:
        tri proofs attention
        tri proofs attention --head-width 48 --gain 1 --keys 128 --cap 0.5
        tri proofs attention --checkpoint run/checkpoint.safetensors
      """)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Numbers of a query: the model's width over its heads. Default 64.", valueName: "D"))
  var headWidth: Int?

  @Option(parsing: .unconditional, help: "Gain of the logits. Default φ², 2.618….")
  var gain: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Keys that a query sees. Default 128.", valueName: "n"))
  var keys: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Weight that none is to exceed, between 0 and 1.", valueName: "c"))
  var cap: Double = 0.9

  @Option(help: ArgumentHelp("Take all three from a model.", valueName: "file"))
  var checkpoint: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    guard cap > 0, cap < 1 else {
      throw Failure.usage("--cap is \(cap)", hint: "choose a number between 0 and 1")
    }
    let report = Report(try bound(), cap: cap)
    try json ? Console.json(report) : Console.result(report.text)
  }

  private func bound() throws -> AttentionBound {
    guard let checkpoint else {
      let (width, gain, keys) = (
        headWidth ?? 64, gain ?? ProvenConstants.phiSquared, keys ?? 128
      )
      guard (1...1_000_000).contains(width), (1...1_000_000_000).contains(keys), gain > 0,
        gain <= 1e6
      else {
        throw Failure.usage(
          "head width \(width), gain \(gain), \(keys) keys",
          hint: "use 1 or more for D and n, and a gain above 0, at most 1000000")
      }
      return AttentionBound(headWidth: width, gain: gain, keys: keys)
    }
    guard headWidth == nil, gain == nil, keys == nil else {
      throw Failure.usage(
        "--checkpoint is given together with --head-width, --gain or --keys",
        hint: "the model has its own; leave one of both out")
    }
    let model = try Training.Checkpoint.newest(at: checkpoint) { Console.warn($0) }
      .configuration.model
    guard model.layers > 0, model.attention else {
      throw Failure(
        78, "the model in \(checkpoint) has no attention", hint: "name another, or none")
    }
    return AttentionBound(
      headWidth: model.width / model.heads, gain: model.qkGain, keys: model.context)
  }

  /// What is printed.
  struct Report: Encodable {
    var head_width: Int
    var gain: Double
    var keys: Int
    var logit: Double
    var largest_weight: Double
    /// 1 less the largest weight.
    var headroom: Double
    var least_entropy: Double
    var cap: Double
    var largest_gain: Double?
    var fits_gf16: Bool

    init(_ bound: AttentionBound, cap: Double) {
      head_width = bound.headWidth
      gain = bound.gain
      keys = bound.keys
      logit = bound.logit
      largest_weight = bound.largestWeight
      headroom = bound.headroom
      least_entropy = bound.leastEntropy
      self.cap = cap
      largest_gain = bound.largestGain(forCap: cap)
      fits_gf16 = bound.fitsGF16
    }

    var text: String {
      """
      gain \(decimal(gain, 4)), \(head_width) numbers to a head, \(keys) keys: no logit beyond ±\(decimal(logit, 3))
      \(weights)
      \(remedy)
      e^\(decimal(logit, 3)) is \(fits_gf16 ? "a finite number" : "beyond the numbers") of GF16\(phi)
      """
    }

    private var weights: String {
      if headroom < 0x1p-50 {
        return
          "the largest weight may be 1 less \(String(format: "%.2g", headroom)): this gain excludes nothing"
      }
      return "no weight above \(decimal(largest_weight, 6)); entropy of the weights at least "
        + "\(decimal(least_entropy, 4)) bits"
    }

    private var remedy: String {
      guard let largest_gain else {
        return
          "no gain keeps every weight at \(cap) or below: one of \(keys) keys has at least 1/\(keys)"
      }
      return "every weight stays at \(cap) or below up to a gain of \(decimal(largest_gain, 4))"
    }

    private var phi: String {
      abs(gain - ProvenConstants.phiSquared) < 1e-12
        ? "; with φ² that holds up to \(ProvenConstants.lastHeadSize) numbers to a head" : ""
    }
  }
}
