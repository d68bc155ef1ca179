import KernelInterface

/// Multiplies one row by a packed matrix, four panels at a time.
///
/// The six rows of a tile would be six times the same one here. Eight accumulators of different
/// columns hide the latency of FMA instead, and each element's sum runs in the order of the tile's,
/// so that a row has the same bits alone and among others.
func multiplyRow(_ p: MatrixProduct) {
  let panelSize = p.packedRows * tileColumns
  let start = PartialSums(p.addend, c: p.c, cRow: p.cRow)
  var n = 0
  while n < p.N {
    let panel = p.panels + n / tileColumns * panelSize
    let columns = min(4 * tileColumns, p.N - n)
    var sums = start
    var k = 0
    while k < p.K {
      let depth = min(blockDepth, p.K - k)
      multiplyRowTile(
        a: p.a + k * p.aColumn, aColumn: p.aColumn, b: panel + k * tileColumns,
        panelSize: panelSize, depth: depth, c: p.c + n, columns: columns,
        addend: sums.tile(0, n))
      sums = PartialSums(.result, c: p.c, cRow: p.cRow)
      k += depth
    }
    if p.epilogue.isSome {
      apply(p.epilogue, c: p.c, cRow: p.cRow, row: 0, column: n, rows: 1, columns: columns)
    }
    n += 4 * tileColumns
  }
}

/// Computes up to four panels' columns; panels beyond `columns` read the first again.
@inline(__always)
func multiplyRowTile(
  a: UnsafePointer<Float>, aColumn: Int, b: UnsafePointer<Float>, panelSize: Int, depth: Int,
  c: UnsafeMutablePointer<Float>, columns: Int, addend: UnsafePointer<Float>?
) {
  let width = Vector.scalarCount
  let b1 = columns > tileColumns ? b + panelSize : b
  let b2 = columns > 2 * tileColumns ? b + 2 * panelSize : b
  let b3 = columns > 3 * tileColumns ? b + 3 * panelSize : b
  var c00 = Vector.zero, c01 = Vector.zero, c10 = Vector.zero, c11 = Vector.zero
  var c20 = Vector.zero, c21 = Vector.zero, c30 = Vector.zero, c31 = Vector.zero
  var i = 0
  for k in 0..<depth {
    let x = Vector(repeating: a[i])
    let j = k * tileColumns
    c00 = multiplyAdd(c00, x, load(b + j))
    c01 = multiplyAdd(c01, x, load(b + j + width))
    c10 = multiplyAdd(c10, x, load(b1 + j))
    c11 = multiplyAdd(c11, x, load(b1 + j + width))
    c20 = multiplyAdd(c20, x, load(b2 + j))
    c21 = multiplyAdd(c21, x, load(b2 + j + width))
    c30 = multiplyAdd(c30, x, load(b3 + j))
    c31 = multiplyAdd(c31, x, load(b3 + j + width))
    i += aColumn
  }
  let P = tileColumns
  finish(c00, c01, c, columns >= P, columns, addend)
  if columns > P {
    finish(c10, c11, c + P, columns >= 2 * P, columns - P, addend.map { $0 + P })
  }
  if columns > 2 * P {
    finish(c20, c21, c + 2 * P, columns >= 3 * P, columns - 2 * P, addend.map { $0 + 2 * P })
  }
  if columns > 3 * P {
    finish(c30, c31, c + 3 * P, columns >= 4 * P, columns - 3 * P, addend.map { $0 + 3 * P })
  }
}
