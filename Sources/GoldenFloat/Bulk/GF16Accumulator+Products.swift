internal import CGoldenFloat

extension GoldenFloatAccumulator where Format == GF16Format {
  /// Adds `x[i] · y[i]` for all `i`, exactly.
  ///
  /// Finite products are first added up by the sum of their exponents, which takes no carries.
  /// - Precondition: `x` and `y` have the same number of elements.
  public mutating func addProducts(_ x: Span<GF16>, _ y: Span<GF16>) {
    guard x.count == y.count else {
      fatalError(
        "[GF16Accumulator] the first operand has \(x.count) elements, the second \(y.count)")
    }
    let isFinite = unsafe withUnsafeTemporaryAllocation(of: Int64.self, capacity: 127) { buckets in
      unsafe buckets.initialize(repeating: 0)
      let size = x.count
      let isFinite = unsafe x.codes { x in
        unsafe y.codes { y in unsafe gf16_add_products(x, y, size, buckets.baseAddress) != 0 }
      }
      if isFinite {
        addTerms(x.count)
        for unsafe(place, sum) in unsafe buckets.enumerated() where sum != 0 {
          addShifted(sum, by: place - 2)
        }
      }
      return isFinite
    }
    if !isFinite {
      for i in x.indices { addProduct(x[i], y[i]) }
    }
  }

  /// Adds `value` shifted by `place` bits, 0 to 124.
  private mutating func addShifted(_ value: Int64, by place: Int) {
    let wide = Int128(value) << Int128(place % 64)
    let low = UInt64(truncatingIfNeeded: wide)
    let high = UInt64(truncatingIfNeeded: wide >> 64)
    let sign: UInt64 = value < 0 ? .max : 0
    switch place / 64 {
    case 0: addWords(low, high, sign, carry: 0)
    default: addWords(0, low, high, carry: 0)
    }
  }
}
