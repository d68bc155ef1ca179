/// How far off a dot product may be whose operands were rounded to GF16 (INV-3).
///
/// The products and sums are done in binary32, each rounded once, in any order; for weights of
/// Euclidean norm W, inputs of norm X, and S the sum of all their magnitudes,
///
///     |ŝ − s| ≤ ((1 + 2⁻¹⁰)²·g − 1)·W·X + (2⁻⁴⁰·(1 + 2⁻¹⁰)·S + (2⁻⁸⁰ + 2⁻¹⁴⁹)·n)·g,
///     g = (1 + 2⁻²⁴)ⁿ
///
/// Subnormal operands and results are counted.
///
/// Proof: `gf16_certificate`, and `gf16_no_overflow` for ``fits``, in `Proofs/Igla/SafeDomain.v`.
public struct GF16ProductBound: Sendable, Hashable {
  /// Products in the sum, `n`.
  public let terms: Int
  /// Largest magnitude of a weight and of an input.
  public let largestWeight: Double, largestInput: Double
  /// Euclidean norms, or bounds of them.
  public let weightNorm: Double, inputNorm: Double
  /// The bound.
  public let error: Double

  /// Magnitudes below this become finite numbers of GF16; they are then at most 2³².
  public static let finiteBelow = Double(ProvenConstants.finiteBelow)
  /// Terms for which the proof excludes an overflow of the sum.
  public static let mostTerms = ProvenConstants.mostProducts

  /// Bounds a dot product.
  ///
  /// - Parameters:
  ///   - n: Terms, at least 1.
  ///   - largestWeight: Bound of the weights' magnitudes, ≥ 0.
  ///   - largestInput: Bound of the inputs' magnitudes, ≥ 0.
  ///   - weightNorm: Bound of the weights' Euclidean norm; nil for what n such magnitudes have at most.
  ///   - inputNorm: The same of the inputs.
  public init(
    terms n: Int, largestWeight: Double, largestInput: Double, weightNorm: Double? = nil,
    inputNorm: Double? = nil
  ) {
    precondition(
      n >= 1 && largestWeight >= 0 && largestInput >= 0,
      "[GF16ProductBound] \(n) terms of weights to \(largestWeight), inputs to \(largestInput)")
    let root = Double(n).squareRoot()
    terms = n
    (self.largestWeight, self.largestInput) = (largestWeight, largestInput)
    self.weightNorm = min(weightNorm ?? .infinity, root * largestWeight)
    self.inputNorm = min(inputNorm ?? .infinity, root * largestInput)
    // g − 1, of which 1 + … would lose the digits: n·2⁻²⁴·(1 + n·2⁻²⁴) is above it for n ≤ 2²⁴.
    let step = Double(n) * 0x1p-24
    let growth = step * (1 + step)
    let operands = 0x1p-9 + 0x1p-20
    let relative = operands + growth + operands * growth
    let sums = root * (self.weightNorm + self.inputNorm)
    let bound =
      relative * self.weightNorm * self.inputNorm
      + (0x1p-40 * (1 + 0x1p-10) * sums + (0x1p-80 + 0x1p-149) * Double(n)) * (1 + growth)
    // This sum itself is rounded a few times, by 2⁻⁵³ each.
    error = bound * (1 + 0x1p-48)
  }

  /// Whether every operand is a finite number of GF16, and no sum overflows binary32.
  public var fits: Bool {
    largestWeight < Self.finiteBelow && largestInput < Self.finiteBelow && terms <= Self.mostTerms
  }

  /// Bits per byte by which a score can move where each logit is off by at most `error`:
  /// `2·error/ln 2`.
  ///
  /// Proof: `logits_bits`.
  public static func scoreBound(logitError error: Double) -> Double { 2 * error / 0.693_147_180_5 }
}
