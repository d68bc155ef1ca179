public import KernelInterface
public import Kernels

/// The fast implementation of the model: flat arrays, packed matrix products, data-parallel threads.
///
/// A batch is cut into a fixed number of shards; each shard's sequences run forward and backward on
/// one thread into a gradient array of its own, and the arrays are added in shard order. The result
/// therefore depends on ``shards`` but not on the number of threads. `Reference.Model` says what is
/// computed; the two agree to rounding.
///
/// Not safe for use from several threads at once.
public final class Transformer: @unchecked Sendable {
  public let configuration: ModelConfiguration
  public let layout: ParameterLayout
  public let kernels: KernelSet
  /// The number format of the products' operands.
  public let precision: Precision
  /// How what the forward pass keeps is rounded; nil for not at all.
  public let activations: ArrayRounding?
  public let crew: Crew
  /// Threads that share the work.
  public let threads: Int
  /// Parts into which a batch is cut, whatever the number of threads.
  public let shards: Int
  /// Sequences of a batch; 0 for an engine that only scores.
  public let batch: Int

  let encoder: any ByteEncoder
  let parameterArena: FloatArena
  let tableArena: FloatArena
  let packed: PackedWeights
  let rotary: RotaryTable
  let workspaces: [Workspace]
  /// The bytes beyond the next one that training predicts too; nil for none.
  let extra: ExtraBytesConfiguration?
  /// What training with the JEPA objective holds; nil without it.
  let jepa: JEPAObjective?
  let gradientArenas: [FloatArena]
  let tableGradientArena: FloatArena
  /// Row of each order's table that each position of the batch read, −1 for none: `(B·T, O)`.
  let tableRowStorage: UnsafeMutableBufferPointer<Int32>
  private let tableRowArena: FloatArena
  /// Loss of each shard's part of the batch.
  private let losses: UnsafeMutableBufferPointer<Double>
  /// Figures of each shard's automata; empty for a model without one.
  let automatonSums: UnsafeMutableBufferPointer<AutomatonSums>
  var packedAreCurrent = false

  /// Positions that a workspace holds at most, unless one window is longer.
  static let positionsPerWorkspace = 128

  /// Positions that a workspace holds where windows of `context` bytes are not too few to fill it.
  package static func positions(perWorkspaceOf context: Int) -> Int {
    max(1, positionsPerWorkspace / context) * context
  }

  /// Reserves all memory that training on `batch` sequences, or scoring for `batch` 0, needs.
  ///
  /// Parameters and tables start at zero; see ``ParameterInitialisation``.
  /// - Parameters:
  ///   - configuration: Sizes of the model.
  ///   - jepa: The JEPA objective, if the model is to be trained with it.
  ///   - extra: The bytes beyond the next one that it is to be trained with; nil for none.
  ///   - precision: The number format of the products' operands.
  ///   - activations: Rounds what blocks and head keep: embeddings' sums, normed rows, queries, keys and
  ///     values, heads' outputs and the perceptrons' rows before their activation. Attention weights, what
  ///     an activation makes, and what the objectives' own parts read stay as they are.
  ///   - kernels: The processor variant to compute with.
  ///   - threads: Threads that share the shards, the caller's included; at least 1.
  ///   - cores: Cores that the threads have, by default all that this process may use; see `Crew`.
  ///   - batch: Sequences of a step; 0 for an engine that only scores.
  ///   - shards: Parts of a batch, at least 1; no more than `batch` are used.
  /// - Throws: ``AllocationError``.
  /// - Precondition: The configuration is valid (`validated()`). `shards` need not divide `batch`.
  public convenience init(
    configuration: ModelConfiguration, jepa: JEPAConfiguration? = nil,
    extra: ExtraBytesConfiguration? = nil, precision: Precision = .float32,
    activations: ArrayRounding? = nil, kernels: KernelSet,
    threads: Int, cores: Int? = nil, batch: Int, shards: Int = 4
  ) throws(AllocationError) {
    try self.init(
      configuration: configuration, jepa: jepa, extra: extra, precision: precision,
      activations: activations, kernels: kernels, threads: threads,
      crew: Crew(threads: ArenaTally.isCounting ? 1 : threads, cores: cores),
      batch: batch, shards: shards, name: nil)
  }

