/// Packs one whole panel of the transpose of `x`: row `j` of `x` becomes column `j`.
///
/// Squares of four, transposed in registers: a loop over elements takes several times as long.
func packTransposed(
  _ x: UnsafePointer<Float>, _ stride: Int, _ K: Int, _ panel: UnsafeMutablePointer<Float>
) {
  var j = 0
  while j < tileColumns {
    let rows = x + j * stride
    var k = 0
    while k + 4 <= K {
      let square = transposed(
        four(rows + k), four(rows + stride + k), four(rows + 2 * stride + k),
        four(rows + 3 * stride + k))
      let out = UnsafeMutableRawPointer(panel + k * tileColumns + j)
      let row = tileColumns * MemoryLayout<Float>.stride
      out.storeBytes(of: square.0, as: SIMD4<Float>.self)
      out.storeBytes(of: square.1, toByteOffset: row, as: SIMD4<Float>.self)
      out.storeBytes(of: square.2, toByteOffset: 2 * row, as: SIMD4<Float>.self)
      out.storeBytes(of: square.3, toByteOffset: 3 * row, as: SIMD4<Float>.self)
      k += 4
    }
    while k < K {
      for i in 0..<4 { panel[k * tileColumns + j + i] = rows[i * stride + k] }
      k += 1
    }
    j += 4
  }
}

@inline(__always)
private func four(_ p: UnsafePointer<Float>) -> SIMD4<Float> {
  UnsafeRawPointer(p).loadUnaligned(as: SIMD4<Float>.self)
}

@inline(__always)
private func transposed(
  _ a: SIMD4<Float>, _ b: SIMD4<Float>, _ c: SIMD4<Float>, _ d: SIMD4<Float>
) -> (SIMD4<Float>, SIMD4<Float>, SIMD4<Float>, SIMD4<Float>) {
  (
    SIMD4(a[0], b[0], c[0], d[0]), SIMD4(a[1], b[1], c[1], d[1]),
    SIMD4(a[2], b[2], c[2], d[2]), SIMD4(a[3], b[3], c[3], d[3])
  )
}
