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
    /// Values before the first block's were mixed in, `(R, C)`; nil where they are not.
    let rawValues: UnsafeMutablePointer<Float>?
    /// Heads' outputs, `(R, C)`.
    let attended: UnsafeMutablePointer<Float>
    /// Perceptron before its activation, `(R, hiddenStride)`.
    let hidden: UnsafeMutablePointer<Float>
  }

  /// Rows of an encoder of contexts, `W` channels each.
  struct Contexts {
    /// Sums of embeddings less their means, and the same normed, `(R, W)`.
    let centred: UnsafeMutablePointer<Float>, normed: UnsafeMutablePointer<Float>
    /// `1 / rms`, `(R)`.
    let inverse: UnsafeMutablePointer<Float>
    /// Gradients, `(R, W)`.
    let dCentred: UnsafeMutablePointer<Float>, dNormed: UnsafeMutablePointer<Float>
    /// The norm has no gain: ones, and what would be their gradient, `(W)`.
    let ones: UnsafeMutablePointer<Float>, unused: UnsafeMutablePointer<Float>
  }

  let layers: [Layer]
  /// Present for an encoder of contexts.
  let contexts: Contexts?
  /// Residual stream after the last block, and its normed rows, `(R, C)`.
  let output: UnsafeMutablePointer<Float>, finalRows: UnsafeMutablePointer<Float>
  let finalInverse: UnsafeMutablePointer<Float>
  /// The first block's values, and their gradient by later blocks, `(R, C)`; with value residuals.
  let firstValues: UnsafeMutablePointer<Float>?, dFirstValues: UnsafeMutablePointer<Float>?
  /// Concatenated hash rows, `(R, O·W)`.
  let ngrams: UnsafeMutablePointer<Float>
  /// `(R, V)`.
  let logits: UnsafeMutablePointer<Float>
  /// Gradient of the residual stream, and two more of its shape, `(R, C)`.
  let dResidual: UnsafeMutablePointer<Float>
  let rowsA: UnsafeMutablePointer<Float>, rowsB: UnsafeMutablePointer<Float>
  /// `(R, 3C)`.
  let dQueryKeyValue: UnsafeMutablePointer<Float>
  /// Perceptron after its activation, `(R, hiddenStride)` or bf16 pairs of it.
  let activated: Activations
  /// Gradient of the perceptron before its activation, `(R, hiddenStride)`: under float32 in the memory of
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
    let mixesValues = configuration.attention && configuration.valueResidual
    // What attention alone needs.
    let A = configuration.attention ? R : 0
    func layerOffsets() -> [Int] {
      let input = plan.place(R * C)
      return [
        input, keepsLayers && configuration.attention ? plan.place(R * C) : input,
        plan.place(A * C), plan.place(R * C), plan.place(A), plan.place(R), plan.place(A * 3 * C),
        plan.place(A * H), plan.place(A * H), plan.place(A * H), plan.place(A * C),
        plan.place(R * stride), plan.place(keepsLayers && mixesValues ? R * C : 0),
      ]
    }
    let distinct = keepsLayers ? configuration.layers : min(configuration.layers, 1)
    let different = (0..<distinct).map { _ in layerOffsets() }
    let offsets = (0..<configuration.layers).map { different[keepsLayers ? $0 : 0] }
    let sharesRows = !keepsLayers && configuration.layers > 0
    let outputOffset = sharesRows ? offsets[0][0] : plan.place(R * C)
    let finalOffset = plan.place(R * C)
    let finalInverseOffset = plan.place(R)
    let valueOffsets = (0..<2).map {
      plan.place(mixesValues && ($0 == 0 || keepsLayers) ? R * C : 0)
    }
    let ngramOffset = plan.place(R * max(configuration.ngramChannels, 1))
    let W = configuration.contextWidth
    let contextOffsets = [R * W, R * W, W > 0 ? R : 0, R * W, R * W, W, W].map { plan.place($0) }
    let logitOffset = plan.place(R * V)
    let rowOffsets = (0..<3).map { _ in plan.place(R * C) }
    let dQueryOffset = plan.place(A * 3 * C)
    // Where no layer is kept, ReLU² replaces what it is computed from.
    let hiddenOffset = sharesRows ? offsets[0][11] : plan.place(R * stride)
    let panelOffset = plan.place(panelSize(R, max(3 * C, F, V)))
    let tile = MatrixProduct.tileRows
    let cells = configuration.nca == nil ? 0 : CellularAutomaton.cells
    let widest = max(C, F, configuration.ngramChannels, W, cells)
    let rowPanelOffset = plan.place(keepsLayers ? (widest + tile - 1) / tile * tile * R : 0)
    let weightOffsets = (0..<2).map { _ in plan.place(Self.queryRows * weightStride) }
    let headSizes =
      mixed == nil ? [panelSize(D, T), panelSize(T, D), panelSize(D, T), panelSize(T, D)] : []
    let headOffsets = headSizes.map { plan.place($0) }

    arena = try FloatArena(count: plan.count)
    let base = arena.base
    layers = offsets.map { o in
      Layer(
        input: base + o[0], middle: base + o[1], attentionRows: base + o[2],
        hiddenRows: base + o[3], attentionInverse: base + o[4], hiddenInverse: base + o[5],
        queryKeyValue: base + o[6], queryInverse: base + o[7], keyInverse: base + o[8],
        logSum: base + o[9], rawValues: keepsLayers && mixesValues ? base + o[12] : nil,
        attended: base + o[10], hidden: base + o[11])
    }
    output = base + outputOffset
    finalRows = base + finalOffset
    finalInverse = base + finalInverseOffset
    firstValues = mixesValues ? base + valueOffsets[0] : nil
    dFirstValues = mixesValues && keepsLayers ? base + valueOffsets[1] : nil
    ngrams = base + ngramOffset
    logits = base + logitOffset
    contexts =
      W == 0
      ? nil
      : Contexts(
        centred: base + contextOffsets[0], normed: base + contextOffsets[1],
        inverse: base + contextOffsets[2], dCentred: base + contextOffsets[3],
        dNormed: base + contextOffsets[4], ones: base + contextOffsets[5],
        unused: base + contextOffsets[6])
    if arena.isReserved { contexts?.ones.update(repeating: 1, count: W) }
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
