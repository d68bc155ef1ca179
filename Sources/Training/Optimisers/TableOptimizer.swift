internal import KernelInterface
package import Kernels
package import LanguageModel

/// The hash tables' update: only rows that a step read are touched.
///
///     v ← β₂ v + (1 − β₂) mean(g²)   (v = mean(g²) at a row's first step)
///     w ← (1 − ηλ) w − η g / (√v + ε)
///
/// The running average of an untouched row needs no work until it is touched or read: its closed form
/// is that of ``WeightAverage`` for the steps `r → s`.
package final class TableOptimizer: @unchecked Sendable {
  static let beta2: Float = 0.99
  static let epsilon: Float = 1e-10
  /// Parts into which rows are dealt so that threads share an order's table.
  private static let classes = 4

  /// Mean square gradient of each row, `(O · rows)`.
  let secondMoment: FloatArena
  /// Running average of the tables as of each row's ``lastStep``; nil where there is none.
  let average: FloatArena?
  /// Step after which each row's average was last brought up to date, 0 for never.
  let lastStep: UnsafeMutableBufferPointer<Int32>

  private let weights: RoundedWeights
  private let configuration: ModelConfiguration
  private let rule: WeightAverage
  private let kernels: KernelSet
  /// For each row, its place among the rows of this step, or −1: `(O · rows)`.
  private let slots: UnsafeMutableBufferPointer<Int32>
  private let lastStepArena: FloatArena, slotArena: FloatArena
  private let sums: FloatArena

  package init(
    engine: Transformer, weights: RoundedWeights, average rule: WeightAverage
  ) throws(AllocationError) {
    self.weights = weights
    configuration = engine.configuration
    self.rule = rule
    kernels = engine.kernels
    let rows = configuration.ngramOrders.count * configuration.ngramRows
    ArenaTally.begin("hash_table_state")
    secondMoment = try FloatArena(count: rows)
    average = rule == .none ? nil : try FloatArena(count: engine.layout.tableCount)
    lastStepArena = try FloatArena(count: rows)
    lastStep = lastStepArena.integers(repeating: 0)
    slotArena = try FloatArena(count: rows)
    slots = slotArena.integers(repeating: -1)
    sums = try FloatArena(count: engine.tableGradient.count)
  }

  /// Applies the engine's table gradient.
  ///
  /// - Parameters:
  ///   - engine: Holds tables, their gradient and the rows that were read.
  ///   - step: Number of this step, from 1.
  ///   - rate: Learning rate, η.
  ///   - decay: Decoupled decay, λ.
  package func step(_ engine: Transformer, step: Int, rate: Float, decay: Float = 0) {
    let O = configuration.ngramOrders.count
    if O == 0 { return }
    engine.crew.run(tasks: O * Self.classes) { task, _ in
      update(
        engine, order: task / Self.classes, part: task % Self.classes, step: step, rate: rate,
        decay: decay)
    }
  }

  private func update(
    _ engine: Transformer, order o: Int, part: Int, step: Int, rate: Float, decay: Float
  ) {
    let (O, W, rows) = (
      configuration.ngramOrders.count, configuration.ngramWidth, configuration.ngramRows
    )
    let positions = engine.tableRows.count / O
    let slots = self.slots.baseAddress.unsafelyUnwrapped + o * rows
    let tableRows = engine.tableRows.baseAddress.unsafelyUnwrapped
    let gradient = engine.tableGradientBase
    // A row's sum takes the place of its first position in an array of the gradient's shape, so
    // that orders and classes never meet; positions are met in order, so sums are reproducible.
    for position in 0..<positions {
      let row = Int(tableRows[position * O + o])
      guard row >= 0, row % Self.classes == part else { continue }
      let g = gradient + (position * O + o) * W
      if slots[row] < 0 {
        slots[row] = Int32(position)
        (sums.base + (position * O + o) * W).update(from: g, count: W)
      } else {
        kernels.addScaled(g, 1, W, sums.base + (Int(slots[row]) * O + o) * W)
      }
    }
    for position in 0..<positions {
      let row = Int(tableRows[position * O + o])
      guard row >= 0, row % Self.classes == part, slots[row] == Int32(position) else { continue }
      slots[row] = -1
      apply(
        sums.base + (position * O + o) * W, row: o * rows + row, W: W, step: step, rate: rate,
        decay: decay, table: weights.tables)
    }
  }

  private func apply(
    _ g: UnsafePointer<Float>, row: Int, W: Int, step: Int, rate: Float,
    decay: Float, table: UnsafeMutablePointer<Float>
  ) {
    let meanSquare = Float(kernels.sumOfSquares(g, W) / Double(W))
    let old = secondMoment.base[row]
    let v = old == 0 ? meanSquare : Self.beta2 * old + (1 - Self.beta2) * meanSquare
    secondMoment.base[row] = v
    weights.roundMoment(secondMoment.base + row, row: row, step: step)
    let w = table + row * W
    if let average {
      catchUp(row, W: W, to: step - 1, weights: w, into: average.base + row * W)
    }
    if decay > 0 { kernels.combine(1 - rate * decay, w, 0, w, W, w) }
    kernels.addScaled(g, -rate / (v.squareRoot() + Self.epsilon), W, w)
    weights.roundTable((row * W)..<((row + 1) * W), step: step)
    if let average {
      let keep = step == 1 ? 0 : rule.keep(from: step - 1, to: step)
      let a = average.base + row * W
      kernels.combine(keep, a, 1 - keep, w, W, a)
      lastStep[row] = Int32(step)
    }
  }

  /// Writes a row's average as of step `to`, its weights unchanged since its last step.
  private func catchUp(
    _ row: Int, W: Int, to step: Int, weights: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) {
    guard let average else { preconditionFailure("[TableOptimizer] there is no average") }
    Self.writeAverage(
      kernels: kernels, rule, average: average.base + row * W, last: Int(lastStep[row]),
      step: step, weights: weights, W: W, into: out)
  }

  /// Brings one row's average from step `last` to `step` by the closed form; `out` may be either
  /// operand.
  static func writeAverage(
    kernels: KernelSet, _ rule: WeightAverage, average: UnsafePointer<Float>, last: Int,
    step: Int, weights: UnsafePointer<Float>, W: Int, into out: UnsafeMutablePointer<Float>
  ) {
    // A row that was never touched has been its initial weights at every step.
    let keep = last == 0 ? 0 : step > last ? rule.keep(from: last, to: step) : 1
    kernels.combine(keep, average, 1 - keep, weights, W, out)
  }

  /// Writes the tables' average as of `step` to `out` without changing any state.
  ///
  /// - Precondition: There is one.
  package func writeAverage(
    _ engine: Transformer, step: Int, into out: UnsafeMutablePointer<Float>
  ) {
    let (W, rows) = (
      configuration.ngramWidth, configuration.ngramOrders.count * configuration.ngramRows
    )
    let target = SendableMutablePointer(out)
    let piece = 4_096
    engine.crew.run(tasks: (rows + piece - 1) / piece) { task, _ in
      for row in (task * piece)..<min((task + 1) * piece, rows) {
        catchUp(
          row, W: W, to: step, weights: weights.tables + row * W,
          into: target.pointer + row * W)
      }
    }
  }
}
