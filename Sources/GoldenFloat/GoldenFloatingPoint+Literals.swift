/// Literals such as `0.1`, `0x1.8p3` and `7`.
///
/// The compiler hands a literal with a point over as the nearest `Double`, which is then rounded: a
/// decimal within 2⁻⁵³ of the middle between two neighbours may so come out on the wrong side.
/// `GF16("…")` and ``init(parsing:rounding:)`` round once.
extension GoldenFloatingPoint: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  @inlinable
  public init(floatLiteral value: Double) {
    self.init(value)
  }

  @inlinable
  public init(integerLiteral value: Int64) {
    // What Double holds exactly folds to a constant.
    if value.magnitude <= 1 << 53 {
      self.init(Double(value))
    } else {
      self.init(code: Self.layout.encode(ExactValue(integer: value), rounding: .toNearestOrEven))
    }
  }
}
