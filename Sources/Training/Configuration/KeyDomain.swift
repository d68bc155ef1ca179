/// The values that a search may give to one key of a configuration.
public enum KeyDomain: Sendable, Hashable {
  case values([ConfigurationValue])
  /// `min`, and what exceeds it by multiples of `step`, up to `max`; `step` is positive.
  case integers(min: Int, max: Int, step: Int = 1)

  /// The integers among the values that lie in `range`, rising.
  ///
  /// - Complexity: Linear in the range or in the values.
  func integers(in range: ClosedRange<Int>) -> [Int] {
    switch self {
    case .values(let values):
      return values.compactMap { value in
        if case .integer(let integer) = value, range.contains(integer) { return integer }
        return nil
      }.sorted()
    case .integers(let min, let max, let step):
      let (low, high) = (Swift.max(min, range.lowerBound), Swift.min(max, range.upperBound))
      guard low <= high else { return [] }
      let rest = (low - min) % step
      let gap = rest == 0 ? 0 : step - rest
      return gap <= high - low ? Array(stride(from: low + gap, through: high, by: step)) : []
    }
  }

  /// The largest integer from 1 to `limit` that is a multiple of `divisor`.
  func largest(upTo limit: Int, multipleOf divisor: Int = 1) -> Int? {
    guard case .integers(let min, let max, let step) = self else {
      return limit < 1 ? nil : integers(in: 1...limit).last { $0 % divisor == 0 }
    }
    let high = Swift.min(max, limit)
    guard high >= Swift.max(min, 1) else { return nil }
    // Remainders come back after `divisor` values at the latest.
    var value = min + (high - min) / step * step
    for _ in 0..<divisor where value >= Swift.max(min, 1) {
      if value % divisor == 0 { return value }
      value -= step
    }
    return nil
  }

  /// Whether the integer is among the values.
  func contains(_ value: Int) -> Bool { !integers(in: value...value).isEmpty }
}