  /// Reserves an engine that works with another's threads.
  ///
  /// `name` is that under which all its memory is counted; nil for a name for each part.
  private init(
    configuration: ModelConfiguration, jepa: JEPAConfiguration?,
    extra: ExtraBytesConfiguration?, precision: Precision, activations: ArrayRounding?,
    kernels: KernelSet, threads: Int, crew: Crew, batch: Int,
    shards: Int, name: String?
  ) throws(AllocationError) {
    func count(_ part: String) { ArenaTally.begin(name ?? part) }
    self.configuration = configuration
    self.kernels = kernels
    self.precision = precision
    self.activations = activations
    self.batch = batch
    self.shards = batch == 0 ? 1 : min(shards, batch)
    self.threads = threads
    self.crew = crew
    self.extra = extra
    layout = ParameterLayout(configuration, jepa: jepa, extra: extra)
    encoder = configuration.byteEncoder(layout)
    count("parameters")
    parameterArena = try FloatArena(count: layout.count)
    count("hash_tables")
    tableArena = try FloatArena(count: layout.tableCount)
    count("packed_weights")
    packed = try PackedWeights(
      layout: layout, precision: precision, trains: batch > 0, kernels: kernels)
    count("rotary_table")
    rotary = try RotaryTable(configuration)
    let trains = batch > 0
    let perShard = trains ? (batch + self.shards - 1) / self.shards : Int.max
    let sequences = min(perShard, max(1, Self.positionsPerWorkspace / configuration.context))
    var spaces: [Workspace] = []
    count("activations")
    for _ in 0..<threads {
      spaces.append(
        try Workspace(
          configuration: configuration, sequences: sequences, keepsLayers: trains,
          precision: precision, kernels: kernels))
    }
    workspaces = spaces
    var gradients: [FloatArena] = []
    count("gradients")
    if trains {
      for _ in 0..<self.shards { gradients.append(try FloatArena(count: layout.count)) }
    }
    gradientArenas = gradients
    let positions = batch * configuration.context
    count("hash_table_gradients")
    tableGradientArena = try FloatArena(count: positions * configuration.ngramChannels)
    tableRowArena = try FloatArena(count: positions * configuration.ngramOrders.count)
    tableRowStorage = tableRowArena.integers(repeating: -1)
    losses = .allocate(capacity: self.shards)
    losses.initialize(repeating: 0)
    automatonSums = .allocate(capacity: configuration.nca == nil || !trains ? 0 : self.shards)
    automatonSums.initialize(repeating: AutomatonSums())
    guard let jepa, trains else {
      self.jepa = nil
      return
    }
    var scratches: [JEPAScratch] = []
    count("jepa_predictor")
    for _ in 0..<threads {
      scratches.append(
        try JEPAScratch(
          jepa, model: configuration, sequences: spaces[0].sequences,
          hiddenStride: spaces[0].hiddenStride, panelWidth: kernels.panelWidth))
    }
    let target = try Transformer(
      configuration: configuration, jepa: nil, extra: nil, precision: precision, activations: nil,
      kernels: kernels, threads: threads, crew: crew, batch: 0, shards: 1, name: "jepa_target")
    count("jepa_spans")
    self.jepa = try JEPAObjective(
      jepa, target: target, scratches: scratches, batch: batch, shards: self.shards)
  }

  deinit {
    losses.deallocate()
    automatonSums.deallocate()
  }

  /// Dense parameters, laid out as ``layout`` says.
  ///
  /// Call ``parametersChanged()`` after writing.
  public var parameters: UnsafeMutableBufferPointer<Float> { parameterArena.buffer }
  /// Hash tables, `(O, rows, W)`.
  public var tables: UnsafeMutableBufferPointer<Float> { tableArena.buffer }
  /// Sum over the batch of the last ``computeGradient(inputs:targets:length:scale:dropout:hidden:factors:)``.
  public var gradient: UnsafeMutableBufferPointer<Float> { gradientArenas[0].buffer }
  /// Gradient of each position's concatenated hash rows, `(B·T, O·W)`.
  public var tableGradient: UnsafeMutableBufferPointer<Float> { tableGradientArena.buffer }
  /// Row of each order's table that each position read, −1 for none, `(B·T, O)`.
  public var tableRows: UnsafeMutableBufferPointer<Int32> { tableRowStorage }

  /// First elements of the same memory, for tasks that share it.
  package var parameterBase: UnsafeMutablePointer<Float> { parameterArena.base }
  package var tableBase: UnsafeMutablePointer<Float> { tableArena.base }
  package var gradientBase: UnsafeMutablePointer<Float> { gradientArenas[0].base }
  package var tableGradientBase: UnsafeMutablePointer<Float> { tableGradientArena.base }

  /// Sets parameters and tables to their initial values.
  public func initialise(seed: UInt64) {
    ParameterInitialisation.writeParameters(layout, seed: seed, into: parameters)
    ParameterInitialisation.writeTables(configuration, seed: seed, into: tables)
    parametersChanged()
  }

  /// Says that parameters were written, so that the packed copies are renewed before their next use.
  public func parametersChanged() { packedAreCurrent = false }

  func packIfNeeded() {
    if packedAreCurrent { return }
    kernels.span("pack weights") {
      packed.renew(from: parameterArena.base, kernels: kernels, crew: crew)
    }
    packedAreCurrent = true
  }

