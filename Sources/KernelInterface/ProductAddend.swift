/// What a matrix product is added to while it is written.
///
/// A pointer among others; who writes to the memory at what time is settled by the caller.
public enum ProductAddend: @unchecked Sendable {
  /// Nothing: `c` is overwritten without being read.
  case nothing
  /// What `c` holds.
  case result
  /// Rows elsewhere: element `(m, n)` lies at `rows[m · stride + n]`.
  ///
  /// Stride 0 adds the same row, a bias, to each row of the product. The rows are `c`'s own, with its
  /// stride, or share no element with it.
  case rows(UnsafePointer<Float>, stride: Int)

  /// The addend of the columns from `first` on.
  public func columns(from first: Int) -> ProductAddend {
    switch self {
    case .nothing, .result: self
    case .rows(let rows, let stride): .rows(rows + first, stride: stride)
    }
  }
}
