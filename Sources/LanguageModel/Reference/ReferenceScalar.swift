#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A number type in which the reference model can compute: `Float` or `Double`.
///
/// The two functions are those of the platform's C library; their last bit may differ between
/// platforms.
public protocol ReferenceScalar: BinaryFloatingPoint, Sendable {
  /// e to the power `x`.
  static func exponential(_ x: Self) -> Self
  /// The natural logarithm of `x`.
  static func naturalLogarithm(_ x: Self) -> Self
}

extension Float: ReferenceScalar {
  public static func exponential(_ x: Float) -> Float { exp(x) }
  public static func naturalLogarithm(_ x: Float) -> Float { log(x) }
}

extension Double: ReferenceScalar {
  public static func exponential(_ x: Double) -> Double { exp(x) }
  public static func naturalLogarithm(_ x: Double) -> Double { log(x) }
}
