import KernelInterface

// A register holds one state of one cell for as many rows as it has lanes. Rows that are missing in
// the last registers are run on a drive of zero and counted nowhere.

/// Registers of one group of rows, in units of a register's lanes.
enum CellGrid {
  static let size = CellularAutomaton.cells * CellularAutomaton.states

  /// Parts of the scratch memory.
  static let drive = 0
  static let dDrive = CellularAutomaton.drives
  static let dReadout = 2 * CellularAutomaton.drives
  /// Gradient in the logits of a grid, and its sums over neighbours.
  static let dLogits = dReadout + CellularAutomaton.cells
  static let dNeighbours = dLogits + size
  /// Gradients of the weights, lane by lane: of the seed, the rule, the direction and the value.
  static let dSeed = dNeighbours + size
  static let dRule = dSeed + size
  static let dDirection = dRule + CellularAutomaton.ruleRows * CellularAutomaton.states
  static let dValue = dDirection + CellularAutomaton.states
  /// What all cells' logits start from, until it is no longer needed: nine registers.
  static let start = dValue + CellularAutomaton.states
}

/// Writes `columns` of `count` rows as registers of a row a lane; lanes without a row get zeros.
@inline(__always)
func turnRows(
  _ x: UnsafePointer<Float>, _ count: Int, _ columns: Int, _ out: UnsafeMutablePointer<Float>
) {
  let W = Vector.scalarCount
  if count < W { out.update(repeating: 0, count: columns * W) }
  for lane in 0..<count {
    let row = x + lane * columns
    for i in 0..<columns { out[i * W + lane] = row[i] }
  }
}

/// The same backward.
@inline(__always)
func turnLanes(
  _ x: UnsafePointer<Float>, _ count: Int, _ columns: Int, _ out: UnsafeMutablePointer<Float>
) {
  let W = Vector.scalarCount
  for lane in 0..<count {
    let row = out + lane * columns
    for i in 0..<columns { row[i] = x[i * W + lane] }
  }
}

/// Calls `body` for every cell of a grid with the offsets of its first state and of its neighbours'.
@inline(__always)
func eachCell(
  _ body: (_ cell: Int, _ at: Int, _ up: Int, _ down: Int, _ left: Int, _ right: Int) -> Void
) {
  let side = CellularAutomaton.side
  let step = CellularAutomaton.states * Vector.scalarCount
  for y in 0..<side {
    let above = (y == 0 ? side - 1 : y - 1) * side
    let below = (y == side - 1 ? 0 : y + 1) * side
    for x in 0..<side {
      let before = y * side + (x == 0 ? side - 1 : x - 1)
      let after = y * side + (x == side - 1 ? 0 : x + 1)
      let cell = y * side + x
      body(
        cell, cell * step, (above + x) * step, (below + x) * step, before * step, after * step)
    }
  }
}

/// Writes the first states of a group of rows.
private func firstGrid(
  _ a: CellularAutomaton, _ drive: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
) {
  let (W, K, cells) = (
    Vector.scalarCount, CellularAutomaton.states, CellularAutomaton.cells
  )
  let states = CellStates(drive + cells * W)
  for i in 0..<cells {
    var logits = states
    logits.add(load(drive + i * W), times: a.direction)
    logits.add(Vector(repeating: 1), times: a.seed + i * K)
    logits.softmax.write(out + i * K * W)
  }
}

/// Writes the states after `grid`.
private func nextGrid(
  _ a: CellularAutomaton, _ drive: UnsafePointer<Float>, _ start: UnsafePointer<Float>,
  _ grid: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>
) {
  let (W, K) = (Vector.scalarCount, CellularAutomaton.states)
  eachCell { cell, at, up, down, left, right in
    var logits = CellStates(start)
    if a.drivesSteps { logits.add(load(drive + cell * W), times: a.direction) }
    var k = 0
    while k < K {
      let i = k * W
      logits.add(load(grid + at + i), times: a.rule + k * K)
      let around =
        (load(grid + up + i) + load(grid + down + i))
        + (load(grid + left + i) + load(grid + right + i))
      logits.add(around, times: a.rule + (K + k) * K)
      k += 1
    }
    logits.softmax.write(out + at)
  }
}

/// The mean state of a grid.
@inline(__always)
func meanState(_ grid: UnsafePointer<Float>) -> CellStates {
  let (W, K, cells) = (Vector.scalarCount, CellularAutomaton.states, CellularAutomaton.cells)
  var total = CellStates()
  for i in 0..<cells { total = total + CellStates(grid + i * K * W) }
  return total.scaled(by: Vector(repeating: 1 / Float(cells)))
}

func automaton(_ a: CellularAutomaton) {
  let (W, K) = (Vector.scalarCount, CellularAutomaton.states)
  let (cells, drives) = (CellularAutomaton.cells, CellularAutomaton.drives)
  let size = CellGrid.size * W
  let drive = a.scratch + CellGrid.drive * W
  let start = a.scratch + CellGrid.start * W
  let readout = a.scratch + CellGrid.dReadout * W
  var grids = a.grids
  var first = 0
  while first < a.rows {
    let count = min(W, a.rows - first)
    turnRows(a.drive + first * drives, count, drives, drive)
    var base = CellStates()
    if a.drivesSteps { base = CellStates(drive + cells * W) }
    base.add(Vector(repeating: 1), times: a.rule + 2 * K * K)
    base.write(start)
    var grid = grids
    firstGrid(a, drive, grid)
    for step in 0..<a.steps {
      let next = a.keepsGrids ? grid + size : a.grids + (step + 1) % 2 * size
      nextGrid(a, drive, start, grid, next)
      grid = next
    }
    for i in 0..<cells {
      store(CellStates(grid + i * K * W).dot(a.value), readout + i * W)
    }
    turnLanes(readout, count, cells, a.readout + first * cells)
    let p = meanState(grid)
    let entropy = Vector.zero - p.dot(p.binaryLogarithms)
    for lane in 0..<count { a.entropy[first + lane] = entropy[lane] }
    if a.keepsGrids { grids += (a.steps + 1) * size }
    first += W
  }
}
