/// How spread out latents are: the signs of a collapse, where an encoder says the same of everything.
public struct LatentStatistics: Sendable, Hashable {
  /// Mean over channels of the standard deviation; 0 when all latents are alike.
  public let deviation: Double
  /// Effective number of directions in which they vary, 1 to `C`, or 0 when nothing varies.
  ///
  /// The participation ratio `(tr Σ)² / tr Σ²` of the eigenvalues of their covariance `Σ`.
  public let rank: Double

  /// - Parameters:
  ///   - latents: Shape `(n, C)`, at least two rows.
  ///   - width: `C`.
  /// - Complexity: O(n·C²).
  public init(_ latents: [Float], width: Int) {
    self = latents.withUnsafeBufferPointer { latents in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: width * width) {
        LatentStatistics(latents, width: width, scratch: $0)
      }
    }
  }

  /// The same in memory of the caller's: `scratch` has room for `C²` numbers, whatever they are.
  package init(
    _ latents: UnsafeBufferPointer<Float>, width: Int,
    scratch covariance: UnsafeMutableBufferPointer<Double>
  ) {
    let C = width
    let n = latents.count / C
    precondition(
      n > 1 && n * C == latents.count && covariance.count >= C * C,
      "[LatentStatistics] \(latents.count) elements, expected two or more rows of \(C)")
    var mean = [Double](repeating: 0, count: C)
    for i in latents.indices { mean[i % C] += Double(latents[i]) / Double(n) }
    covariance.initialize(repeating: 0)
    var row = [Double](repeating: 0, count: C)
    for t in 0..<n {
      for i in 0..<C { row[i] = Double(latents[t * C + i]) - mean[i] }
      for i in 0..<C {
        let value = row[i]
        for j in 0...i { covariance[i * C + j] += value * row[j] }
      }
    }
    var (deviations, trace, squares) = (0.0, 0.0, 0.0)
    for i in 0..<C {
      for j in 0..<i {
        let value = covariance[i * C + j] / Double(n - 1)
        squares += 2 * value * value
      }
      let variance = covariance[i * C + i] / Double(n - 1)
      deviations += variance.squareRoot()
      trace += variance
      squares += variance * variance
    }
    deviation = deviations / Double(C)
    rank = squares == 0 ? 0 : trace * trace / squares
  }
}
