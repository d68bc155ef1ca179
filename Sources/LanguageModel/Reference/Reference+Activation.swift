public import KernelInterface

extension Reference {
  /// Returns an activation, element by element; `Activation` has the formulas.
  public static func activation<Scalar: ReferenceScalar>(
    _ kind: Activation, _ x: [Scalar]
  ) -> [Scalar] {
    switch kind {
    case .squaredReLU: squaredReLU(x)
    case .relu: x.map { $0 > 0 ? $0 : 0 }
    case .gelu: x.map { $0 * geluGate($0) }
    }
  }

  /// Returns the gradient of ``activation(_:_:)``.
  ///
  /// - Parameters:
  ///   - kind: Which one.
  ///   - dOut: Gradient in the result; the shape of `x`.
  ///   - x: The layer's input.
  /// - Returns: The shape of `x`.
  public static func activationBackward<Scalar: ReferenceScalar>(
    _ kind: Activation, _ dOut: [Scalar], x: [Scalar]
  ) -> [Scalar] {
    require("activationBackward", count: dOut.count, is: x.count)
    switch kind {
    case .squaredReLU: return squaredReLUBackward(dOut, x: x)
    case .relu: return zip(dOut, x).map { d, value in value > 0 ? d : 0 }
    case .gelu:
      return zip(dOut, x).map { d, value in
        let gate = geluGate(value)
        let slope = Scalar(1.5957691) * (1 + Scalar(3 * 0.044715) * value * value)
        return d * (gate + value * gate * (1 - gate) * slope)
      }
    }
  }

  private static func geluGate<Scalar: ReferenceScalar>(_ x: Scalar) -> Scalar {
    let z = Scalar(1.5957691) * (x + Scalar(0.044715) * x * x * x)
    return 1 / (1 + Scalar.exponential(-z))
  }
}
