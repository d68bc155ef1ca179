internal import Race

/// A mean with its 95 % interval by Student's t: `mean ± t · s / √n`, s with n − 1.
package struct MeanInterval: Sendable, Equatable, Encodable {
  package let mean: Double
  /// Half of the interval's width.
  package let halfWidth: Double

  /// - Precondition: There are at least two values.
  package init(_ values: [Double]) {
    precondition(values.count >= 2, "[MeanInterval] \(values.count) values, expected 2 or more")
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    self.mean = mean
    halfWidth =
      StudentT.upperQuantile(0.025, degreesOfFreedom: values.count - 1)
      * (variance / n).squareRoot()
  }

  private enum CodingKeys: String, CodingKey {
    case mean
    case halfWidth = "half_width"
  }
}
