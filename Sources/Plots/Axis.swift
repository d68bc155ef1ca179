import Foundation

/// A linear axis whose marks are round numbers.
package struct Axis {
  package let range: ClosedRange<Double>
  /// Rising multiples of 1, 2 or 5 times a power of ten, within the range.
  package let marks: [Double]
  /// Decimal places that tell two marks apart.
  package let places: Int

  /// Makes an axis that holds all values, with about six marks.
  ///
  /// - Precondition: There is a value, and all are finite.
  package init(holding values: [Double]) {
    guard let low = values.min(), let high = values.max(), low.isFinite, high.isFinite else {
      preconditionFailure("[Axis] no finite value")
    }
    // Room at both ends; equal values get a range that floating point can divide.
    let margin = max((high - low) * 0.05, max(abs(low), abs(high), 1e-3) * 1e-3)
    let range = (low - margin)...(high + margin)
    let step = Self.roundStep((range.upperBound - range.lowerBound) / 6)
    let first = Int((range.lowerBound / step.size).rounded(.up))
    let last = Int((range.upperBound / step.size).rounded(.down))
    self.range = range
    places = step.places
    marks = first <= last ? (first...last).map { Double($0) * step.size } : []
  }

  /// Returns the least of 1, 2, 5 and 10 times a power of ten that is at least `least`.
  private static func roundStep(_ least: Double) -> (size: Double, places: Int) {
    let exponent = Int(log10(least).rounded(.down))
    let power = pow(10, Double(exponent))
    let factor = [1.0, 2, 5].first { $0 * power >= least } ?? 10
    return (factor * power, max(0, factor == 10 ? -exponent - 1 : -exponent))
  }

  /// Returns where a value lies in `pixels`.
  package func position(_ value: Double, in pixels: ClosedRange<Double>) -> Double {
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return pixels.lowerBound + share * (pixels.upperBound - pixels.lowerBound)
  }
}
