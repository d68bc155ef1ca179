import KernelInterface

/// Packs `xᵀ` for `x (K, M)` into panels of `tileRows` rows, `(⌈M / tileRows⌉, K, tileRows)`.
func packRows(
  _ x: UnsafePointer<Float>, _ rowStride: Int, _ K: Int, _ M: Int, _ prologue: OperandPrologue,
  _ panels: UnsafeMutablePointer<Float>
) {
  switch prologue {
  case .none:
    packRows(x, rowStride, K, M, panels, four: { $0 }, two: { $0 }, one: { $0 })
  case .squaredReLU:
    packRows(x, rowStride, K, M, panels) { v in
      let positive = v.replacing(with: SIMD4.zero, where: v .< 0)
      return positive * positive
    } two: { v in
      let positive = v.replacing(with: SIMD2.zero, where: v .< 0)
      return positive * positive
    } one: {
      squaredReLU($0)
    }
  }
}

/// The same with a function of each element, given for the pieces of a panel's row and for one.
@inline(__always)
private func packRows(
  _ x: UnsafePointer<Float>, _ rowStride: Int, _ K: Int, _ M: Int,
  _ panels: UnsafeMutablePointer<Float>, four: (SIMD4<Float>) -> SIMD4<Float>,
  two: (SIMD2<Float>) -> SIMD2<Float>, one: (Float) -> Float
) {
  var out = panels
  var m = 0
  while m < M {
    let columns = min(tileRows, M - m)
    if columns == tileRows {
      for k in 0..<K {
        let source = UnsafeRawPointer(x + k * rowStride + m)
        let target = UnsafeMutableRawPointer(out + k * tileRows)
        let first = four(source.loadUnaligned(as: SIMD4<Float>.self))
        let rest = two(source.loadUnaligned(fromByteOffset: 16, as: SIMD2<Float>.self))
        target.storeBytes(of: first, as: SIMD4<Float>.self)
        target.storeBytes(of: rest, toByteOffset: 16, as: SIMD2<Float>.self)
      }
    } else {
      for k in 0..<K {
        for j in 0..<tileRows {
          out[k * tileRows + j] = j < columns ? one(x[k * rowStride + m + j]) : 0
        }
      }
    }
    out += K * tileRows
    m += tileRows
  }
}
