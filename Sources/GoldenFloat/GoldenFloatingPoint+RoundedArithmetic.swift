/// Arithmetic in any rounding direction, by the integer definition.
///
/// With `.toNearestOrEven` these are the operators, computed the slow and obvious way: the judge of
/// the fast ones. An exact zero sum of unlike terms is −0 with `.down`, +0 otherwise.
extension GoldenFloatingPoint {
  @inlinable
  public func adding(_ other: Self, rounding rule: FloatingPointRoundingRule) -> Self {
    Self(code: IntegerArithmetic<Format>.sum(code, other.code, Rounding(rule)))
  }

  @inlinable
  public func subtracting(_ other: Self, rounding rule: FloatingPointRoundingRule) -> Self {
    Self(code: IntegerArithmetic<Format>.sum(code, (-other).code, Rounding(rule)))
  }

  @inlinable
  public func multiplied(by other: Self, rounding rule: FloatingPointRoundingRule) -> Self {
    Self(code: IntegerArithmetic<Format>.product(code, other.code, Rounding(rule)))
  }

  @inlinable
  public func divided(by other: Self, rounding rule: FloatingPointRoundingRule) -> Self {
    Self(code: IntegerArithmetic<Format>.quotient(code, other.code, Rounding(rule)))
  }

  @inlinable
  public func squareRoot(rounding rule: FloatingPointRoundingRule) -> Self {
    Self(code: IntegerArithmetic<Format>.squareRoot(code, Rounding(rule)))
  }

  /// `self + a · b`, rounded once.
  @inlinable
  public func addingProduct(
    _ a: Self, _ b: Self, rounding rule: FloatingPointRoundingRule
  ) -> Self {
    Self(code: IntegerArithmetic<Format>.sumOfProduct(a.code, b.code, code, Rounding(rule)))
  }
}
