#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension Reference {
  /// Rotates each pair of channels `(i, i + ⌊D/2⌋)` of row `t` by an angle proportional to `t`.
  ///
  ///     angle = t · base^(−2i/D),  a = x[t, i],  b = x[t, i + ⌊D/2⌋]
  ///     out[t, i]         = a · cos(angle) − b · sin(angle)
  ///     out[t, i + ⌊D/2⌋] = a · sin(angle) + b · cos(angle)
  ///
  /// The last channel of an odd head stays as it is. The angle, its sine and its cosine are computed
  /// in `Double` and then rounded to `Scalar`.
  /// - Parameters:
  ///   - x: One head's queries or keys, shape `(n, D)`.
  ///   - headSize: `D`, at least 2.
  ///   - base: Base of the wavelengths.
  /// - Returns: Shape `(n, D)`.
  /// - Source: Su et al. 2021, arXiv:2104.09864.
  public static func rotary<Scalar: ReferenceScalar>(
    _ x: [Scalar], headSize: Int, base: Double
  ) -> [Scalar] {
    rotated(x, headSize: headSize, base: base, direction: 1)
  }

  /// Returns the gradient of ``rotary(_:headSize:base:)``: the rotation by the opposite angle.
  ///
  /// - Parameters:
  ///   - dOut: Gradient in the result, shape `(n, D)`.
  ///   - headSize: `D`, at least 2.
  ///   - base: Base of the wavelengths.
  /// - Returns: Shape `(n, D)`.
  public static func rotaryBackward<Scalar: ReferenceScalar>(
    _ dOut: [Scalar], headSize: Int, base: Double
  ) -> [Scalar] {
    rotated(dOut, headSize: headSize, base: base, direction: -1)
  }

  private static func rotated<Scalar: ReferenceScalar>(
    _ x: [Scalar], headSize D: Int, base: Double, direction: Double
  ) -> [Scalar] {
    precondition(D >= 2, "[rotary] the head size is \(D), expected at least 2")
    let n = rowCount("rotary", count: x.count, width: D)
    var out = x
    let half = D / 2
    for t in 0..<n {
      for i in 0..<half {
        let angle = direction * Double(t) * pow(base, -2 * Double(i) / Double(D))
        let cosine = Scalar(cos(angle))
        let sine = Scalar(sin(angle))
        let a = x[t * D + i]
        let b = x[t * D + i + half]
        out[t * D + i] = a * cosine - b * sine
        out[t * D + i + half] = a * sine + b * cosine
      }
    }
    return out
  }
}
