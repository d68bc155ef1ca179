/// Order, equality and hashing.
extension GoldenFloatingPoint: Hashable, Comparable {
  /// An integer in the order of the numbers, the same for both zeros.
  @inlinable var rank: Int64 {
    let magnitude = Int64(bitPattern: magnitudeCode)
    return isNegative ? 0 &- magnitude : magnitude
  }

  @inlinable
  public func isEqual(to other: Self) -> Bool {
    !isNaN && !other.isNaN && rank == other.rank
  }

  @inlinable
  public func isLess(than other: Self) -> Bool {
    !isNaN && !other.isNaN && rank < other.rank
  }

  @inlinable
  public func isLessThanOrEqualTo(_ other: Self) -> Bool {
    !isNaN && !other.isNaN && rank <= other.rank
  }

  /// The total order of IEEE 754, §5.10, by code: −NaN, −∞ … −0, +0 … +∞, signaling before quiet NaN.
  @inlinable
  public func isTotallyOrdered(belowOrEqualTo other: Self) -> Bool {
    let (a, b) = (Int64(bitPattern: magnitudeCode), Int64(bitPattern: other.magnitudeCode))
    return (isNegative ? ~a : a) <= (other.isNegative ? ~b : b)
  }

  /// Equal numbers hash alike, so the two zeros do.
  @inlinable
  public func hash(into hasher: inout Hasher) {
    hasher.combine(isZero ? 0 : code)
  }
}
