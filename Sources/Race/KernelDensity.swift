internal import Determinism
import Glibc

/// A density over a ``UnitSpace``: a mixture of one kernel around each of some points, and of the
/// uniform density.
///
/// A kernel is a product over the parameters: a normal distribution cut off at 0 and 1 where values
/// have an order, with the bandwidth of D. W. Scott, "Multivariate Density Estimation" (1992), from
/// the points' spread; else most of the weight on the point's own value (J. Aitchison and C. G. G.
/// Aitken, Biometrika 63, 1976). A parameter that a point lacks is uniform there.
struct KernelDensity {
  private let centres: [[Double?]]
  /// Cumulative weights of the kernels; the uniform density has the rest of 1.
  private let cumulative: [Double]
  private let logWeights: [Double]
  private let logUniform: Double
  private let categories: [Int?]
  private let bandwidths: [Double]
  /// Sum of ``logNorm(_:_:)`` of each kernel over its ordered parameters.
  private let logNorms: [Double]

  /// Weight on the other values of a parameter without an order.
  private static let otherValues = 0.2
  private static let bandwidthRange = 0.04...0.35

  /// Makes a density.
  ///
  /// O(points · dimensions).
  init(_ centres: [[Double?]], weights: [Double], categories: [Int?]) {
    precondition(centres.count == weights.count, "[KernelDensity] a weight a point")
    let uniform = weights.isEmpty ? 1 : weights.reduce(0, +) / Double(weights.count)
    let total = weights.reduce(uniform, +)
    self.centres = centres
    self.categories = categories
    var sum = 0.0
    cumulative = weights.map {
      sum += $0 / total
      return sum
    }
    logWeights = weights.map { log($0 / total) }
    logUniform = log(uniform / total)
    let exponent = -1 / Double(4 + categories.count)
    let bandwidths = categories.indices.map { dimension in
      let values = centres.compactMap { $0[dimension] }
      let mean = values.reduce(0, +) / Double(max(1, values.count))
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let spread = (squares / Double(max(1, values.count - 1))).squareRoot()
      let width = spread * pow(Double(max(1, values.count)), exponent)
      let range = Self.bandwidthRange
      return min(range.upperBound, max(range.lowerBound, width))
    }
    self.bandwidths = bandwidths
    logNorms = centres.map { centre in
      categories.indices.reduce(0) { sum, dimension in
        guard categories[dimension] == nil, let value = centre[dimension] else { return sum }
        return sum + Self.logNorm(value, bandwidths[dimension])
      }
    }
  }

  /// Returns the logarithm of the density at a point.
  ///
  /// O(points · dimensions).
  func logDensity(_ point: [Double?]) -> Double {
    var terms = [logUniform]
    terms.reserveCapacity(centres.count + 1)
    for (k, centre) in centres.enumerated() {
      var exponent = logWeights[k] - logNorms[k]
      for dimension in categories.indices {
        guard let middle = centre[dimension] else { continue }
        guard let value = point[dimension] else {
          // The norm counted a parameter that the point leaves open.
          if categories[dimension] == nil {
            exponent += Self.logNorm(middle, bandwidths[dimension])
          }
          continue
        }
        if let count = categories[dimension] {
          let isSame = abs(value - middle) * Double(count) < 0.5
          exponent += log(isSame ? same(count) : other(count))
        } else {
          let distance = (value - middle) / bandwidths[dimension]
          exponent -= 0.5 * distance * distance
        }
      }
      terms.append(exponent)
    }
    let largest = terms.max() ?? 0
    return largest + log(terms.reduce(0) { $0 + exp($1 - largest) })
  }

  /// log(√(2π)·h·mass within [0, 1]) of a normal kernel.
  private static func logNorm(_ middle: Double, _ h: Double) -> Double {
    let scale = h * 2.0.squareRoot()
    let mass = 0.5 * (erf((1 - middle) / scale) + erf(middle / scale))
    return log((2 * Double.pi).squareRoot() * h * mass)
  }

  /// Densities over the values of a parameter without an order: relative to uniform, so that a
  /// parameter that says nothing counts 1, as ordered ones do.
  private func same(_ count: Int) -> Double {
    count == 1 ? 1 : (1 - Self.otherValues) * Double(count)
  }
  private func other(_ count: Int) -> Double {
    Self.otherValues / Double(count - 1) * Double(count)
  }

  /// Draws a point; every parameter has a coordinate.
  func draw(_ generator: inout SplitMix64) -> [Double] {
    let choice = generator.unit()
    guard let kernel = cumulative.firstIndex(where: { choice < $0 }) else {
      return categories.map { _ in generator.unit() }
    }
    return categories.indices.map { dimension in
      guard let middle = centres[kernel][dimension] else { return generator.unit() }
      if let count = categories[dimension] {
        guard count > 1, generator.unit() < Self.otherValues else { return middle }
        let own = Int(middle * Double(count))
        let drawn = generator.index(below: count - 1)
        return (Double(drawn < own ? drawn : drawn + 1) + 0.5) / Double(count)
      }
      while true {
        let value = middle + bandwidths[dimension] * generator.normal()
        if (0..<1).contains(value) { return value }
      }
    }
  }
}

extension SplitMix64 {
  /// Draws from the standard normal distribution (Box and Muller).
  mutating func normal() -> Double {
    let radius = (-2 * log(1 - unit())).squareRoot()
    return radius * cos(2 * .pi * unit())
  }
}
