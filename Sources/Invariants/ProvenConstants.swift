// Made by `tri proofs check --compile --record` from what Coq prints. Do not edit.

/// Numbers that theorems speak of; `Proofs/Igla/Constants.v` has what is proved of each.
public enum ProvenConstants {
  /// Steps of the first rung.
  public static let rungUnit = 1_000
  /// Factor between rungs, and one in so many of a rung is promoted.
  public static let rungEta = 3
  /// Rungs of a race.
  public static let rungCount = 4
  /// Bits per byte above which a trial is stopped: φ² + φ⁻² + ½.
  public static let safetyCut = 3.5
  /// Next-byte steps before that cut applies.
  public static let cutAfter = 1_000
  /// φ², the gain of the attention logits.
  public static let phiSquared = 2.618033988749895
  /// φ⁻³/2.
  public static let alphaPhi = 0.11803398874989485
  /// Runs at which the rational t-test is exact.
  public static let victorySeeds = 3
  /// The k-th candidate is tested at 1/(this · k · (k + 1)), and the levels sum to 1/this.
  public static let victoryFamily = 100
  /// Lower edge of the automaton's band, in bits.
  public static let entropyLow = 1.5
  /// Upper edge of the automaton's band, in bits.
  public static let entropyHigh = 2.8
  /// Factor of the squared distance from the band.
  public static let entropyHardness = 100
  /// No state has a larger share at the lower edge or above it.
  public static let entropyPeak = 0.7634
  /// States of a cell.
  public static let automatonStates = 9
  /// Share of the target encoder that the first step keeps.
  public static let firstDecay = 0.996
  /// Index of the last Lucas number that GF16 has.
  public static let lastExactLucas = 15
  /// GF16 has every integer up to here, and not the next.
  public static let largestExactInteger = 1_024
  /// The largest number of GF16.
  public static let largestGF16 = 4_290_772_992
  /// Largest D for which e to the φ² · √D is within GF16.
  public static let lastHeadSize = 71
  /// Smaller magnitudes become finite numbers of GF16.
  public static let finiteBelow = 4_292_870_144
  /// Products of numbers of GF16 whose sum does not overflow binary32, in any order.
  public static let mostProducts = 1_048_576
  /// Bytes that the arithmetic coder's interval keeps at least.
  public static let coderBytes = 6

  /// Each by its name, as the program has it.
  public static let all: [(name: String, value: Double)] = [
    ("rungUnit", Double(rungUnit)),
    ("rungEta", Double(rungEta)),
    ("rungCount", Double(rungCount)),
    ("safetyCut", Double(safetyCut)),
    ("cutAfter", Double(cutAfter)),
    ("phiSquared", Double(phiSquared)),
    ("alphaPhi", Double(alphaPhi)),
    ("victorySeeds", Double(victorySeeds)),
    ("victoryFamily", Double(victoryFamily)),
    ("entropyLow", Double(entropyLow)),
    ("entropyHigh", Double(entropyHigh)),
    ("entropyHardness", Double(entropyHardness)),
    ("entropyPeak", Double(entropyPeak)),
    ("automatonStates", Double(automatonStates)),
    ("firstDecay", Double(firstDecay)),
    ("lastExactLucas", Double(lastExactLucas)),
    ("largestExactInteger", Double(largestExactInteger)),
    ("largestGF16", Double(largestGF16)),
    ("lastHeadSize", Double(lastHeadSize)),
    ("finiteBelow", Double(finiteBelow)),
    ("mostProducts", Double(mostProducts)),
    ("coderBytes", Double(coderBytes)),
  ]
}
