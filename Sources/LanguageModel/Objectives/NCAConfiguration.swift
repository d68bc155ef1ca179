internal import Invariants
internal import KernelInterface

/// The neural cellular automaton beside the head (NCA): part of the model, and an objective.
///
/// At each position the last normed row drives a 9 × 9 torus of cells, each a distribution over 9
/// states, through a few steps of a rule that is learned with the model; what the cells then say is
/// added to the row before the head. So the automaton takes part in every prediction. The objective
/// keeps its mean state's entropy inside a band; see `CellularAutomaton` for the equations.
///
/// - Source: Mordvintsev et al. 2020, "Growing Neural Cellular Automata", doi:10.23915/distill.00023,
///   for a learned rule; the band, `K` and the grid are the specification's law L-R11.
public struct NCAConfiguration: Sendable, Hashable {
  /// How a cell's next state follows from its own and its neighbours'.
  public enum Rule: String, Sendable, CaseIterable {
    /// Learned weights, which start as a soft majority; the drive counts in every step.
    case learned
    /// The soft majority itself, whose weights nobody trains; the drive counts in the first states
    /// alone.
    case majority
  }

  /// `K` of L-R11 and of the kernels.
  package static let lawfulStates = ProvenConstants.automatonStates
  /// Cells of a row and of a column in L-R11 and in the kernels.
  package static let lawfulGrid = 9
  /// Weights of the soft majority: of a cell's own state, and of each of its four neighbours'.
  ///
  /// The earlier project's votes, 2 and 1, times 2. Its hard majority is the limit of large factors,
  /// which has no gradient.
  package static let centreWeight = 4.0, neighbourWeight = 2.0
  /// Factor of the squared distance from the band in the penalty; the earlier project's.
  package static let hardness = Double(ProvenConstants.entropyHardness)

  /// Factor of the penalty beside next-byte's 1; 0 leaves the automaton in the model and drops the
  /// penalty.
  public var weight = 0.25
  /// Steps of the roll-out.
  public var steps = 2
  public var rule = Rule.learned
  /// States of a cell, `K`.
  public var states = 9
  /// Cells of a row and of a column of the torus.
  public var grid = 9
  /// The band of the mean state's entropy, in bits.
  public var low = ProvenConstants.entropyLow, high = ProvenConstants.entropyHigh

  public init() {}

  /// The penalty of an entropy, and its derivative.
  ///
  ///     penalty = 100 · max(low − entropy, 0, entropy − high)²
  ///
  /// Zero on the whole band and nowhere else, convex, and once differentiable: its derivative is
  /// negative below the band, positive above it and 0 inside, so that a descent leads into it.
  /// - Parameter entropy: In bits; NaN gives NaN.
  /// - Returns: The penalty without its weight, and its derivative in the entropy.
  package func penalty<Scalar: BinaryFloatingPoint>(
    _ entropy: Scalar
  ) -> (value: Scalar, derivative: Scalar) {
    // Written so that NaN is in no band.
    if entropy >= Scalar(low) && entropy <= Scalar(high) { return (0, 0) }
    let distance = entropy < Scalar(low) ? entropy - Scalar(low) : entropy - Scalar(high)
    let hardness = Scalar(Self.hardness)
    return (hardness * distance * distance, 2 * hardness * distance)
  }
}

extension NCAConfiguration {
  /// Throws the first reason, if any, why no model can have this automaton.
  public func validated() throws(ConfigurationError) {
    func need(_ holds: Bool, _ message: String) throws(ConfigurationError) {
      if !holds { throw ConfigurationError(.nca, message) }
    }
    try need(
      states == Self.lawfulStates,
      "nca_states is \(states), but the law L-R11 fixes K = \(Self.lawfulStates)")
    try need(
      grid == Self.lawfulGrid,
      "nca_grid is \(grid), but the law L-R11 fixes a torus of \(Self.lawfulGrid) × "
        + "\(Self.lawfulGrid) cells")
    try need((1...64).contains(steps), "nca_steps is \(steps); choose 1 to 64")
    try need(
      weight.isFinite && weight >= 0 && weight <= 1_000, "nca_weight is \(weight); choose 0 to 1000"
    )
    // log₂ 9 = 3.1699…, the entropy of nine equally frequent states, rounded down.
    try need(
      low >= 0 && low < high && high <= Self.mostEntropy,
      "the band is nca_low \(low) to nca_high \(high) bits; choose 0 ≤ low < high ≤ "
        + "\(Self.mostEntropy), the entropy of \(Self.lawfulStates) equally frequent states")
  }

  /// Bits of the most uncertain mean state, log₂ 9.
  public static let mostEntropy = 3.169_925_001_442_312

  /// The rule `(19, 9)` that learning starts from and that `majority` keeps.
  package static let softMajority: [Float] = {
    let K = CellularAutomaton.states
    var rule = [Float](repeating: 0, count: CellularAutomaton.ruleRows * K)
    for k in 0..<K {
      rule[k * K + k] = Float(centreWeight)
      rule[(K + k) * K + k] = Float(neighbourWeight)
    }
    return rule
  }()
}

/// What the automata of a step's positions are like.
public struct NCAStatistics: Sendable, Hashable, Encodable {
  /// Mean entropy of the mean state, in bits.
  public let entropy: Double
  /// Share of positions outside the band.
  public let violations: Double
  /// Mean penalty, without its weight.
  public let loss: Double

  public init(entropy: Double, violations: Double, loss: Double) {
    self.entropy = entropy
    self.violations = violations
    self.loss = loss
  }
}
