internal import KernelInterface
internal import Kernels

/// What a model keeps of a window that it reads piece by piece, and the scratch memory for that.
///
/// Keys and values lie as the panels that products read: a new position writes one column of its
/// head's keys `(D, T)` and one row of its values `(T, D)`, and nothing is packed again.
final class KeyValueCache: @unchecked Sendable {
  /// One block's share.
  struct Layer {
    /// Rotated keys and values, `H` pieces of ``keySize`` and ``valueSize``.
    let keys: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>
    /// Last normed row before its token shift, of attention and of the perceptron, `(C)` each.
    let attentionRow: UnsafeMutablePointer<Float>, hiddenRow: UnsafeMutablePointer<Float>
  }

  let layers: [Layer]
  /// Elements of one head's packed keys and of its packed values.
  let keySize: Int, valueSize: Int
  /// Positions that pass through the layers together at most, `R`.
  let rows: Int
  /// Residual stream, `(R, C)`.
  let stream: UnsafeMutablePointer<Float>
  /// Normed rows, `(1 + R, C)`; the first is the one before, which the token shift reads.
  let normed: UnsafeMutablePointer<Float>
  /// `(R, 3C)`.
  let queryKeyValue: UnsafeMutablePointer<Float>
  /// The first block's values of the new positions, `(R, C)`; with value residuals.
  let firstValues: UnsafeMutablePointer<Float>?
  /// Heads' outputs, `(R, C)`.
  let attended: UnsafeMutablePointer<Float>
  /// `(R, hiddenStride)`.
  let hidden: UnsafeMutablePointer<Float>
  let hiddenStride: Int
  /// Concatenated hash rows, `(R, O·W)`; two rows of an encoder of contexts.
  let ngrams: UnsafeMutablePointer<Float>
  /// One block of attention weights, `(queryRows, weightStride)`.
  let weights: UnsafeMutablePointer<Float>
  let weightStride: Int
  /// `1 / rms` and log-sums, which nobody reads again: `max(R, queryRows) · H`.
  let unused: UnsafeMutablePointer<Float>
  /// Of the byte after the last position, `(V)` each.
  let logits: UnsafeMutablePointer<Float>, probabilities: UnsafeMutablePointer<Float>
  /// Memory of the last position's cellular automaton; nil for a model without one.
  let automaton: AutomatonScratch?
  /// The window's bytes, `(T)`, of which ``count`` have been read.
  let bytes: UnsafeMutablePointer<UInt8>
  /// Positions that have been read; 0 begins a window.
  var count = 0

  /// More positions at a time would not make products faster.
  static let mostRows = 128

  private let arena: FloatArena

  /// Reserves the memory for windows of `context` bytes.
  ///
  /// - Throws: ``AllocationError``.
  init(
    _ configuration: ModelConfiguration, panelWidth P: Int, lanes: Int
  ) throws(AllocationError) {
    let (C, T, H) = (configuration.width, configuration.context, configuration.heads)
    let (D, F, V) = (configuration.headSize, configuration.hidden, ModelConfiguration.vocabulary)
    let R = min(T, Self.mostRows)
    let (keys, values) = ((T + P - 1) / P * P * D, (D + P - 1) / P * P * T)
    rows = R
    automaton = try configuration.nca.map { nca throws(AllocationError) in
      try AutomatonScratch(nca, width: C, rows: 1, keepsGrids: false, lanes: lanes)
    }
    keySize = keys
    valueSize = values
    // As in `Workspace`: rows must not all fall into the same cache sets.
    hiddenStride = F % 512 == 0 ? F + 16 : F
    let weightStride = Workspace.weightStride(T)
    self.weightStride = weightStride
    var plan = ArenaPlan()
    let heads = configuration.attention ? H : 0
    let perLayer = (0..<configuration.layers).map { _ in
      [plan.place(heads * keys), plan.place(heads * values), plan.place(C), plan.place(C)]
    }
    let sizes = [
      R * C, (1 + R) * C, R * 3 * C, R * C, R * hiddenStride,
      max(R * configuration.ngramChannels, 2 * configuration.contextWidth, 1),
      Workspace.queryRows * weightStride,
      max(R, Workspace.queryRows) * H, V, V, configuration.valueResidual ? R * C : 0,
    ]
    let offsets = sizes.map { plan.place($0) }
    arena = try FloatArena(count: plan.count)
    let base = arena.base
    layers = perLayer.map {
      Layer(
        keys: base + $0[0], values: base + $0[1], attentionRow: base + $0[2],
        hiddenRow: base + $0[3])
    }
    stream = base + offsets[0]
    normed = base + offsets[1]
    queryKeyValue = base + offsets[2]
    attended = base + offsets[3]
    hidden = base + offsets[4]
    ngrams = base + offsets[5]
    weights = base + offsets[6]
    unused = base + offsets[7]
    logits = base + offsets[8]
    probabilities = base + offsets[9]
    firstValues = configuration.valueResidual ? base + offsets[10] : nil
    bytes = .allocate(capacity: T)
    bytes.initialize(repeating: 0, count: T)
  }

  deinit { bytes.deallocate() }
}
