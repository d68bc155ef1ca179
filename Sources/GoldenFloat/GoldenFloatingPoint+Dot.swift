extension GoldenFloatingPoint where Format: HardwareGoldenFloatFormat {
  /// The sum of the products of elements at the same place, exact but for one rounding by `rule`.
  ///
  ///     GF16.dot([1e4, 1, -1e4], [1e4, 1, 1e4])  // 1
  ///
  /// - Precondition: Both have the same number of elements.
  /// - Complexity: O(n); does not allocate.
  @inlinable
  public static func dot<A: Collection, B: Collection>(
    _ a: A, _ b: B, rounding rule: FloatingPointRoundingRule = .toNearestOrEven
  ) -> Self where A.Element == Self, B.Element == Self {
    guard a.count == b.count else {
      // Unlike a precondition's, this message is also printed by an optimised program.
      fatalError(
        "[GoldenFloatingPoint.dot] the first operand has \(a.count) elements, the second \(b.count)"
      )
    }
    var sum = GoldenFloatAccumulator<Format>()
    for (x, y) in zip(a, b) { sum.addProduct(x, y) }
    return sum.rounded(rule)
  }
}
