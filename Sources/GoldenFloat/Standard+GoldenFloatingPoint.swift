/// Conversions to the standard library's types; a NaN becomes their positive quiet NaN.
extension Float {
  @inlinable
  public init<Format>(_ value: GoldenFloatingPoint<Format>) {
    self = Format.float(of: value.bitPattern)
  }

  /// Rounds once by `rule`; a narrow format's numbers are all exact.
  @inlinable
  public init<Format>(
    _ value: GoldenFloatingPoint<Format>, rounding rule: FloatingPointRoundingRule
  ) {
    let bits = FloatLayout.float.encode(value.exact, rounding: Rounding(rule))
    self.init(bitPattern: UInt32(truncatingIfNeeded: bits))
  }
}

extension Double {
  @inlinable
  public init<Format>(_ value: GoldenFloatingPoint<Format>) {
    self = Format.double(of: value.bitPattern)
  }

  /// Rounds once by `rule`; all formats but GF64 and wider ones are exact.
  @inlinable
  public init<Format>(
    _ value: GoldenFloatingPoint<Format>, rounding rule: FloatingPointRoundingRule
  ) {
    self.init(bitPattern: FloatLayout.double.encode(value.exact, rounding: Rounding(rule)))
  }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
extension Float16 {
  @inlinable
  public init<Format>(_ value: GoldenFloatingPoint<Format>) {
    let bits = FloatLayout.float16.encode(value.exact, rounding: .toNearestOrEven)
    self.init(bitPattern: UInt16(truncatingIfNeeded: bits))
  }

  /// Rounds once by `rule`.
  @inlinable
  public init<Format>(
    _ value: GoldenFloatingPoint<Format>, rounding rule: FloatingPointRoundingRule
  ) {
    let bits = FloatLayout.float16.encode(value.exact, rounding: Rounding(rule))
    self.init(bitPattern: UInt16(truncatingIfNeeded: bits))
  }
}
#endif
