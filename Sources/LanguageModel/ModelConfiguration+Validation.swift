internal import KernelInterface

/// Why a configuration cannot be built.
///
/// No code is worth a retry: change the named value, or drop the trial that holds it.
public struct ConfigurationError: Error, Sendable, Hashable {
  /// The value at fault.
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// `width` is not positive: raise it.
    case width
    /// `layers` is not positive, or not 0 for an encoder of contexts: change it.
    case layers
    /// `heads` does not divide `width` into heads of two channels or more: change either.
    case heads
    /// `context` is outside 1…``ModelConfiguration/maximumContext``: move it there.
    case context
    /// `hidden` is not positive: raise it.
    case hidden
    /// `ngramOrders` are not strictly increasing in 2…8: sort them, or drop some.
    case ngramOrders
    /// `ngramRows` is not a power of two: round it.
    case ngramRows
    /// `ngramWidth` is not positive though there are orders: raise it, or drop the orders.
    case ngramWidth
    /// `contexts` is outside 1…8: move it there.
    case contexts
    /// `qkGain` is not a positive finite number: choose one.
    case qkGain
    /// `rotaryBase` is not a finite number above 1: choose one.
    case rotaryBase
    /// A value of the JEPA objective is out of its range: the message names it.
    case jepa
    /// A value of the cellular automaton is out of its range: the message names it.
    case nca
    /// `dropout` is outside [0, 1): move it there.
    case dropout
    /// `ngramDropout` is outside [0, 1): move it there.
    case ngramDropout
    /// The parameters are more than ``ModelConfiguration/maximumElements``: shrink the model.
    case size
  }

  public let code: Code
  /// What is wrong, with the value, and what to do about it.
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}

extension ModelConfiguration {
  /// The longest window that a model may have.
  public static let maximumContext = 1024

  /// The most elements that the dense parameters, and apart from them the tables, may have: 2³¹.
  public static let maximumElements = 1 << 31

  /// Throws the first reason, if any, why no model can have these sizes.
  ///
  /// Call this on any configuration from outside before ``ParameterLayout/init(_:)``, which traps
  /// where this throws. The n-gram sizes and rate count only where there are n-gram orders.
  public func validated() throws(ConfigurationError) {
    try validateBlocks()
    try validateNgrams()
    try validateNumbers()
    try nca?.validated()
    try validateSizes()
  }

  private func validateBlocks() throws(ConfigurationError) {
    guard width > 0 else {
      throw ConfigurationError(.width, "width is \(width); choose at least 2")
    }
    switch encoder {
    case .blocks:
      guard layers > 0 else {
        throw ConfigurationError(.layers, "layers is \(layers); choose at least 1")
      }
    case .contexts:
      guard layers == 0 else {
        throw ConfigurationError(
          .layers, "layers is \(layers), but an encoder of contexts has no blocks; choose 0")
      }
      guard (1...8).contains(contexts) else {
        throw ConfigurationError(.contexts, "contexts is \(contexts); choose 1 to 8")
      }
    }
    guard heads > 0, width % heads == 0, width / heads >= 2 else {
      throw ConfigurationError(
        .heads,
        "heads is \(heads) at width \(width); choose heads so that width / heads is a whole "
          + "number of at least 2")
    }
    guard (1...Self.maximumContext).contains(context) else {
      throw ConfigurationError(
        .context, "context is \(context); choose 1 to \(Self.maximumContext)")
    }
    guard hidden > 0 else {
      throw ConfigurationError(.hidden, "hidden is \(hidden); choose at least 1")
    }
  }

  /// Whether these can be `ngramOrders`: strictly increasing, in 2…8, or none.
  package static func areNgramOrders(_ orders: [Int]) -> Bool {
    zip(orders, orders.dropFirst()).allSatisfy { $0 < $1 }
      && orders.allSatisfy { (2...8).contains($0) }
  }

  private func validateNgrams() throws(ConfigurationError) {
    guard encoder == .blocks || ngramOrders.isEmpty else {
      throw ConfigurationError(
        .ngramOrders,
        "ngramOrders is \(ngramOrders), but an encoder of contexts has no hash tables; choose none")
    }
    guard encoder == .blocks || ngramWidth > 0 else {
      throw ConfigurationError(.ngramWidth, "ngramWidth is \(ngramWidth); choose at least 1")
    }
    guard !ngramOrders.isEmpty else { return }
    guard Self.areNgramOrders(ngramOrders) else {
      throw ConfigurationError(
        .ngramOrders,
        "ngramOrders is \(ngramOrders); give strictly increasing orders from 2 to 8, or none")
    }
    guard ngramRows > 0, ngramRows & (ngramRows - 1) == 0 else {
      throw ConfigurationError(
        .ngramRows, "ngramRows is \(ngramRows); choose a power of two, such as 65536")
    }
    guard ngramWidth > 0 else {
      throw ConfigurationError(
        .ngramWidth, "ngramWidth is \(ngramWidth); choose at least 1, or give no ngramOrders")
    }
    guard ngramDropout >= 0, ngramDropout < 1 else {
      throw ConfigurationError(
        .ngramDropout,
        "ngramDropout is \(ngramDropout); choose a rate of at least 0 and below 1")
    }
  }

