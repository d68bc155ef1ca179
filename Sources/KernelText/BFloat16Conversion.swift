import KernelInterface

@inline(__always)
func load(_ p: UnsafePointer<UInt32>) -> BitVector {
  UnsafeRawPointer(p).loadUnaligned(as: BitVector.self)
}

@inline(__always)
func store(_ x: BitVector, _ p: UnsafeMutablePointer<UInt32>) {
  UnsafeMutableRawPointer(p).storeBytes(of: x, as: BitVector.self)
}

/// Rounds each lane to bf16, left in its high half.
@inline(__always)
func roundedToBFloat16(_ x: Vector) -> BitVector {
  let bits = unsafeBitCast(x, to: BitVector.self)
  let rounded = bits &+ (((bits &>> 16) & 1) &+ 0x7FFF)
  // Rounding would carry some NaNs over into infinity or zero. They alone lie beyond infinity; the
  // sign of a difference is a mask that needs no comparison.
  let beyond = unsafeBitCast(0x7F80_0000 &- (bits & 0x7FFF_FFFF), to: SignedVector.self) &>> 31
  let isNaN = unsafeBitCast(beyond, to: BitVector.self)
  return ((rounded & ~isNaN) | ((bits | 0x40_0000) & isNaN)) & 0xFFFF_0000
}

/// The same for one number.
@inline(__always)
func roundedToBFloat16(_ x: Float) -> UInt32 {
  let bits = x.bitPattern
  let rounded = bits &+ (((bits &>> 16) & 1) &+ 0x7FFF)
  return (x == x ? rounded : bits | 0x40_0000) & 0xFFFF_0000
}

@inline(__always)
func paired(_ low: Vector, _ high: Vector) -> BitVector {
  (roundedToBFloat16(low) &>> 16) | roundedToBFloat16(high)
}

@inline(__always)
func paired(_ low: Float, _ high: Float) -> UInt32 {
  (roundedToBFloat16(low) &>> 16) | roundedToBFloat16(high)
}

func pairColumns(
  _ x: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ columns: Int,
  _ words: UnsafeMutablePointer<UInt32>, _ wordStride: Int
) {
  for r in 0..<rows {
    let row = x + r * stride
    let out = words + r * wordStride
    for j in 0..<(columns / 2) { out[j] = paired(row[2 * j], row[2 * j + 1]) }
    if columns % 2 == 1 { out[columns / 2] = paired(row[columns - 1], 0) }
  }
}

func pairRows(
  _ x: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ columns: Int,
  _ prologue: OperandPrologue, _ words: UnsafeMutablePointer<UInt32>, _ wordStride: Int
) {
  switch prologue {
  case .none:
    pairRows(x, stride, rows, columns, words, wordStride, vector: { $0 }, scalar: { $0 })
  case .squaredReLU:
    pairRows(x, stride, rows, columns, words, wordStride) {
      squaredReLU($0)
    } scalar: {
      squaredReLU($0)
    }
  }
}

/// The same with a function of each element, given for a register of them and for one.
@inline(__always)
private func pairRows(
  _ x: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ columns: Int,
  _ words: UnsafeMutablePointer<UInt32>, _ wordStride: Int, vector: (Vector) -> Vector,
  scalar: (Float) -> Float
) {
  for j in 0..<((rows + 1) / 2) {
    let low = x + 2 * j * stride
    let high = low + stride
    let out = words + j * wordStride
    if 2 * j + 1 < rows {
      eachLane(columns) { i in
        store(paired(vector(load(low + i)), vector(load(high + i))), out + i)
      } scalar: { i in
        out[i] = paired(scalar(low[i]), scalar(high[i]))
      }
    } else {
      for i in 0..<columns { out[i] = paired(scalar(low[i]), 0) }
    }
  }
}

func packBFloat16(
  _ b: UnsafePointer<Float>, _ rowStride: Int, _ columnStride: Int, _ K: Int, _ N: Int,
  _ panels: UnsafeMutablePointer<UInt32>
) {
  let width = Vector.scalarCount
  var out = panels
  var n = 0
  while n < N {
    let columns = min(tileColumns, N - n)
    var k = 0
    while k < K {
      let low = b + k * rowStride + n * columnStride
      let high = low + rowStride
      if columns == tileColumns, columnStride == 1, k + 1 < K {
        store(paired(load(low), load(high)), out)
        store(paired(load(low + width), load(high + width)), out + width)
      } else {
        for j in 0..<tileColumns {
          let first = j < columns ? low[j * columnStride] : 0
          let second = j < columns && k + 1 < K ? high[j * columnStride] : 0
          out[j] = paired(first, second)
        }
      }
      out += tileColumns
      k += 2
    }
    n += tileColumns
  }
}
