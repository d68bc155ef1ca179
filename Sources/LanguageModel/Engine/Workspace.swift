internal import KernelInterface
internal import Kernels

/// The activations and scratch memory of one thread, for `sequences` windows of `length` bytes.
///
/// Rows are positions, `R = sequences · length` of them. When `keepsLayers` is false (scoring), all
/// layers share one set of activations.
final class Workspace: @unchecked Sendable {
  /// Activations of one block that the backward pass reads again.
  struct Layer {
    /// Residual stream before attention and before the perceptron, `(R, C)`.
    let input: UnsafeMutablePointer<Float>, middle: UnsafeMutablePointer<Float>
    /// Normed and shifted rows, `(R, C)`.
    let attentionRows: UnsafeMutablePointer<Float>, hiddenRows: UnsafeMutablePointer<Float>
    /// `1 / rms` of the two norms, `(R)`.
    let attentionInverse: UnsafeMutablePointer<Float>, hiddenInverse: UnsafeMutablePointer<Float>
    /// Rotated queries and keys, and values, `(R, 3C)`.
    let queryKeyValue: UnsafeMutablePointer<Float>
    /// `1 / rms` of queries and keys, `(R, H)` each.
    let queryInverse: UnsafeMutablePointer<Float>, keyInverse: UnsafeMutablePointer<Float>
    /// Log of the softmax's denominator, `(sequences, H, length)`.
    let logSum: UnsafeMutablePointer<Float>
    /// Heads' outputs, `(R, C)`.
    let attended: UnsafeMutablePointer<Float>
    /// Perceptron before ReLU², `(R, hiddenStride)`.
    let hidden: UnsafeMutablePointer<Float>
  }

  let layers: [Layer]
  /// Residual stream after the last block, and its normed rows, `(R, C)`.
  let output: UnsafeMutablePointer<Float>, finalRows: UnsafeMutablePointer<Float>
  let finalInverse: UnsafeMutablePointer<Float>
  /// Concatenated hash rows, `(R, O·W)`.
  let ngrams: UnsafeMutablePointer<Float>
  /// `(R, V)`.
  let logits: UnsafeMutablePointer<Float>
  /// Gradient of the residual stream, and two more of its shape, `(R, C)`.
  let dResidual: UnsafeMutablePointer<Float>
  let rowsA: UnsafeMutablePointer<Float>, rowsB: UnsafeMutablePointer<Float>
  /// `(R, 3C)`.
  let dQueryKeyValue: UnsafeMutablePointer<Float>
  /// Perceptron after ReLU², `(R, hiddenStride)` or bf16 pairs of it.
  let activated: Activations
  /// Gradient of the perceptron before ReLU², `(R, hiddenStride)`: under float32 in the memory of
  /// `activated`, which the backward pass does not read.
  let dHidden: UnsafeMutablePointer<Float>
  /// Panels of an activation's gradient, and of an activation's transpose.
  let panels: UnsafeMutablePointer<Float>, rowPanels: UnsafeMutablePointer<Float>
  /// One block of attention weights and of their gradient, `(queryRows, weightStride)`.
  let weights: UnsafeMutablePointer<Float>, dWeights: UnsafeMutablePointer<Float>
  /// Panels of one head's keys, values and their transposes, and of a query block; none under
  /// mixed precision.
  let headPanels: [UnsafeMutablePointer<Float>]
  /// Memory of the cellular automaton; nil for a model without one.
  let automaton: AutomatonScratch?
  /// Operands under mixed precision; nil under float32.
  let mixed: MixedScratch?
  /// Distance between rows of the perceptron's activations: odd in units of 2 KiB, lest all rows
  /// fall into the same cache sets.
  let hiddenStride: Int
  let sequences: Int
  /// Distance between rows of attention weights.
  let weightStride: Int

  /// Rows of queries that attention handles at a time.
  static let queryRows = 96

  /// Distance between rows of attention weights for windows of `context` bytes.
  ///
  /// Whole registers, and an odd number of cache lines: products read columns of them.
  static func weightStride(_ context: Int) -> Int { (context + 15) / 16 / 2 * 32 + 16 }

  private let arena: FloatArena

