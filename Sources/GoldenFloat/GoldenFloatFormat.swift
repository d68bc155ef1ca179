/// A binary interchange format: one sign bit, an exponent field, a fraction field.
///
/// The bias is `2^(exponentBitCount − 1) − 1`; the all-ones exponent field holds infinities and
/// NaNs, the all-zeros field zeros and subnormals, as in IEEE 754. The functions are customisation
/// points: their defaults compute in integers, for every format, and are the definition;
/// ``HardwareGoldenFloatFormat`` replaces them by faster ones with the same results.
///
/// A format of one's own names four things:
///
///     enum GF20Format: GoldenFloatFormat {
///       typealias BitPattern = UInt32
///       typealias Workspace = UInt64
///       static var exponentBitCount: Int { 7 }
///       static var significandBitCount: Int { 12 }
///     }
///
/// - Precondition: `2 ≤ exponentBitCount ≤ 24`, `2 ≤ significandBitCount ≤ 52`,
///   `1 + exponentBitCount + significandBitCount ≤ BitPattern.bitWidth ≤ 64`, and
///   `Workspace.bitWidth ≥ max(64, 2 · significandBitCount + 10)`.
public protocol GoldenFloatFormat: Sendable {
  /// Holds a code in its lowest `1 + exponentBitCount + significandBitCount` bits.
  associatedtype BitPattern: FixedWidthInteger & UnsignedInteger & Sendable

  /// Holds the exact product of two significands, with room for alignment.
  associatedtype Workspace: FixedWidthInteger & UnsignedInteger & Sendable

  /// The width of the exponent field in bits.
  static var exponentBitCount: Int { get }

  /// The width of the fraction field in bits; the precision is one more.
  static var significandBitCount: Int { get }

  /// The code of `a + b`, rounded to nearest even.
  static func sum(_ a: BitPattern, _ b: BitPattern) -> BitPattern

  /// The code of `a − b`, rounded to nearest even.
  static func difference(_ a: BitPattern, _ b: BitPattern) -> BitPattern

  /// The code of `a · b`, rounded to nearest even.
  static func product(_ a: BitPattern, _ b: BitPattern) -> BitPattern

  /// The code of `a ÷ b`, rounded to nearest even.
  static func quotient(_ a: BitPattern, _ b: BitPattern) -> BitPattern

  /// The code of `√a`, rounded to nearest even.
  static func squareRoot(_ a: BitPattern) -> BitPattern

  /// The code of `a · b + c`, rounded once, to nearest even.
  static func sumOfProduct(_ a: BitPattern, _ b: BitPattern, _ c: BitPattern) -> BitPattern

  /// The code nearest to `value`, ties to even.
  static func code(nearest value: Float) -> BitPattern

  /// The code nearest to `value`, ties to even.
  static func code(nearest value: Double) -> BitPattern

  /// The value of `code`, rounded to nearest even where `Float` cannot hold it.
  static func float(of code: BitPattern) -> Float

  /// The value of `code`, rounded to nearest even where `Double` cannot hold it.
  static func double(of code: BitPattern) -> Double
}

/// The exponent bits that the golden rule gives a format of `width` bits: `(width − 1)/φ²`, rounded.
///
/// - Precondition: `width ≥ 4`.
public func goldenExponentBitCount(width: Int) -> Int {
  precondition(width >= 4, "[goldenExponentBitCount] width is \(width), expected at least 4")
  let goldenRatio = (1 + 5.0.squareRoot()) / 2
  return Int((Double(width - 1) / (goldenRatio * goldenRatio)).rounded())
}

/// 8 bits, 1:3:4, bias 3: from 2⁻⁶ to 15.5.
public enum GF8Format: HardwareGoldenFloatFormat {
  public typealias BitPattern = UInt8
  public typealias Workspace = UInt64
  @inlinable public static var exponentBitCount: Int { 3 }
  @inlinable public static var significandBitCount: Int { 4 }
}

/// 16 bits, 1:6:9, bias 31: from 2⁻³⁹ to 4,290,772,992.
public enum GF16Format: HardwareGoldenFloatFormat {
  public typealias BitPattern = UInt16
  public typealias Workspace = UInt64
  @inlinable public static var exponentBitCount: Int { 6 }
  @inlinable public static var significandBitCount: Int { 9 }
}

/// 32 bits, 1:12:19, bias 2,047: from 2⁻²⁰⁶⁵ to nearly 2²⁰⁴⁸.
public enum GF32Format: GoldenFloatFormat {
  public typealias BitPattern = UInt32
  public typealias Workspace = UInt64
  @inlinable public static var exponentBitCount: Int { 12 }
  @inlinable public static var significandBitCount: Int { 19 }
}

/// 64 bits, 1:24:39, bias 8,388,607: from 2⁻⁸³⁸⁸⁶⁴⁵ to nearly 2⁸³⁸⁸⁶⁰⁸.
public enum GF64Format: GoldenFloatFormat {
  public typealias BitPattern = UInt64
  public typealias Workspace = UInt128
  @inlinable public static var exponentBitCount: Int { 24 }
  @inlinable public static var significandBitCount: Int { 39 }
}
