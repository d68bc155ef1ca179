import KernelInterface

// The tile and the blocks of `MatrixProduct.swift`, with words in place of numbers.
let bfloat16Rows = 6
let bfloat16Columns = 2 * Vector.scalarCount
/// Words of the summed dimension in one block: part of the contract, since it orders the sums.
let bfloat16Depth = 256
let bfloat16BlockRows = 96

/// This variant's bf16 functions.
let bfloat16Kernels = BFloat16Kernels(
  inHardware: hasBFloat16Products, panelWidth: bfloat16Columns, pairColumns: pairColumns,
  pairRows: pairRows, pack: packBFloat16, multiply: multiplyBFloat16,
  multiplyAddChains: multiplyAddPairsChains)

/// What the hardware's dot product of pairs adds to `a`, computed in float32.
///
/// A product of two bf16 numbers has 16 significant bits, so it makes no difference whether the
/// multiply-add rounds it first.
@inline(__always)
func multiplyAddHalves(_ a: Vector, _ x: BitVector, _ y: BitVector) -> Vector {
  let high = multiplyAdd(
    a, unsafeBitCast(x & 0xFFFF_0000, to: Vector.self),
    unsafeBitCast(y & 0xFFFF_0000, to: Vector.self))
  return multiplyAdd(
    high, unsafeBitCast(x &<< 16, to: Vector.self), unsafeBitCast(y &<< 16, to: Vector.self))
}

func multiplyBFloat16(_ p: BFloat16Product) {
  if p.pairs == 0 {
    if !p.accumulate {
      for m in 0..<p.M { (p.c + m * p.cRow).update(repeating: 0, count: p.N) }
    }
    return
  }
  var k = 0
  while k < p.pairs {
    let depth = min(bfloat16Depth, p.pairs - k)
    let accumulate = p.accumulate || k > 0
    var m = 0
    while m < p.M {
      let lastRow = min(m + bfloat16BlockRows, p.M)
      var n = 0
      var panel = p.panels + k * bfloat16Columns
      while n < p.N {
        let columns = min(bfloat16Columns, p.N - n)
        var row = m
        while row < lastRow {
          multiplyBFloat16Tile(
            a: p.a + row * p.aRow + k * p.aColumn, aRow: p.aRow, aColumn: p.aColumn, b: panel,
            depth: depth, c: p.c + row * p.cRow + n, cRow: p.cRow,
            rows: min(bfloat16Rows, p.M - row), columns: columns, accumulate: accumulate)
          row += bfloat16Rows
        }
        n += bfloat16Columns
        panel += p.pairs * bfloat16Columns
      }
      m += bfloat16BlockRows
    }
    k += depth
  }
}

/// Computes one tile of `c`; rows beyond `rows` read row 0 again and are not stored.
@inline(__always)
func multiplyBFloat16Tile(
  a: UnsafePointer<UInt32>, aRow: Int, aColumn: Int, b: UnsafePointer<UInt32>, depth: Int,
  c: UnsafeMutablePointer<Float>, cRow: Int, rows: Int, columns: Int, accumulate: Bool
) {
  let width = Vector.scalarCount
  let a0 = a
  let a1 = rows > 1 ? a + aRow : a
  let a2 = rows > 2 ? a + 2 * aRow : a
  let a3 = rows > 3 ? a + 3 * aRow : a
  let a4 = rows > 4 ? a + 4 * aRow : a
  let a5 = rows > 5 ? a + 5 * aRow : a
  var c00 = Vector.zero, c01 = Vector.zero, c10 = Vector.zero, c11 = Vector.zero
  var c20 = Vector.zero, c21 = Vector.zero, c30 = Vector.zero, c31 = Vector.zero
  var c40 = Vector.zero, c41 = Vector.zero, c50 = Vector.zero, c51 = Vector.zero
  var b = b
  var i = 0
  for _ in 0..<depth {
    let b0 = load(b)
    let b1 = load(b + width)
    let x0 = BitVector(repeating: a0[i])
    c00 = multiplyAddPairs(c00, x0, b0)
    c01 = multiplyAddPairs(c01, x0, b1)
    let x1 = BitVector(repeating: a1[i])
    c10 = multiplyAddPairs(c10, x1, b0)
    c11 = multiplyAddPairs(c11, x1, b1)
    let x2 = BitVector(repeating: a2[i])
    c20 = multiplyAddPairs(c20, x2, b0)
    c21 = multiplyAddPairs(c21, x2, b1)
    let x3 = BitVector(repeating: a3[i])
    c30 = multiplyAddPairs(c30, x3, b0)
    c31 = multiplyAddPairs(c31, x3, b1)
    let x4 = BitVector(repeating: a4[i])
    c40 = multiplyAddPairs(c40, x4, b0)
    c41 = multiplyAddPairs(c41, x4, b1)
    let x5 = BitVector(repeating: a5[i])
    c50 = multiplyAddPairs(c50, x5, b0)
    c51 = multiplyAddPairs(c51, x5, b1)
    b += 2 * width
    i += aColumn
  }
  finishPair(c00, c01, c, columns, accumulate)
  if rows > 1 { finishPair(c10, c11, c + cRow, columns, accumulate) }
  if rows > 2 { finishPair(c20, c21, c + 2 * cRow, columns, accumulate) }
  if rows > 3 { finishPair(c30, c31, c + 3 * cRow, columns, accumulate) }
  if rows > 4 { finishPair(c40, c41, c + 4 * cRow, columns, accumulate) }
  if rows > 5 { finishPair(c50, c51, c + 5 * cRow, columns, accumulate) }
}

/// Stores one row of a tile, or adds it to what is there.
@inline(__always)
func finishPair(
  _ first: Vector, _ second: Vector, _ c: UnsafeMutablePointer<Float>, _ columns: Int,
  _ accumulate: Bool
) {
  let width = Vector.scalarCount
  if columns == bfloat16Columns {
    if accumulate {
      store(load(c) + first, c)
      store(load(c + width) + second, c + width)
    } else {
      store(first, c)
      store(second, c + width)
    }
  } else {
    for j in 0..<columns {
      let value = j < width ? first[j] : second[j - width]
      c[j] = accumulate ? c[j] + value : value
    }
  }
}
