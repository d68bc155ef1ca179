/// What is done to a matrix product's elements when their sums are complete, tile by tile, while
/// they are in the first-level cache.
///
/// The results have the bits of the product followed by the function of `KernelSet` or
/// `BFloat16Kernels` that the case names.
///
/// A pointer among others; who writes to the memory at what time is settled by the caller.
public enum ProductEpilogue: @unchecked Sendable {
  case none
  /// Writes `max(c, 0)²` to `out[m · stride + n]`, as `squaredReLU` does.
  ///
  /// `out` is `c`, with its stride, or shares no element with it; then `c` keeps the sums.
  case squaredReLU(into: UnsafeMutablePointer<Float>, stride: Int)
  /// Replaces `c` by `c · 2 · max(x, 0)` with `x[m · stride + n]`, as `squaredReLUBackward` does.
  case squaredReLUGradient(of: UnsafePointer<Float>, stride: Int)
  /// Writes `max(c, 0)²` as words of column pairs to `out[m · stride + n/2]`, as `squaredReLU` and
  /// then `pairColumns` do; `c` keeps the sums.
  case squaredReLUPairs(into: UnsafeMutablePointer<UInt32>, stride: Int)

  /// The epilogue of the columns from `first` on.
  ///
  /// - Precondition: `first` is even.
  public func columns(from first: Int) -> ProductEpilogue {
    switch self {
    case .none: self
    case .squaredReLU(let out, let stride): .squaredReLU(into: out + first, stride: stride)
    case .squaredReLUGradient(let x, let stride):
      .squaredReLUGradient(of: x + first, stride: stride)
    case .squaredReLUPairs(let out, let stride):
      .squaredReLUPairs(into: out + first / 2, stride: stride)
    }
  }
}
