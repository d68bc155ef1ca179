public import Kernels

extension Reference {
  /// Zeroes a random share of the elements and scales the others so that the mean stays.
  ///
  ///     out[i] = 0                    if random.bits(i) < CounterRandom.threshold(rate)
  ///     out[i] = x[i] · 1/(1 − rate)  otherwise
  ///
  /// The scale is computed in `Double` and then rounded to `Scalar`.
  /// - Parameters:
  ///   - x: Any shape; `i` is the flat index.
  ///   - rate: Share to drop, in [0, 1).
  ///   - random: Bits of this site; nil to return `x` (no training).
  /// - Returns: The shape of `x`.
  public static func dropout<Scalar: ReferenceScalar>(
    _ x: [Scalar], rate: Double, random: CounterRandom?
  ) -> [Scalar] {
    guard let random, rate > 0 else { return x }
    let threshold = CounterRandom.threshold(rate)
    let scale = Scalar(1 / (1 - rate))
    return x.indices.map { random.bits(UInt32($0)) < threshold ? 0 : x[$0] * scale }
  }

  /// Returns the gradient of ``dropout(_:rate:random:)``: the same mask and scale, drawn again.
  ///
  /// - Parameters:
  ///   - dOut: Gradient in the result.
  ///   - rate: Share dropped, in [0, 1).
  ///   - random: The bits of the forward pass.
  /// - Returns: The shape of `dOut`.
  public static func dropoutBackward<Scalar: ReferenceScalar>(
    _ dOut: [Scalar], rate: Double, random: CounterRandom?
  ) -> [Scalar] {
    dropout(dOut, rate: rate, random: random)
  }
}
