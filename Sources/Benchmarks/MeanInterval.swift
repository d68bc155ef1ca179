internal import Race

/// A mean with its 95 % interval by Student's t: `mean ± t · s / √n`, s with n − 1.
package struct MeanInterval: Sendable, Equatable, Encodable {
  package let mean: Double
  /// Half of the interval's width.
  package let halfWidth: Double

  /// - Precondition: There are at least two values.
  package init(_ values: [Double]) {
    let statistics = SampleStatistics(values)
    guard let mean = statistics.mean, let halfWidth = statistics.halfWidth else {
      preconditionFailure("[MeanInterval] \(values.count) values, expected 2 or more")
    }
    (self.mean, self.halfWidth) = (mean, halfWidth)
  }

  private enum CodingKeys: String, CodingKey {
    case mean
    case halfWidth = "half_width"
  }
}
