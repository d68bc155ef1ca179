public import Invariants

/// What rounding both operands of a model's matrix products to GF16 can do, for every text (INV-3).
///
/// Nothing is measured on data: how large an input can be follows from the weights. A normed row has a
/// Euclidean norm of at most √C times its largest gain; products, activations and averages carry such
/// bounds on to the next product. Each product's error is for inputs as they come, exact or not: the
/// errors of one product are not carried through norms to the next, where no useful bound is known. So
/// ``logitError`` is what the last product alone adds, and says what rounding its operands does to a
/// score.
///
/// Norms and softmax are done in binary32; the bounds take them as within 2⁻¹² of exact.
///
/// Proof: `gf16_certificate`, `gf16_no_overflow`, `logits_bits` in `Proofs/Igla/SafeDomain.v`;
/// `rms_norm_size` in `Proofs/Igla/QKGain.v`.
public struct GF16Certificate: Sendable, Hashable {
  /// One of the model's matrix products.
  public struct Product: Sendable, Hashable {
    /// Name of its tensor, or `attention.scores` and `attention.mixture` for those of two activations.
    public let name: String
    /// Dot products in it.
    public let outputs: Int
    /// The worst of them.
    public let bound: GF16ProductBound
  }

  /// In the order of computation.
  public let products: [Product]
  /// How far off a logit can be by its own product.
  public let logitError: Double

  /// Bits per byte by which rounding the operands of the last product can move a score.
  public var scoreError: Double { GF16ProductBound.scoreBound(logitError: logitError) }
  /// Whether no operand becomes infinite and no sum overflows, for any text.
  public var fits: Bool { products.allSatisfy(\.bound.fits) }

  /// Computes the certificate of a model.
  ///
  /// - Parameters:
  ///   - configuration: Of the model.
  ///   - parameters: Dense parameters, as many as ``ParameterLayout/modelCount`` at least.
  ///   - tables: Hash tables, ``ParameterLayout/tableCount``.
  /// - Complexity: O(parameters).
  public init(
    _ configuration: ModelConfiguration, parameters: UnsafeBufferPointer<Float>,
    tables: UnsafeBufferPointer<Float>
  ) {
    let layout = ParameterLayout(configuration)
    precondition(
      parameters.count >= layout.modelCount && tables.count >= layout.tableCount,
      "[GF16Certificate] \(parameters.count) parameters, \(tables.count) of tables")
    var walk = BoundWalk(configuration, layout, parameters, tables)
    walk.model()
    products = walk.products
    logitError = walk.products.last?.bound.error ?? .infinity
  }
}

extension Transformer {
  /// The certificate of the weights as they stand; nil where one of them is not a finite number.
  public var gf16Certificate: GF16Certificate? {
    let parameters = UnsafeBufferPointer(start: parameterBase, count: layout.modelCount)
    let tables = UnsafeBufferPointer(start: tableBase, count: layout.tableCount)
    guard parameters.allSatisfy(\.isFinite), tables.allSatisfy(\.isFinite) else { return nil }
    return GF16Certificate(configuration, parameters: parameters, tables: tables)
  }

  /// Rounds every weight to the nearest number of a format.
  public func roundWeights(to format: NumberFormat) {
    let rounding = ArrayRounding(format)
    rounding.round(parameterBase, layout.modelCount, into: parameterBase)
    rounding.round(tableBase, layout.tableCount, into: tableBase)
    parametersChanged()
  }
}
