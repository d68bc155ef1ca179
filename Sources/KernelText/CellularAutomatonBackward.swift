import KernelInterface

/// From the last grid's gradient, by readout and entropy, to that in its logits.
@inline(__always)
private func lastLogits(
  _ a: CellularAutomaton, _ dEntropy: Vector, _ grid: UnsafePointer<Float>
) {
  let (W, K, cells) = (Vector.scalarCount, CellularAutomaton.states, CellularAutomaton.cells)
  let dReadout = a.scratch + CellGrid.dReadout * W
  let dLogits = a.scratch + CellGrid.dLogits * W
  // −log₂ p − 1/ln 2, of which the softmax takes no notice of the constant.
  let dMean = meanState(grid).binaryLogarithms.scaled(
    by: dEntropy * Vector(repeating: -1 / Float(cells)))
  var dValue = CellStates(a.scratch + CellGrid.dValue * W)
  for i in 0..<cells {
    let s = CellStates(grid + i * K * W)
    let d = load(dReadout + i * W)
    dValue.add(d, times: s)
    var dStates = dMean
    dStates.add(d, times: a.value)
    s.softmaxBackward(dStates).write(dLogits + i * K * W)
  }
  dValue.write(a.scratch + CellGrid.dValue * W)
}

/// Adds what the gradient of a grid's logits is in the drive and in its direction.
private func driveBackward(_ a: CellularAutomaton) {
  let (W, K, cells) = (Vector.scalarCount, CellularAutomaton.states, CellularAutomaton.cells)
  let drive = a.scratch + CellGrid.drive * W
  let dDrive = a.scratch + CellGrid.dDrive * W
  let dLogits = a.scratch + CellGrid.dLogits * W
  var dDirection = CellStates(a.scratch + CellGrid.dDirection * W)
  var dStates = CellStates(dDrive + cells * W)
  for i in 0..<cells {
    let d = CellStates(dLogits + i * K * W)
    store(load(dDrive + i * W) + d.dot(a.direction), dDrive + i * W)
    dDirection.add(load(drive + i * W), times: d)
    dStates = dStates + d
  }
  dDirection.write(a.scratch + CellGrid.dDirection * W)
  dStates.write(dDrive + cells * W)
}

/// Sums the gradient of a grid's logits over each cell's neighbours.
private func neighbourSums(_ d: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>) {
  let W = Vector.scalarCount
  eachCell { _, at, up, down, left, right in
    var k = 0
    while k < CellularAutomaton.states {
      let i = k * W
      store(
        (load(d + up + i) + load(d + down + i)) + (load(d + left + i) + load(d + right + i)),
        out + at + i)
      k += 1
    }
  }
}

/// Adds `Σ over cells of x[i, k] · d[i, j]` to the rows `k` of `out`, lane by lane.
///
/// The neighbourhood is symmetric, so that the neighbours' weights, too, are products of a cell's own
/// states: with the sums of its neighbours' gradients.
private func weightGradient(
  _ x: UnsafePointer<Float>, _ d: UnsafePointer<Float>, cells: Range<Int>,
  _ out: UnsafeMutablePointer<Float>
) {
  let (W, K) = (Vector.scalarCount, CellularAutomaton.states)
  var k = 0
  while k < K {
    var j = 0
    while j < K {
      let (top, middle, bottom) = (
        out + (k * K + j) * W, out + ((k + 1) * K + j) * W, out + ((k + 2) * K + j) * W
      )
      var (a0, a1, a2) = (load(top), load(top + W), load(top + 2 * W))
      var (b0, b1, b2) = (load(middle), load(middle + W), load(middle + 2 * W))
      var (c0, c1, c2) = (load(bottom), load(bottom + W), load(bottom + 2 * W))
      for i in cells {
        let states = x + (i * K + k) * W
        let gradient = d + (i * K + j) * W
        let (d0, d1, d2) = (load(gradient), load(gradient + W), load(gradient + 2 * W))
        let (x0, x1, x2) = (load(states), load(states + W), load(states + 2 * W))
        a0 = multiplyAdd(a0, x0, d0)
        a1 = multiplyAdd(a1, x0, d1)
        a2 = multiplyAdd(a2, x0, d2)
        b0 = multiplyAdd(b0, x1, d0)
        b1 = multiplyAdd(b1, x1, d1)
        b2 = multiplyAdd(b2, x1, d2)
        c0 = multiplyAdd(c0, x2, d0)
        c1 = multiplyAdd(c1, x2, d1)
        c2 = multiplyAdd(c2, x2, d2)
      }
      store(a0, top)
      store(a1, top + W)
      store(a2, top + 2 * W)
      store(b0, middle)
      store(b1, middle + W)
      store(b2, middle + 2 * W)
      store(c0, bottom)
      store(c1, bottom + W)
      store(c2, bottom + 2 * W)
      j += 3
    }
    k += 3
  }
}

