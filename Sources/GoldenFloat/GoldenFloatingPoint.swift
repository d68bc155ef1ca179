/// A binary floating-point number in the encoding that `Format` describes.
///
/// Arithmetic is that of IEEE 754: every operator gives the exact result rounded once, to nearest,
/// ties to even. The operations named `…(rounding:)` take any other rule. Subnormals are kept.
///
/// - Zeros: `-0 == +0`, and they hash alike; `description` and `bitPattern` tell them apart.
/// - NaN: no NaN equals anything. An operation or conversion whose result is a NaN gives ``nan``,
///   positive and quiet with payload 0, whatever the operands' payloads; only the operations on the
///   sign (`-x`, `magnitude`, `init(signOf:magnitudeOf:)`) and ``nextUp`` keep an operand's.
/// - Source: IEEE Std 754-2019; the fields follow Documentation/Guides/goldenfloat.md.
@frozen
public struct GoldenFloatingPoint<Format: GoldenFloatFormat>: Sendable {
  /// The code: sign, exponent field and fraction field, from the highest bit in use downwards.
  public let bitPattern: Format.BitPattern

  /// Takes `bitPattern` as it is; bits above the format's width are cleared.
  @inlinable
  public init(bitPattern: Format.BitPattern) {
    self.bitPattern = bitPattern & Self.codeMask
  }

  /// Takes the low bits of a code as ``FloatLayout`` gives it.
  @inlinable
  init(code: UInt64) {
    bitPattern = Format.BitPattern(truncatingIfNeeded: code)
  }

  @inlinable static var layout: FloatLayout {
    FloatLayout(
      exponentBits: Format.exponentBitCount, fractionBits: Format.significandBitCount)
  }

  @inlinable static var codeMask: Format.BitPattern {
    Format.BitPattern(truncatingIfNeeded: layout.codeMask)
  }

  @inlinable var code: UInt64 { UInt64(truncatingIfNeeded: bitPattern) }

  /// The code without its sign.
  @inlinable var magnitudeCode: UInt64 { code & Self.layout.magnitudeMask }

  @inlinable var isNegative: Bool { code & Self.layout.signMask != 0 }
}

/// 8 bits: 1 sign, 3 exponent, 4 fraction.
public typealias GF8 = GoldenFloatingPoint<GF8Format>
/// 16 bits: 1 sign, 6 exponent, 9 fraction.
public typealias GF16 = GoldenFloatingPoint<GF16Format>
/// 32 bits: 1 sign, 12 exponent, 19 fraction.
public typealias GF32 = GoldenFloatingPoint<GF32Format>
/// 64 bits: 1 sign, 24 exponent, 39 fraction.
public typealias GF64 = GoldenFloatingPoint<GF64Format>
