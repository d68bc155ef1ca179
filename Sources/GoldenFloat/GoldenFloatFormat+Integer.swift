/// The operations of a format by the integer definition.
extension GoldenFloatFormat {
  @inlinable
  public static func sum(_ a: BitPattern, _ b: BitPattern) -> BitPattern {
    BitPattern(
      truncatingIfNeeded: IntegerArithmetic<Self>.sum(UInt64(a), UInt64(b), .toNearestOrEven))
  }

  @inlinable
  public static func difference(_ a: BitPattern, _ b: BitPattern) -> BitPattern {
    let minusB = GoldenFloatingPoint<Self>.layout.signMask ^ UInt64(b)
    return BitPattern(
      truncatingIfNeeded: IntegerArithmetic<Self>.sum(UInt64(a), minusB, .toNearestOrEven))
  }

  @inlinable
  public static func product(_ a: BitPattern, _ b: BitPattern) -> BitPattern {
    BitPattern(
      truncatingIfNeeded: IntegerArithmetic<Self>.product(
        UInt64(a), UInt64(b), .toNearestOrEven))
  }

  @inlinable
  public static func quotient(_ a: BitPattern, _ b: BitPattern) -> BitPattern {
    BitPattern(
      truncatingIfNeeded: IntegerArithmetic<Self>.quotient(
        UInt64(a), UInt64(b), .toNearestOrEven))
  }

  @inlinable
  public static func squareRoot(_ a: BitPattern) -> BitPattern {
    BitPattern(
      truncatingIfNeeded: IntegerArithmetic<Self>.squareRoot(UInt64(a), .toNearestOrEven))
  }

  @inlinable
  public static func sumOfProduct(
    _ a: BitPattern, _ b: BitPattern, _ c: BitPattern
  ) -> BitPattern {
    BitPattern(
      truncatingIfNeeded: IntegerArithmetic<Self>.sumOfProduct(
        UInt64(a), UInt64(b), UInt64(c), .toNearestOrEven))
  }

  @inlinable
  public static func code(nearest value: Float) -> BitPattern {
    code(nearest: Double(value))
  }

  @inlinable
  public static func code(nearest value: Double) -> BitPattern {
    let exact = ExactValue(code: value.bitPattern, layout: .double)
    return BitPattern(
      truncatingIfNeeded: GoldenFloatingPoint<Self>.layout.encode(exact, rounding: .toNearestOrEven)
    )
  }

  @inlinable
  public static func float(of code: BitPattern) -> Float {
    let exact = ExactValue(code: UInt64(code), layout: GoldenFloatingPoint<Self>.layout)
    let bits = FloatLayout.float.encode(exact, rounding: .toNearestOrEven)
    return Float(bitPattern: UInt32(truncatingIfNeeded: bits))
  }

  @inlinable
  public static func double(of code: BitPattern) -> Double {
    let exact = ExactValue(code: UInt64(code), layout: GoldenFloatingPoint<Self>.layout)
    return Double(bitPattern: FloatLayout.double.encode(exact, rounding: .toNearestOrEven))
  }
}