/// Adds the rule's gradient in one step from `grid`.
private func ruleGradient(_ a: CellularAutomaton, _ grid: UnsafePointer<Float>) {
  let (W, K, cells) = (Vector.scalarCount, CellularAutomaton.states, CellularAutomaton.cells)
  let dLogits = a.scratch + CellGrid.dLogits * W
  let dNeighbours = a.scratch + CellGrid.dNeighbours * W
  let out = a.scratch + CellGrid.dRule * W
  // A third of the three grids fits into the first cache.
  for third in 0..<3 {
    let part = (third * cells / 3)..<((third + 1) * cells / 3)
    weightGradient(grid, dLogits, cells: part, out)
    weightGradient(grid, dNeighbours, cells: part, out + K * K * W)
  }
  var bias = CellStates(out + 2 * K * K * W)
  for i in 0..<cells { bias = bias + CellStates(dLogits + i * K * W) }
  bias.write(out + 2 * K * K * W)
}

/// From the gradient in a step's logits to that in the logits of `grid`, where it started, in place.
private func gridBackward(_ a: CellularAutomaton, _ grid: UnsafePointer<Float>) {
  let (W, K, cells) = (Vector.scalarCount, CellularAutomaton.states, CellularAutomaton.cells)
  let dLogits = a.scratch + CellGrid.dLogits * W
  let dNeighbours = a.scratch + CellGrid.dNeighbours * W
  for i in 0..<cells {
    let at = i * K * W
    var d = CellStates()
    var k = 0
    while k < K {
      d.add(load(dLogits + at + k * W), times: a.rule + k, stride: K)
      d.add(load(dNeighbours + at + k * W), times: a.rule + K * K + k, stride: K)
      k += 1
    }
    CellStates(grid + at).softmaxBackward(d).write(dLogits + at)
  }
}

/// Adds the sums over lanes.
private func addLanes(
  _ x: UnsafePointer<Float>, _ count: Int, _ out: UnsafeMutablePointer<Float>
) {
  for i in 0..<count { out[i] += sum(load(x + i * Vector.scalarCount)) }
}

func automatonBackward(_ a: CellularAutomaton, _ gradient: CellularAutomatonGradient) {
  let (W, K) = (Vector.scalarCount, CellularAutomaton.states)
  let (cells, drives) = (CellularAutomaton.cells, CellularAutomaton.drives)
  let size = CellGrid.size * W
  let scratch = a.scratch
  scratch.advanced(by: CellGrid.dSeed * W).update(
    repeating: 0, count: (CellGrid.start - CellGrid.dSeed) * W)
  var grids = a.grids
  var first = 0
  while first < a.rows {
    let count = min(W, a.rows - first)
    turnRows(a.drive + first * drives, count, drives, scratch + CellGrid.drive * W)
    turnRows(a.readout + first * cells, count, cells, scratch + CellGrid.dReadout * W)
    scratch.advanced(by: CellGrid.dDrive * W).update(repeating: 0, count: drives * W)
    var dEntropy = Vector.zero
    for lane in 0..<count { dEntropy[lane] = a.entropy[first + lane] }
    lastLogits(a, dEntropy, grids + a.steps * size)
    var step = a.steps
    while step > 0 {
      let grid = grids + (step - 1) * size
      if a.drivesSteps { driveBackward(a) }
      neighbourSums(scratch + CellGrid.dLogits * W, scratch + CellGrid.dNeighbours * W)
      if gradient.rule != nil { ruleGradient(a, grid) }
      gridBackward(a, grid)
      step -= 1
    }
    driveBackward(a)
    var i = 0
    while i < size {
      let (d, out) = (scratch + CellGrid.dLogits * W + i, scratch + CellGrid.dSeed * W + i)
      store(load(out) + load(d), out)
      i += W
    }
    turnLanes(scratch + CellGrid.dDrive * W, count, drives, a.drive + first * drives)
    grids += (a.steps + 1) * size
    first += W
  }
  addLanes(scratch + CellGrid.dSeed * W, cells * K, gradient.seed)
  addLanes(scratch + CellGrid.dDirection * W, K, gradient.direction)
  addLanes(scratch + CellGrid.dValue * W, K, gradient.value)
  if let rule = gradient.rule {
    addLanes(scratch + CellGrid.dRule * W, CellularAutomaton.ruleRows * K, rule)
  }
}
