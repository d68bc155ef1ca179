internal import KernelInterface

/// The left operand of a product with a weight matrix, as it lies in memory.
enum Activations {
  /// Rows of numbers, `stride` apart.
  case floats(UnsafeMutablePointer<Float>, stride: Int)
  /// Rows of words of bf16 column pairs.
  case pairs(UnsafeMutablePointer<UInt32>, stride: Int)

  /// Makes these the ReLU² of a product.
  var epilogue: ProductEpilogue {
    switch self {
    case .floats(let rows, let stride): .squaredReLU(into: rows, stride: stride)
    case .pairs(let words, let stride): .squaredReLUPairs(into: words, stride: stride)
    }
  }
}
