extension Reference {
  /// Returns the square of the positive part, element by element.
  ///
  ///     out = max(x, 0)²
  ///
  /// - Source: So et al. 2021 (Primer), arXiv:2109.08668.
  public static func squaredReLU<Scalar: ReferenceScalar>(_ x: [Scalar]) -> [Scalar] {
    x.map { $0 > 0 ? $0 * $0 : 0 }
  }

  /// Returns the gradient of ``squaredReLU(_:)``.
  ///
  ///     dX = 2 · max(x, 0) · dOut
  ///
  /// - Parameters:
  ///   - dOut: Gradient in the result; the shape of `x`.
  ///   - x: The layer's input.
  /// - Returns: The shape of `x`.
  public static func squaredReLUBackward<Scalar: ReferenceScalar>(
    _ dOut: [Scalar], x: [Scalar]
  ) -> [Scalar] {
    require("squaredReLUBackward", count: dOut.count, is: x.count)
    return zip(dOut, x).map { d, value in value > 0 ? 2 * value * d : 0 }
  }
}
