internal import KernelInterface
internal import Kernels

/// One thread's memory for the cellular automata of some rows.
final class AutomatonScratch: @unchecked Sendable {
  /// What drives the automata, `(R, 90)`, and what their cells say, `(R, 81)`; then the gradients.
  let drive: UnsafeMutablePointer<Float>, readout: UnsafeMutablePointer<Float>
  /// Entropy of the mean state in bits, `(R)`; then its gradient.
  let entropy: UnsafeMutablePointer<Float>
  /// What the head reads, `(R, C)`.
  let rows: UnsafeMutablePointer<Float>
  /// States of all steps, or of two where they are not kept.
  let grids: UnsafeMutablePointer<Float>
  let keepsGrids: Bool
  /// What the kernels use while they run.
  let scratch: UnsafeMutablePointer<Float>
  /// The rule where it is not learned, `(19, 9)`.
  let rule: UnsafeMutablePointer<Float>

  private let arena: FloatArena

  init(
    _ nca: NCAConfiguration, width: Int, rows R: Int, keepsGrids: Bool, lanes: Int
  ) throws(AllocationError) {
    var plan = ArenaPlan()
    let fixed = NCAConfiguration.softMajority
    let sizes = [
      R * CellularAutomaton.drives, R * CellularAutomaton.cells, R, R * width,
      CellularAutomaton.gridElements(rows: R, steps: nca.steps, keeps: keepsGrids, lanes: lanes),
      CellularAutomaton.scratchElements(lanes: lanes), fixed.count,
    ]
    let offsets = sizes.map { plan.place($0) }
    arena = try FloatArena(count: plan.count)
    let at = offsets.map { [base = arena.base] in base + $0 }
    (drive, readout, entropy, rows) = (at[0], at[1], at[2], at[3])
    (grids, scratch, rule) = (at[4], at[5], at[6])
    self.keepsGrids = keepsGrids
    if arena.isReserved { rule.update(from: fixed, count: fixed.count) }
  }
}