  private func validateNumbers() throws(ConfigurationError) {
    guard qkGain.isFinite, qkGain > 0 else {
      throw ConfigurationError(
        .qkGain, "qkGain is \(qkGain); choose a finite number above 0, such as 2.618")
    }
    guard rotaryBase.isFinite, rotaryBase > 1 else {
      throw ConfigurationError(
        .rotaryBase, "rotaryBase is \(rotaryBase); choose a finite number above 1, such as 10000")
    }
    guard dropout >= 0, dropout < 1 else {
      throw ConfigurationError(
        .dropout, "dropout is \(dropout); choose a rate of at least 0 and below 1")
    }
  }

  private func validateSizes() throws(ConfigurationError) {
    let tables = ngramOrders.isEmpty ? 0 : Self.product([ngramOrders.count, ngramRows, ngramWidth])
    guard let tables, tables <= Self.maximumElements else {
      throw ConfigurationError(
        .size,
        "\(ngramOrders.count) tables of \(ngramRows) rows and \(ngramWidth) channels exceed "
          + "\(Self.maximumElements) elements; lower ngramRows or ngramWidth")
    }
    guard let dense = denseElements, dense <= Self.maximumElements else {
      throw ConfigurationError(
        .size,
        "width \(width), hidden \(hidden) and \(layers) layers exceed \(Self.maximumElements) "
          + "parameters; lower one of them")
    }
  }

  /// What ``ParameterLayout/count`` will be, without laying anything out; nil on overflow.
  package var denseElements: Int? {
    let C = width
    let V = Self.vocabulary
    let branch = [[Int]](repeating: [C], count: tokenShift ? 2 : 1)
    let attention = self.attention ? branch + [[3, C, C], [C, C]] : []
    let block = Self.paddedSum(attention + branch + [[C, hidden], [hidden, C]])
    let others = Self.paddedSum(outerShapes + [[C, V], [V]] + automatonShapes)
    guard let block, let others, let blocks = Self.product([layers, block]) else { return nil }
    let shares = valueShares * ParameterLayout.alignment
    let (sum, overflow) = blocks.addingReportingOverflow(others)
    return overflow ? nil : sum + shares
  }

  /// The encoder's tensors outside its blocks.
  private var outerShapes: [[Int]] {
    switch encoder {
    case .blocks:
      [[Self.vocabulary, width], [width]]
        + (ngramOrders.isEmpty ? [] : [[ngramOrders.count, ngramWidth, width]])
    case .contexts:
      [[Int]](repeating: [Self.vocabulary, ngramWidth], count: 1 + contexts)
        + [[ngramWidth, width]]
    }
  }

  /// How many tensors ``ParameterLayout/tensors`` will be.
  package var tensorCount: Int {
    let branch = tokenShift ? 2 : 1
    return layers * (branch + 2 + (attention ? branch + 2 : 0)) + valueShares
      + outerShapes.count + 2 + automatonShapes.count
  }

  /// Of the tensors of ``ParameterLayout/Automaton``; empty without one.
  private var automatonShapes: [[Int]] {
    guard let nca else { return [] }
    let (cells, K) = (CellularAutomaton.cells, CellularAutomaton.states)
    let shapes = [[width, CellularAutomaton.drives], [cells, K], [K], [K], [cells, width]]
    return nca.rule == .learned ? shapes + [[CellularAutomaton.ruleRows, K]] : shapes
  }

  /// How many blocks mix in the first one's values.
  private var valueShares: Int { attention && valueResidual ? max(0, layers - 1) : 0 }

  /// Adds the products of `shapes`, each rounded up to the layout's alignment; nil on overflow.
  private static func paddedSum(_ shapes: [[Int]]) -> Int? {
    let alignment = ParameterLayout.alignment
    var total = 0
    for shape in shapes {
      guard let count = product(shape), count <= maximumElements else { return nil }
      total += (count + alignment - 1) / alignment * alignment
    }
    return total
  }

  private static func product(_ factors: [Int]) -> Int? {
    var result = 1
    for factor in factors {
      let (next, overflow) = result.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      result = next
    }
    return result
  }
}
