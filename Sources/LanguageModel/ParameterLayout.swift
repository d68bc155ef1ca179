internal import KernelInterface

/// Where each parameter tensor lies in the one flat array of dense parameters.
///
/// All matrices are stored `(inputs, outputs)`, row-major, so that `y = x · W`. The hash tables are
/// not dense parameters: they lie in an array of their own, order by order, row-major
/// `(O, ngramRows, W)`, because a step touches few of their rows.
public struct ParameterLayout: Sendable, Hashable {
  /// One tensor's place.
  public struct Tensor: Sendable, Hashable {
    /// Stable name, as written to checkpoints.
    public let name: String
    /// Index of its first element.
    public let offset: Int
    /// Rows; 1 for a vector.
    public let rows: Int
    /// Columns.
    public let columns: Int
    /// What it is, which decides its initial values and its optimiser.
    public let role: Role

    /// Number of elements.
    public var count: Int { rows * columns }
    /// The elements' indices.
    public var range: Range<Int> { offset..<(offset + count) }
  }

  /// The kinds of tensor.
  public enum Role: Sendable, Hashable {
    /// Byte embedding `(V, C)`.
    case embedding
    /// A matrix of an encoder of contexts or of its head: uniform at first, one rate for all.
    case contextual
    /// A matrix inside a block; the ones that Muon orthogonalises. `fused` matrices stand side by
    /// side in the columns and count as separate ones.
    case block(fused: Int)
    /// A block matrix that starts at zero (attention output, perceptron down).
    case blockOutput
    /// Projection of the hash rows `(O·W, C)`.
    case ngramProjection
    /// Output matrix `(C, V)`; starts at zero.
    case head
    /// Output bias `(V)`; starts at zero.
    case bias
    /// Norm gain `(C)`; starts at one.
    case gain
    /// Token-shift factor `(C)`; starts at zero.
    case shift
    /// Share of the first block's values, one number; starts at a half.
    case valueShare
    /// Matrix `(C, 90)` that drives the cellular automaton; starts small.
    case cellDrive
    /// What its cells start from without a drive, `(81, 9)`.
    case cellSeed
    /// Rule `(19, 9)` of the cellular automaton; starts as a soft majority.
    case cellRule
    /// Matrix `(81, C)` from its cells to what the head reads; starts at zero.
    case cellReadout
  }

  /// The tensors of a block's attention.
  public struct Attention: Sendable, Hashable {
    /// `(C)`, gain of the norm before it.
    public let gain: Tensor
    /// `(C)`, token shift before it; absent without token shift.
    public let shift: Tensor?
    /// `(C, 3C)`: query, key and value matrices side by side.
    public let queryKeyValue: Tensor
    /// `(C, C)`.
    public let output: Tensor
    /// `(1)`, share of the first block's values; in later blocks of models with value residuals.
    public let valueShare: Tensor?
  }

  /// The tensors of one block.
  public struct Block: Sendable, Hashable {
    /// Absent where blocks are perceptrons alone.
    public let attention: Attention?
    /// `(C)`, gain of the norm before the perceptron.
    public let hiddenGain: Tensor
    /// `(C)`, token shift before the perceptron; absent without token shift.
    public let hiddenShift: Tensor?
    /// `(C, F)`.
    public let up: Tensor
    /// `(F, C)`.
    public let down: Tensor
  }

  /// The tensors of an encoder of contexts, beside the embedding of the last byte.
  public struct Contexts: Sendable, Hashable {
    /// `(V, W)` each: the embedding of the byte one before the last, two before it and so on.
    public let tables: [Tensor]
    /// `(W, C)`.
    public let up: Tensor
  }

  /// The tensors of the cellular automaton beside the head.
  public struct Automaton: Sendable, Hashable {
    /// `(C, 90)`: from a normed row to one number a cell and one a state.
    public let drive: Tensor
    /// `(81, 9)`: what the first states' logits are without a drive.
    public let seed: Tensor
    /// `(9)`: what a cell's number of the drive adds to its logits.
    public let direction: Tensor
    /// `(19, 9)`: weights of a cell's own states, of its neighbours', and the bias; absent where the
    /// rule is not learned.
    public let rule: Tensor?
    /// `(9)`: what each state says to the readout.
    public let value: Tensor
    /// `(81, C)`: from the cells' readouts to what is added before the head.
    public let output: Tensor
  }

  /// The head of one byte beyond the next, which scoring does not need.
  public struct ExtraHead: Sendable, Hashable {
    /// `(C, V)`.
    public let matrix: Tensor
    /// `(V)`.
    public let bias: Tensor
  }

  /// The tensors of the JEPA objective's predictor, which scoring does not need.
  public struct Predictor: Sendable, Hashable {
    /// `(longest, C)`: the query of each place in a span.
    public let query: Tensor
    /// `(C, 2C)`: key and value matrices side by side.
    public let keyValue: Tensor
    /// `(C, C)`.
    public let output: Tensor
    /// `(C)`, gain of the norm before the perceptron.
    public let gain: Tensor
    /// `(C, F)`.
    public let up: Tensor
    /// `(F, C)`.
    public let down: Tensor

    /// How many tensors these are.
    package static let tensorCount = 6
  }

