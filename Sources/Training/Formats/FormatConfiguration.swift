public import LanguageModel

/// What of a run is rounded to a 16-bit format, and how.
public struct FormatConfiguration: Sendable, Hashable {
  /// The ways of rounding.
  public enum Rounding: String, Sendable, Hashable, CaseIterable {
    /// To the nearer neighbour.
    case nearest
    /// To either neighbour at random, the mean being the number.
    case stochastic
  }

  /// The format of the weights; the rest counts only where it is not `float32`.
  public var format = NumberFormat.float32
  public var rounding = Rounding.nearest
  /// Whether the optimiser works on weights in float32, of which the model gets rounded copies.
  public var keepsMaster = true
  /// Whether what the forward pass keeps for the backward pass is rounded too.
  public var roundsActivations = false
  /// Whether the optimiser's moments are rounded too.
  public var roundsState = false
  /// Whether GF16 may be used below ``leastGF16Width``.
  public var allowsNarrowGF16 = false

  public init() {}

  /// The width below which law L-R9 forbids GF16.
  public static let leastGF16Width = 256

  /// What was measured below that width, on validation; BENCH-012.
  public static let narrowGF16Record =
    "measured at hidden 128 (300 steps, 3 seeds): float32 2.3495 BPB, gf16 2.3485 with masters, "
    + "2.3453 in place; see Records/2026-11-23-formats"

  /// Whether anything is rounded.
  public var isOn: Bool { format != .float32 }

  /// The rounding of the activations; nil for none.
  var activations: ArrayRounding? {
    isOn && roundsActivations ? ArrayRounding(format) : nil
  }

  /// Rounds the weights of an engine that scores: an average of rounded weights is not itself one.
  func roundScored(_ scorer: Transformer) {
    guard isOn else { return }
    let rounding = ArrayRounding(format)
    rounding.round(scorer.parameterBase, scorer.layout.count, into: scorer.parameterBase)
    rounding.round(scorer.tableBase, scorer.layout.tableCount, into: scorer.tableBase)
  }

  /// The rounding of what array `array` holds after step `step`.
  func rounding(of array: Array, step: Int, seed: Int) -> ArrayRounding {
    switch rounding {
    case .nearest: ArrayRounding(format)
    case .stochastic:
      ArrayRounding(
        format,
        .stochastic(
          seed: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(step) << 8
            ^ UInt64(array.rawValue)))
    }
  }

  /// The arrays whose random numbers must differ.
  enum Array: Int {
    case weights = 1
    case tables, first, second, tableSecond
  }
}
