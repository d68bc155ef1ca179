/// Conversions from other numbers, each rounded once.
extension GoldenFloatingPoint {
  @inlinable
  public init(_ value: Float) {
    self.init(bitPattern: Format.code(nearest: value))
  }

  @inlinable
  public init(_ value: Double) {
    self.init(bitPattern: Format.code(nearest: value))
  }

  #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
  @inlinable
  public init(_ value: Float16) {
    self.init(bitPattern: Format.code(nearest: Float(value)))
  }
  #endif

  #if !(os(Windows) || os(Android)) && (arch(i386) || arch(x86_64))
  @inlinable
  public init(_ value: Float80) {
    self.init(value, rounding: .toNearestOrEven)
  }
  #endif

  @inlinable
  public init<Source: BinaryFloatingPoint>(_ value: Source) {
    self.init(code: Self.layout.encode(ExactValue(value), rounding: .toNearestOrEven))
  }

  /// Converts any binary floating-point number, rounding once by `rule`; a NaN becomes ``nan``.
  @inlinable
  public init<Source: BinaryFloatingPoint>(
    _ value: Source, rounding rule: FloatingPointRoundingRule
  ) {
    self.init(code: Self.layout.encode(ExactValue(value), rounding: Rounding(rule)))
  }

  /// Converts a number that the format holds exactly; nil for any other, and for a NaN.
  @inlinable
  public init?<Source: BinaryFloatingPoint>(exactly value: Source) {
    guard let code = Self.layout.encode(exactly: ExactValue(value)) else { return nil }
    self.init(code: code)
  }

  @inlinable
  public init(_ value: Int) {
    self.init(integerLiteral: Int64(value))
  }

  @inlinable
  public init<Source: BinaryInteger>(_ value: Source) {
    self.init(code: Self.layout.encode(ExactValue(integer: value), rounding: .toNearestOrEven))
  }

  /// Converts any integer, rounding once by `rule`.
  @inlinable
  public init<Source: BinaryInteger>(
    _ value: Source, rounding rule: FloatingPointRoundingRule
  ) {
    self.init(code: Self.layout.encode(ExactValue(integer: value), rounding: Rounding(rule)))
  }

  /// Converts an integer that the format holds exactly; nil for any other.
  @inlinable
  public init?<Source: BinaryInteger>(exactly value: Source) {
    guard let code = Self.layout.encode(exactly: ExactValue(integer: value)) else { return nil }
    self.init(code: code)
  }

  /// Converts a bfloat16 number (1:8:7, the upper half of a `Float`), given by its code.
  @inlinable
  public init(
    bFloat16BitPattern code: UInt16, rounding rule: FloatingPointRoundingRule = .toNearestOrEven
  ) {
    self.init(
      code: Self.layout.encode(
        ExactValue(code: UInt64(code), layout: .bFloat16), rounding: Rounding(rule)))
  }

  /// The code of the bfloat16 number that this one rounds to; a NaN becomes 0x7FC0.
  @inlinable
  public func bFloat16BitPattern(
    rounding rule: FloatingPointRoundingRule = .toNearestOrEven
  ) -> UInt16 {
    UInt16(truncatingIfNeeded: FloatLayout.bFloat16.encode(exact, rounding: Rounding(rule)))
  }

  @inlinable var exact: ExactValue { ExactValue(code: code, layout: Self.layout) }
}