  /// Computes the gradient of `scale · Σ −ln p(target)` over `batch` windows of `context` bytes, or as
  /// many bytes in more and shorter windows, and
  /// of the JEPA objective where it is asked for; in a model with a cellular automaton also of
  /// `scale` times its weighted penalties.
  ///
  /// Afterwards ``gradient``, ``tableGradient`` and ``tableRows`` hold the result; what they held
  /// before is gone.
  /// - Parameters:
  ///   - inputs: `(B, T)` bytes.
  ///   - targets: `(B, T)` bytes; `targets[b, t]` follows `inputs[b, t]`.
  ///   - length: Bytes of a window, nil for `context`; divides `B·T`, and is `context` where spans are
  ///     hidden.
  ///   - scale: Weight of each position, usually `1 / (B·T)`.
  ///   - dropout: Seed and step of the masks; nil for none.
  ///   - hidden: Seed and step of the JEPA objective's spans; nil leaves the objective out, and the predictor
  ///     without a gradient.
  ///   - factors: What the objectives are multiplied by.
  /// - Returns: The sum of `−ln p` over all positions, in nats; not finite when the model diverged.
  /// - Complexity: O(B·T·parameters); does not allocate.
  public func computeGradient(
    inputs: UnsafeBufferPointer<UInt8>, targets: UnsafeBufferPointer<UInt8>, length: Int? = nil,
    scale: Float, dropout: (seed: UInt64, step: UInt64)?,
    hidden: (seed: UInt64, step: UInt64)? = nil, factors: ObjectiveFactors = ObjectiveFactors()
  ) -> Double {
    let positions = batch * configuration.context
    precondition(
      batch > 0 && inputs.count == positions && targets.count == positions,
      "[computeGradient] got \(inputs.count) inputs and \(targets.count) targets, expected \(positions)"
    )
    let T = length ?? configuration.context
    precondition(
      (1...configuration.context).contains(T) && positions.isMultiple(of: T)
        && (hidden == nil || T == configuration.context),
      "[computeGradient] windows of \(T) bytes, expected a divisor of \(positions)")
    let windows = positions / T
    guard let firstInput = inputs.baseAddress, let firstTarget = targets.baseAddress else {
      return 0
    }
    packIfNeeded()
    if let hidden {
      guard let jepa else {
        preconditionFailure("[computeGradient] the engine has no JEPA objective")
      }
      jepa.target.packIfNeeded()
      jepa.draw(seed: hidden.seed, step: hidden.step, factor: factors.jepa)
    }
    let objective = hidden == nil ? nil : jepa
    let result = SendableMutablePointer(losses.baseAddress.unsafelyUnwrapped)
    let (input, target) = (SendablePointer(firstInput), SendablePointer(firstTarget))
    crew.run(tasks: shards) { shard, member in
      kernels.span("clear") { gradientArenas[shard].clear() }
      let last = (shard + 1) * windows / shards
      let space = workspaces[member]
      let most = space.sequences * configuration.context / T
      var first = shard * windows / shards
      var (loss, latentLoss) = (0.0, 0.0)
      var automata = AutomatonSums()
      while first < last {
        let part = Part(
          inputs: input.pointer + first * T, firstSequence: first,
          sequences: min(most, last - first), length: T,
          dropout: dropout)
        kernels.span("forward") { forward(part, space, trains: true) }
        loss += kernels.span("backward") {
          backward(
            part, space, targets: target.pointer + first * T, scale: scale, factors: factors,
            gradient: gradientArenas[shard].base, automata: &automata
          ) {
            guard let objective else { return }
            latentLoss += kernels.span("jepa") {
              jepaGradient(
                part, space, objective, member: member, gradientArenas[shard].base)
            }
          }
        }
        first += part.sequences
      }
      result.pointer[shard] = loss
      objective?.losses[shard] = latentLoss
      if !automatonSums.isEmpty { automatonSums[shard] = automata }
    }
    kernels.span("add shards") { addShards() }
    return losses.reduce(0, +)
  }

  /// Adds the shards' gradients, in order, into the first.
  private func addShards() {
    if shards == 1 { return }
    crew.run(elements: layout.count) { start, count in
      for shard in 1..<shards {
        kernels.addScaled(
          gradientArenas[shard].base + start, 1, count, gradientArenas[0].base + start)
      }
    }
  }
}

/// Consecutive windows that pass through the layers together.
struct Part {
  /// `(sequences, length)` bytes.
  let inputs: UnsafePointer<UInt8>
  /// Index of the first window in the batch.
  let firstSequence: Int
  let sequences: Int
  /// Bytes of each window.
  let length: Int
  /// Seed and step of the dropout masks; nil for none.
  let dropout: (seed: UInt64, step: UInt64)?

  var rows: Int { sequences * length }
}
