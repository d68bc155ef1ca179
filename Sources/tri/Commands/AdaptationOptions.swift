import ArgumentParser
import Scoring

/// How `tri eval --adaptive` learns.
struct AdaptationOptions: ParsableArguments {
  @Flag(help: "Let the weights learn from the bytes already scored.")
  var adaptive = false

  @Option(
    name: .customLong("adaptive-rate"),
    help: "Step, in units of a parameter's usual gradient. Default: 0.0003.")
  var rate: Double?

  @Option(
    name: .customLong("adaptive-bytes"),
    help: "Scored bytes from one step to the next. Default: 64.")
  var bytes: Int?

  @Option(
    name: .customLong("adaptive-momentum"),
    help: "Share of the steps before, in [0, 1). Default: 0.")
  var momentum: Double?

  @Option(
    name: .customLong("adaptive-decay"),
    help: "Share of the way back to the trained weights a step, 0 to 1. Default: 0.")
  var decay: Double?

  @Option(
    name: .customLong("adaptive-layer-share"),
    help: "Factor of the rate per layer below the head, in (0, 1]. Default: 1.")
  var layerShare: Double?

  @Option(
    name: .customLong("adaptive-last-layers"),
    help: "Blocks, from the head down, that learn beside it. Default: everything learns.")
  var lastLayers: Int?

  private var hasSettings: Bool {
    rate != nil || bytes != nil || momentum != nil || decay != nil || layerShare != nil
      || lastLayers != nil
  }

  /// Whether any of these was said.
  var isGiven: Bool { adaptive || hasSettings }

  /// nil without `--adaptive`.
  ///
  /// - Throws: ``Failure`` with exit code 64.
  func settings() throws -> DynamicEvaluation? {
    guard adaptive else {
      if hasSettings {
        throw Failure.usage(
          "a setting of adaptive evaluation is given without --adaptive", hint: "add --adaptive")
      }
      return nil
    }
    var settings = DynamicEvaluation()
    if let rate { settings.rate = rate }
    if let bytes { settings.bytesPerStep = bytes }
    if let momentum { settings.momentum = momentum }
    if let decay { settings.decay = decay }
    if let layerShare { settings.layerShare = layerShare }
    settings.lastLayers = lastLayers
    if let problem = settings.problem {
      throw Failure.usage("--adaptive with \(problem)", hint: "see 'tri eval --help'")
    }
    return settings
  }
}
