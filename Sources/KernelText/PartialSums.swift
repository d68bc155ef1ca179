import KernelInterface

/// Where a product's next block finds what it adds to: the addend before the first block, `c` after.
struct PartialSums {
  /// Element `(m, n)` lies at `base[m · stride + n]`; nil for zeros.
  let base: UnsafePointer<Float>?, stride: Int
  /// Whether `c` holds them already, so that a block of zeros changes nothing.
  let areInC: Bool

  @inline(__always)
  init(_ addend: ProductAddend, c: UnsafeMutablePointer<Float>, cRow: Int) {
    switch addend {
    case .nothing: (base, stride, areInC) = (nil, 0, false)
    case .result: (base, stride, areInC) = (UnsafePointer(c), cRow, true)
    case .rows(let rows, let stride): (base, self.stride, areInC) = (rows, stride, false)
    }
  }

  /// Where element `(row, column)` is.
  @inline(__always)
  func tile(_ row: Int, _ column: Int) -> UnsafePointer<Float>? {
    base.map { $0 + row * stride + column }
  }
}

/// The product of no columns by no rows: the addend alone.
func multiplyNothing(
  M: Int, N: Int, c: UnsafeMutablePointer<Float>, cRow: Int, addend: ProductAddend,
  epilogue: ProductEpilogue
) {
  let sums = PartialSums(addend, c: c, cRow: cRow)
  for m in 0..<M where !sums.areInC {
    for n in 0..<N { c[m * cRow + n] = sums.tile(m, n)?.pointee ?? 0 }
  }
  if epilogue.isSome {
    apply(epilogue, c: c, cRow: cRow, row: 0, column: 0, rows: M, columns: N)
  }
}
