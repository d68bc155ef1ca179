import KernelInterface

extension ProductEpilogue {
  /// Whether anything is to be done.
  var isSome: Bool {
    if case .none = self { false } else { true }
  }
}

/// Applies a product's epilogue to the elements of `c` from `(row, column)` on.
///
/// Not a part of the tile's function, whose registers hold sums: what was just stored is read again.
@inline(never)
func apply(
  _ epilogue: ProductEpilogue, c: UnsafeMutablePointer<Float>, cRow: Int, row: Int, column: Int,
  rows: Int, columns: Int
) {
  let tile = c + row * cRow + column
  switch epilogue {
  case .none: break
  case .squaredReLU(let out, let stride):
    let out = out + row * stride + column
    for r in 0..<rows { squaredReLU(tile + r * cRow, columns, out + r * stride) }
  case .squaredReLUGradient(let x, let stride):
    let x = x + row * stride + column
    for r in 0..<rows { squaredReLUBackward(x + r * stride, columns, tile + r * cRow) }
  case .squaredReLUPairs(let out, let stride):
    let out = out + row * stride + column / 2
    for r in 0..<rows { squaredReLUPairs(tile + r * cRow, columns, out + r * stride) }
  }
}

/// Rounds ReLU² of a row to words of column pairs.
@inline(__always)
private func squaredReLUPairs(
  _ x: UnsafePointer<Float>, _ columns: Int, _ words: UnsafeMutablePointer<UInt32>
) {
  var i = 0
  while i + Vector.scalarCount <= columns {
    let halves = roundedToBFloat16(squaredReLU(load(x + i)))
    let pairs = (halves.evenHalf &>> 16) | halves.oddHalf
    UnsafeMutableRawPointer(words + i / 2).storeBytes(of: pairs, as: type(of: pairs))
    i += Vector.scalarCount
  }
  while i < columns {
    let second = i + 1 < columns ? squaredReLU(x[i + 1]) : 0
    words[i / 2] = paired(squaredReLU(x[i]), second)
    i += 2
  }
}