  init(
    configuration: ModelConfiguration, sequences: Int, keepsLayers: Bool, precision: Precision,
    kernels: KernelSet
  ) throws(AllocationError) {
    let (C, T, H) = (configuration.width, configuration.context, configuration.heads)
    let (D, V, F) = (configuration.headSize, ModelConfiguration.vocabulary, configuration.hidden)
    let R = sequences * T
    let P = kernels.panelWidth
    let stride = F % 512 == 0 ? F + 16 : F
    hiddenStride = stride
    self.sequences = sequences
    let weightStride = Self.weightStride(T)
    self.weightStride = weightStride
    mixed =
      precision == .float32
      ? nil
      : try MixedScratch(
        configuration: configuration, rows: R, panelWidth: kernels.bfloat16.panelWidth)
    automaton = try configuration.nca.map { nca throws(AllocationError) in
      try AutomatonScratch(
        nca, width: C, rows: R, keepsGrids: keepsLayers, lanes: kernels.lanes)
    }
    func panelSize(_ K: Int, _ N: Int) -> Int { (N + P - 1) / P * P * K }
    var plan = ArenaPlan()
    func layerOffsets() -> [Int] {
      [
        plan.place(R * C), keepsLayers ? plan.place(R * C) : -1, plan.place(R * C),
        plan.place(R * C), plan.place(R), plan.place(R), plan.place(R * 3 * C),
        plan.place(R * H), plan.place(R * H), plan.place(R * H), plan.place(R * C),
        plan.place(R * stride),
      ]
    }
    let offsets =
      keepsLayers
      ? (0..<configuration.layers).map { _ in layerOffsets() }
      : Array(repeating: layerOffsets(), count: configuration.layers)
    let outputOffset = keepsLayers ? plan.place(R * C) : offsets[0][0]
    let finalOffset = plan.place(R * C)
    let finalInverseOffset = plan.place(R)
    let ngramOffset = plan.place(R * max(configuration.ngramChannels, 1))
    let logitOffset = plan.place(R * V)
    let rowOffsets = (0..<3).map { _ in plan.place(R * C) }
    let dQueryOffset = plan.place(R * 3 * C)
    // Where no layer is kept, ReLU² replaces what it is computed from.
    let hiddenOffset = keepsLayers ? plan.place(R * stride) : offsets[0][11]
    let panelOffset = plan.place(panelSize(R, max(3 * C, F, V)))
    let tile = MatrixProduct.tileRows
    let cells = configuration.nca == nil ? 0 : CellularAutomaton.cells
    let widest = max(C, F, configuration.ngramChannels, cells)
    let rowPanelOffset = plan.place(keepsLayers ? (widest + tile - 1) / tile * tile * R : 0)
    let weightOffsets = (0..<2).map { _ in plan.place(Self.queryRows * weightStride) }
    let headSizes =
      mixed == nil ? [panelSize(D, T), panelSize(T, D), panelSize(D, T), panelSize(T, D)] : []
    let headOffsets = headSizes.map { plan.place($0) }

    arena = try FloatArena(count: plan.count)
    let base = arena.base
    layers = offsets.map { o in
      Layer(
        input: base + o[0], middle: base + (keepsLayers ? o[1] : o[0]), attentionRows: base + o[2],
        hiddenRows: base + o[3], attentionInverse: base + o[4], hiddenInverse: base + o[5],
        queryKeyValue: base + o[6], queryInverse: base + o[7], keyInverse: base + o[8],
        logSum: base + o[9], attended: base + o[10], hidden: base + o[11])
    }
    output = base + outputOffset
    finalRows = base + finalOffset
    finalInverse = base + finalInverseOffset
    ngrams = base + ngramOffset
    logits = base + logitOffset
    dResidual = base + rowOffsets[0]
    rowsA = base + rowOffsets[1]
    rowsB = base + rowOffsets[2]
    dQueryKeyValue = base + dQueryOffset
    dHidden = base + hiddenOffset
    activated = mixed?.activated ?? .floats(dHidden, stride: stride)
    panels = base + panelOffset
    rowPanels = base + rowPanelOffset
    weights = base + weightOffsets[0]
    dWeights = base + weightOffsets[1]
    headPanels = headOffsets.map { base + $0 }
  }
}
