#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Android)
internal import Android
#elseif canImport(Darwin)
internal import Darwin
#elseif canImport(ucrt)
internal import ucrt
#endif

/// The platform's elementary functions of `Double`, under names that hide none of them.
@usableFromInline
enum PlatformMath {
  @usableFromInline static func expOf(_ x: Double) -> Double { exp(x) }
  @usableFromInline static func exp2Of(_ x: Double) -> Double { exp2(x) }
  @usableFromInline static func expMinusOneOf(_ x: Double) -> Double { expm1(x) }
  @usableFromInline static func logOf(_ x: Double) -> Double { log(x) }
  @usableFromInline static func log2Of(_ x: Double) -> Double { log2(x) }
  @usableFromInline static func log10Of(_ x: Double) -> Double { log10(x) }
  @usableFromInline static func logOnePlusOf(_ x: Double) -> Double { log1p(x) }
  @usableFromInline static func sinOf(_ x: Double) -> Double { sin(x) }
  @usableFromInline static func cosOf(_ x: Double) -> Double { cos(x) }
  @usableFromInline static func tanOf(_ x: Double) -> Double { tan(x) }
  @usableFromInline static func asinOf(_ x: Double) -> Double { asin(x) }
  @usableFromInline static func acosOf(_ x: Double) -> Double { acos(x) }
  @usableFromInline static func atanOf(_ x: Double) -> Double { atan(x) }
  @usableFromInline static func sinhOf(_ x: Double) -> Double { sinh(x) }
  @usableFromInline static func coshOf(_ x: Double) -> Double { cosh(x) }
  @usableFromInline static func tanhOf(_ x: Double) -> Double { tanh(x) }
  @usableFromInline static func asinhOf(_ x: Double) -> Double { asinh(x) }
  @usableFromInline static func acoshOf(_ x: Double) -> Double { acosh(x) }
  @usableFromInline static func atanhOf(_ x: Double) -> Double { atanh(x) }
  @usableFromInline static func cbrtOf(_ x: Double) -> Double { cbrt(x) }
}
