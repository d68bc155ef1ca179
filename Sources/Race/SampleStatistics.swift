/// Mean and spread of a few numbers.
public struct SampleStatistics: Hashable, Sendable {
  public let count: Int
  /// `nil` for no number.
  public let mean: Double?
  /// Sample variance (n − 1); `nil` for fewer than two numbers.
  public let variance: Double?
  /// Its root.
  public var deviation: Double? { variance?.squareRoot() }

  public init(_ values: [Double]) {
    count = values.count
    guard !values.isEmpty else {
      (mean, variance) = (nil, nil)
      return
    }
    let n = Double(values.count)
    // Equal numbers have their own value as mean, and no spread, without rounding.
    let isConstant = values.allSatisfy { $0 == values[0] }
    let mean = isConstant ? values[0] : values.reduce(0, +) / n
    self.mean = mean
    guard values.count > 1 else {
      variance = nil
      return
    }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    variance = isConstant ? 0 : squares / (n - 1)
  }

  /// The two-sided 95 % interval of the mean by Student's t; `nil` for fewer than two numbers.
  public var interval: ClosedRange<Double>? {
    guard let mean, let halfWidth else { return nil }
    return (mean - halfWidth)...(mean + halfWidth)
  }

  /// Half of that interval's width.
  public var halfWidth: Double? {
    variance.map {
      StudentT.upperQuantile(0.025, degreesOfFreedom: count - 1)
        * ($0 / Double(count)).squareRoot()
    }
  }

  /// Returns the middle value, or the mean of the two in the middle; `nil` for no number.
  public static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}
