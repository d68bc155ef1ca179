internal import Kernels

/// The bf16 operands of one thread's matrix product, while it runs.
final class MixedScratch: @unchecked Sendable {
  /// An activation or its gradient, in words of column pairs or of row pairs.
  let words: UnsafeMutablePointer<UInt32>
  /// Panels of a gradient, the right operand of a weight's gradient.
  let panels: UnsafeMutablePointer<UInt32>
  /// Perceptron after its activation, which the product of another operand writes, `(rows, ⌈hidden/2⌉)`.
  let activated: Activations

  /// Panels of one head, as ``Workspace/headPanels``.
  let headPanels: [UnsafeMutablePointer<UInt32>]

  private let arena: FloatArena

  /// Reserves memory for operands of up to `rows` rows and the widest layer's columns.
  init(
    configuration: ModelConfiguration, rows: Int, panelWidth P: Int
  ) throws(AllocationError) {
    let widest = max(
      3 * configuration.width, configuration.hidden, ModelConfiguration.vocabulary,
      configuration.ngramChannels, configuration.contextWidth)
    let (rowPairs, columnPairs) = ((rows + 1) / 2, (widest + 1) / 2)
    var plan = ArenaPlan()
    // A narrower operand may have the longer stride, by its padding.
    let wordOffset = plan.place(
      max(rows * (columnPairs + Self.padding), rowPairs * (widest + Self.padding)))
    let panelOffset = plan.place((widest + P - 1) / P * P * rowPairs)
    let activatedStride = Self.stride((configuration.hidden + 1) / 2)
    let activatedOffset = plan.place(rows * activatedStride)
    let (D, T) = (configuration.headSize, configuration.context)
    let columnsOfT = (T + P - 1) / P * P * ((D + 1) / 2)
    let columnsOfD = (D + P - 1) / P * P * ((T + 1) / 2)
    let headOffsets = [columnsOfT, columnsOfD, columnsOfT, columnsOfD].map { plan.place($0) }
    arena = try FloatArena(count: plan.count)
    // A word is as large as a float.
    let base = UnsafeMutableRawPointer(arena.base).bindMemory(
      to: UInt32.self, capacity: plan.count)
    words = base + wordOffset
    panels = base + panelOffset
    headPanels = headOffsets.map { base + $0 }
    activated = .pairs(base + activatedOffset, stride: activatedStride)
  }

  /// Distance between rows of `words` words: no whole number of half pages, lest all rows fall into
  /// the same cache sets.
  static func stride(_ words: Int) -> Int { words % 512 == 0 ? words + padding : words }

  private static let padding = 16
}