  /// Byte embedding `(V, C)`; `(V, W)` in an encoder of contexts.
  public let embedding: Tensor
  /// Projection of hash rows `(O·W, C)`; absent when there are no n-gram orders.
  public let ngramProjection: Tensor?
  /// The blocks, first to last.
  public let blocks: [Block]
  /// Present in an encoder of contexts.
  public let contexts: Contexts?
  /// `(C)`, gain of the norm before the head; absent in an encoder of contexts.
  public let finalGain: Tensor?
  /// `(C, V)`.
  public let head: Tensor
  /// `(V)`.
  public let headBias: Tensor
  /// The cellular automaton beside the head; absent without one.
  public let automaton: Automaton?
  /// The heads of the bytes beyond the next that training predicts too, nearest first; behind the model's
  /// tensors.
  public let extra: [ExtraHead]
  /// Present when the model is trained with the JEPA objective; behind all other tensors.
  public let predictor: Predictor?
  /// Elements of the model itself, padding included: those of all that scoring needs.
  public let modelCount: Int
  /// Elements before the predictor's.
  package let predictorStart: Int
  /// Every tensor, by rising offset.
  public let tensors: [Tensor]
  /// Elements of the flat array of dense parameters, padding included.
  public let count: Int
  /// Elements of all hash tables together: `O · ngramRows · W`.
  public let tableCount: Int

  /// Elements to which each tensor's start is aligned (64 bytes).
  public static let alignment = 16

  public init(
    _ configuration: ModelConfiguration, jepa: JEPAConfiguration? = nil,
    extra: ExtraBytesConfiguration? = nil
  ) {
    var all: [Tensor] = []
    var next = 0
    func place(_ name: String, _ rows: Int, _ columns: Int, _ role: Role) -> Tensor {
      let tensor = Tensor(name: name, offset: next, rows: rows, columns: columns, role: role)
      all.append(tensor)
      let end = next + tensor.count
      next = (end + Self.alignment - 1) / Self.alignment * Self.alignment
      return tensor
    }
    let C = configuration.width
    let F = configuration.hidden
    let V = ModelConfiguration.vocabulary
    let W = configuration.ngramWidth
    switch configuration.encoder {
    case .blocks:
      embedding = place("embedding", V, C, .embedding)
      contexts = nil
    case .contexts:
      embedding = place("embedding", V, W, .contextual)
      contexts = Contexts(
        tables: (1...configuration.contexts).map { place("context.\($0)", V, W, .contextual) },
        up: place("up", W, C, .contextual))
    }
    ngramProjection =
      configuration.ngramOrders.isEmpty
      ? nil : place("ngram.projection", configuration.ngramChannels, C, .ngramProjection)
    blocks = (0..<configuration.layers).map { layer in
      let prefix = "block.\(layer)."
      func shift(_ name: String) -> Tensor? {
        configuration.tokenShift ? place(prefix + name, 1, C, .shift) : nil
      }
      return Block(
        attention: configuration.attention
          ? Attention(
            gain: place(prefix + "attention.gain", 1, C, .gain), shift: shift("attention.shift"),
            queryKeyValue: place(prefix + "attention.qkv", C, 3 * C, .block(fused: 3)),
            output: place(prefix + "attention.output", C, C, .blockOutput),
            valueShare: configuration.valueResidual && layer > 0
              ? place(prefix + "attention.value_share", 1, 1, .valueShare) : nil) : nil,
        hiddenGain: place(prefix + "mlp.gain", 1, C, .gain), hiddenShift: shift("mlp.shift"),
        up: place(prefix + "mlp.up", C, F, .block(fused: 1)),
        down: place(prefix + "mlp.down", F, C, .blockOutput))
    }
    finalGain = configuration.encoder == .blocks ? place("final.gain", 1, C, .gain) : nil
    head = place("head", C, V, configuration.encoder == .blocks ? .head : .contextual)
    headBias = place("head.bias", 1, V, .bias)
    automaton = configuration.nca.map {
      let (cells, K) = (CellularAutomaton.cells, CellularAutomaton.states)
      return Automaton(
        drive: place("nca.drive", C, CellularAutomaton.drives, .cellDrive),
        seed: place("nca.seed", cells, K, .cellSeed),
        direction: place("nca.direction", 1, K, .embedding),
        rule: $0.rule == .learned
          ? place("nca.rule", CellularAutomaton.ruleRows, K, .cellRule) : nil,
        value: place("nca.value", 1, K, .embedding),
        output: place("nca.output", cells, C, .cellReadout))
    }
    modelCount = next
    let headRole: Role = configuration.encoder == .blocks ? .head : .contextual
    self.extra = (0..<(extra?.count ?? 0)).map {
      ExtraHead(
        matrix: place("extra.\($0 + 1)", C, V, headRole),
        bias: place("extra.\($0 + 1).bias", 1, V, .bias))
    }
    predictorStart = next
    predictor = jepa.map {
      Predictor(
        query: place("jepa.query", $0.longest, C, .embedding),
        keyValue: place("jepa.kv", C, 2 * C, .block(fused: 2)),
        output: place("jepa.output", C, C, .block(fused: 1)),
        gain: place("jepa.mlp.gain", 1, C, .gain),
        up: place("jepa.mlp.up", C, F, .block(fused: 1)),
        down: place("jepa.mlp.down", F, C, .blockOutput))
    }
    tensors = all
    count = next
    tableCount =
      configuration.ngramOrders.count * configuration.ngramRows * configuration.ngramWidth
  }
}
